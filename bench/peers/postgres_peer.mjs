// postgres_peer.mjs - postgres.js, which pipelines: postgres_peer.mjs WORKLOAD [ARGUMENT]
import { once } from "node:events";
import { createRequire } from "node:module";
import * as bench from "./bench.mjs";

const postgres = createRequire(process.env.BENCH_NODE + "/")("postgres");

const CHUNK = 65000;

const connect = (max) =>
  postgres({
    path: `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT}`,
    user: process.env.PGUSER,
    database: process.env.PGDATABASE,
    max,
  });

const [workload, argument] = process.argv.slice(2);
const sql = connect(workload === "point_select_tasks" ? Number(argument) : 1);

const selectPoint = () =>
  sql`select aid, bid, abalance, filler from pgbench_accounts where aid = ${bench.randomId()}`;

async function copyAll(rows) {
  const out = await sql`copy bench_load from stdin`.writable();
  let text = "";
  for (const [a, b, c, d] of rows) {
    text += `${a}\t${b}\t${c}\t${d.toISOString()}\n`;
    if (text.length < CHUNK) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  out.end(text);
  await once(out, "finish");
}

const workloads = {
  async point_select() {
    await bench.measure(async () => {
      for (let i = 0; i < 16; i++) bench.expect((await selectPoint())[0].aid);
      return 16;
    });
  },
  async point_select_tasks() {
    await bench.measureTasks(async () => bench.expect((await selectPoint())[0].aid));
  },
  async type_rows() {
    await bench.measure(async () => {
      const rows = await sql`
        select typname, typnamespace, typowner, typlen, typbyval, typcategory,
          typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
        from pg_type where typtypmod = ${-1} and typisdefined = ${true}`;
      return rows.length;
    });
  },
  async copy_rows() {
    await sql`truncate bench_load`;
    const rows = bench.loadRows(100000);
    const watch = bench.start();
    await copyAll(rows);
    bench.report(watch, rows.length);
  },
  async insert_rows() {
    await sql`truncate bench_load`;
    const rows = bench.loadRows(10000).map(([a, b, c, d]) => ({ a, b, c, d }));
    const watch = bench.start();
    await sql.begin(async (tx) => {
      for (let at = 0; at < rows.length; at += 1000)
        await tx`insert into bench_load ${tx(rows.slice(at, at + 1000))}`;
    });
    bench.report(watch, rows.length);
  },
  async stream_accounts() {
    await sql`select 1`;
    bench.reportMemory("start_kb", "VmRSS");
    const watch = bench.start();
    let count = 0;
    const query = sql`select aid, bid, abalance, filler from pgbench_accounts`;
    await query.cursor(1000, (rows) => void (count += rows.length));
    bench.expect(count === bench.ACCOUNTS);
    bench.report(watch, count);
    bench.reportMemory("peak_kb", "VmHWM");
  },
  async first_row() {
    bench.expect((await sql`select 1 as one`)[0].one === 1);
  },
};

await workloads[workload]();
await sql.end();
