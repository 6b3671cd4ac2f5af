// drizzle_peer.mjs - drizzle-orm on pg: drizzle_peer.mjs WORKLOAD [CONNECTIONS]
import { createRequire } from "node:module";
import * as bench from "./bench.mjs";

const require = createRequire(process.env.BENCH_NODE + "/");
const { pgTable, integer, char } = require("drizzle-orm/pg-core");
const { eq, sql } = require("drizzle-orm");
const { drizzle } = require("drizzle-orm/node-postgres");
const { Pool } = require("pg");

const [workload, argument] = process.argv.slice(2);
const pool = new Pool({ max: Number(argument || 1) });
const db = drizzle(pool);

const accounts = pgTable("pgbench_accounts", {
  aid: integer("aid").primaryKey(),
  bid: integer("bid"),
  abalance: integer("abalance"),
  filler: char("filler"),
});
const point = db
  .select()
  .from(accounts)
  .where(eq(accounts.aid, sql.placeholder("id")))
  .prepare("point");

async function selectPoint() {
  bench.expect((await point.execute({ id: bench.randomId() }))[0].aid);
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
    bench.expect((await db.execute(sql`select 1 as one`)).rows[0].one === 1);
  },
};

await workloads[workload]();
await pool.end();
