// kysely_peer.mjs - kysely, a query builder on pg: kysely_peer.mjs WORKLOAD [CONNECTIONS]
import { createRequire } from "node:module";
import * as bench from "./bench.mjs";

const require = createRequire(process.env.BENCH_NODE + "/");
const { Kysely, PostgresDialect, sql } = require("kysely");
const { Pool } = require("pg");

const [workload, argument] = process.argv.slice(2);
const pool = new Pool({ max: Number(argument || 1) });
const db = new Kysely({ dialect: new PostgresDialect({ pool }) });

async function selectPoint() {
  const row = await db
    .selectFrom("pgbench_accounts")
    .select(["aid", "bid", "abalance", "filler"])
    .where("aid", "=", bench.randomId())
    .executeTakeFirst();
  bench.expect(row.aid);
}

const items = () =>
  db
    .selectFrom("bench_item")
    .select(["id", "name", "description", "quantity", "price", "created_at"]);

async function insertCustomers(rows) {
  await db.transaction().execute(async (tx) => {
    for (const slice of bench.slices(rows)) {
      const made = await tx.insertInto("bench_customer").values(slice).returning("id").execute();
      made.forEach(({ id }, i) => (slice[i].id = id));
    }
  });
}

async function updateItems(rows) {
  await db.transaction().execute(async (tx) => {
    for (const { id } of rows)
      await tx
        .updateTable("bench_item")
        .set({ quantity: 1000 + bench.randomId(1000) })
        .where("id", "=", id)
        .execute();
  });
}

async function loadFamilies() {
  const parents = await db.selectFrom("bench_parent").select(["id", "name"]).execute();
  const children = await db
    .selectFrom("bench_child")
    .select(["id", "parent_id", "title", "pages", "price"])
    .where("parent_id", "in", parents.map((parent) => parent.id))
    .execute();
  const byId = new Map();
  for (const parent of parents) {
    parent.children = [];
    byId.set(parent.id, parent);
  }
  for (const child of children) {
    child.parent = byId.get(child.parent_id);
    child.parent.children.push(child);
  }
  return parents.length + children.length;
}

const workloads = {
  async point_select() {
    await bench.measure(async () => {
      for (let i = 0; i < 16; i++) await selectPoint();
      return 16;
    });
  },
  async point_select_tasks() {
    await bench.measureTasks(selectPoint);
  },
  async insert_objects() {
    await sql`truncate bench_customer restart identity`.execute(db);
    const rows = bench.customers(10000);
    const watch = bench.start();
    await insertCustomers(rows);
    bench.report(watch, rows.length);
  },
  async get_objects() {
    await bench.measure(async () => {
      for (let i = 0; i < 16; i++) {
        const item = await items().where("id", "=", bench.randomId(10000)).executeTakeFirst();
        bench.expect(item.name);
      }
      return 16;
    });
  },
  async select_objects() {
    await items().limit(1).execute();
    await bench.measureObjects(() => items().execute());
  },
  async update_objects() {
    const rows = await items().where(sql`id % 10`, "=", 1).execute();
    const watch = bench.start();
    await updateItems(rows);
    bench.report(watch, rows.length);
  },
  async eager_objects() {
    await bench.measure(loadFamilies);
  },
  async first_row() {
    bench.expect((await sql`select 1 as one`.execute(db)).rows[0].one === 1);
  },
};

await workloads[workload]();
await db.destroy();
