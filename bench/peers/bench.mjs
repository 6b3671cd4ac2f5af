// bench.mjs - clocks, reports and rows for the peers on Node.
import { readFileSync } from "node:fs";

const SECONDS = Number(process.env.BENCH_SECONDS || "1");
const WARM_UP_S = 0.3; // V8 needs longer to compile
const TASKS = 64;
export const ACCOUNTS = 1000000;

const now = () => performance.now() / 1e3;

const cpu = () => {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
};

export const randomId = (count = ACCOUNTS) => 1 + Math.floor(Math.random() * count);

export const start = () => ({ wall: now(), cpu: cpu() });

export function report(watch, operations) {
  const wall = now() - watch.wall;
  const used = cpu() - watch.cpu;
  console.log(`wall_us ${((wall / operations) * 1e6).toFixed(4)}`);
  console.log(`cpu_us ${((used / operations) * 1e6).toFixed(4)}`);
}

export function reportMemory(metric, field) {
  for (const line of readFileSync("/proc/self/status", "utf8").split("\n"))
    if (line.startsWith(field)) console.log(metric, line.match(/\d+/)[0]);
}

async function repeat(seconds, work) {
  const stop = now() + seconds;
  let done = 0;
  do done += await work();
  while (now() < stop);
  return done;
}

export async function measure(work) {
  await repeat(WARM_UP_S, work);
  const watch = start();
  report(watch, await repeat(SECONDS, work));
}

async function tasks(seconds, work) {
  const stop = now() + seconds;
  let done = 0;
  const ask = async () => {
    while (now() < stop) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: TASKS }, ask));
  return done;
}

export async function measureTasks(work) {
  await tasks(WARM_UP_S, work);
  const watch = start();
  report(watch, await tasks(SECONDS, work));
}

export function expect(value) {
  if (!value) throw new Error("a row is missing");
}

export function loadRows(count) {
  const base = Date.UTC(2024, 0, 1);
  return Array.from({ length: count }, (_, at) => {
    const i = at + 1;
    return [i, `text value ${i}`, i * 0.25, new Date(base + i * 1000)];
  });
}

export function customers(count) {
  return Array.from({ length: count }, (_, at) => {
    const i = at + 1;
    return { name: `customer name ${i}`, description: `customer description ${i}` };
  });
}

// Parameters are at most 65535 to a statement.
export function* slices(rows, size = 1000) {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

// Memory of all objects held, then the loop.
export async function measureObjects(select) {
  reportMemory("start_kb", "VmRSS");
  const held = await select();
  reportMemory("peak_kb", "VmHWM");
  expect(held.length === 10000);
  await measure(async () => (await select()).length);
}
