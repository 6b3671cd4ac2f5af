// pg_peer.mjs - node-postgres with named statements: pg_peer.mjs WORKLOAD [ARGUMENT]
import { createRequire } from "node:module";
import * as bench from "./bench.mjs";

const { Client, Pool } = createRequire(process.env.BENCH_NODE + "/")("pg");

const POINT = "select aid, bid, abalance, filler from pgbench_accounts where aid = $1";
const TYPES = `select typname, typnamespace, typowner, typlen, typbyval, typcategory,
  typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
  from pg_type where typtypmod = $1 and typisdefined = $2`;

async function connect() {
  const client = new Client();
  await client.connect();
  return client;
}

const selectPoint = (on) => on.query({ name: "point", text: POINT, values: [bench.randomId()] });

// As many rows in one statement as the protocol's parameters allow without trouble.
async function insertChunk(client, rows) {
  const places = rows.map((_, i) => `($${4 * i + 1}, $${4 * i + 2}, $${4 * i + 3}, $${4 * i + 4})`);
  await client.query("insert into bench_load values " + places.join(","), rows.flat());
}

const workloads = {
  async point_select() {
    const client = await connect();
    await bench.measure(async () => {
      for (let i = 0; i < 16; i++) bench.expect((await selectPoint(client)).rows[0].aid);
      return 16;
    });
    await client.end();
  },
  async point_select_tasks(connections) {
    const pool = new Pool({ max: Number(connections) });
    await bench.measureTasks(async () => bench.expect((await selectPoint(pool)).rows[0].aid));
    await pool.end();
  },
  async type_rows() {
    const client = await connect();
    const query = { name: "types", text: TYPES, values: [-1, true] };
    await bench.measure(async () => (await client.query(query)).rows.length);
    await client.end();
  },
  async insert_rows() {
    const client = await connect();
    await client.query("truncate bench_load");
    const rows = bench.loadRows(10000);
    const watch = bench.start();
    await client.query("begin");
    for (let at = 0; at < rows.length; at += 1000)
      await insertChunk(client, rows.slice(at, at + 1000));
    await client.query("commit");
    bench.report(watch, rows.length);
    await client.end();
  },
  async first_row() {
    const client = await connect();
    bench.expect((await client.query("select 1 as one")).rows[0].one === 1);
    await client.end();
  },
};

await workloads[process.argv[2]](...process.argv.slice(3));
