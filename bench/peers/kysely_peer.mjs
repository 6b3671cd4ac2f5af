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
  async first_row() {
    bench.expect((await sql`select 1 as one`.execute(db)).rows[0].one === 1);
  },
};

await workloads[workload]();
await db.destroy();
