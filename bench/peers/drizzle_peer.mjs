// drizzle_peer.mjs - drizzle-orm on pg: drizzle_peer.mjs WORKLOAD [CONNECTIONS]
import { createRequire } from "node:module";
import * as bench from "./bench.mjs";

const require = createRequire(process.env.BENCH_NODE + "/");
const { pgTable, integer, char, text, doublePrecision, timestamp } =
  require("drizzle-orm/pg-core");
const { eq, relations, sql } = require("drizzle-orm");
const { drizzle } = require("drizzle-orm/node-postgres");
const { Pool } = require("pg");

const [workload, argument] = process.argv.slice(2);
const pool = new Pool({ max: Number(argument || 1) });
const accounts = pgTable("pgbench_accounts", {
  aid: integer("aid").primaryKey(),
  bid: integer("bid"),
  abalance: integer("abalance"),
  filler: char("filler"),
});
const key = () => integer("id").primaryKey().generatedByDefaultAsIdentity();
const customers = pgTable("bench_customer", {
  id: key(),
  name: text("name").notNull(),
  description: text("description"),
});
const items = pgTable("bench_item", {
  id: key(),
  name: text("name").notNull(),
  description: text("description"),
  quantity: integer("quantity").notNull(),
  price: doublePrecision("price").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
});
const parents = pgTable("bench_parent", { id: key(), name: text("name").notNull() });
const children = pgTable("bench_child", {
  id: key(),
  parentId: integer("parent_id").notNull(),
  title: text("title").notNull(),
  pages: integer("pages").notNull(),
  price: doublePrecision("price").notNull(),
});
const schema = {
  parents,
  children,
  ofParents: relations(parents, ({ many }) => ({ children: many(children) })),
  ofChildren: relations(children, ({ one }) => ({
    parent: one(parents, { fields: [children.parentId], references: [parents.id] }),
  })),
};
const db = drizzle(pool, { schema });
const point = db
  .select()
  .from(accounts)
  .where(eq(accounts.aid, sql.placeholder("id")))
  .prepare("point");

async function selectPoint() {
  bench.expect((await point.execute({ id: bench.randomId() }))[0].aid);
}

async function insertCustomers(rows) {
  await db.transaction(async (tx) => {
    for (const slice of bench.slices(rows)) {
      const made = await tx.insert(customers).values(slice).returning({ id: customers.id });
      made.forEach(({ id }, i) => (slice[i].id = id));
    }
  });
}

async function updateItems(rows) {
  await db.transaction(async (tx) => {
    for (const { id } of rows)
      await tx
        .update(items)
        .set({ quantity: 1000 + bench.randomId(1000) })
        .where(eq(items.id, id));
  });
}

async function loadFamilies() {
  const list = await db.query.parents.findMany({ with: { children: true } });
  return list.reduce((count, parent) => count + parent.children.length, list.length);
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
    await db.execute(sql`truncate bench_customer restart identity`);
    const rows = bench.customers(10000);
    const watch = bench.start();
    await insertCustomers(rows);
    bench.report(watch, rows.length);
  },
  async get_objects() {
    const item = db.select().from(items).where(eq(items.id, sql.placeholder("id"))).prepare("item");
    await bench.measure(async () => {
      for (let i = 0; i < 16; i++)
        bench.expect((await item.execute({ id: bench.randomId(10000) }))[0].name);
      return 16;
    });
  },
  async select_objects() {
    await db.select().from(items).limit(1);
    await bench.measureObjects(() => db.select().from(items));
  },
  async update_objects() {
    const rows = await db.select().from(items).where(sql`id % 10 = 1`);
    const watch = bench.start();
    await updateItems(rows);
    bench.report(watch, rows.length);
  },
  async eager_objects() {
    await bench.measure(loadFamilies);
  },
  async first_row() {
    bench.expect((await db.execute(sql`select 1 as one`)).rows[0].one === 1);
  },
};

await workloads[workload]();
await pool.end();
