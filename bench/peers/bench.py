# bench.py - clocks, reports and rows for the peers in Python.
import datetime
import os
import random
import resource
import time

SECONDS = float(os.environ.get("BENCH_SECONDS", "1"))
WARM_UP_S = 0.2
TASKS = 64
ACCOUNTS = 1000000
ACCOUNT_COLUMNS = "select aid, bid, abalance, filler from pgbench_accounts"
TYPE_COLUMNS = (
    "select typname, typnamespace, typowner, typlen, typbyval, typcategory, "
    "typispreferred, typisdefined, typdelim, typrelid, typelem, typarray from pg_type"
)


def random_id():
    return random.randint(1, ACCOUNTS)


def start():
    return time.perf_counter(), time.process_time()


def report(watch, operations):
    wall_s, cpu_s = time.perf_counter() - watch[0], time.process_time() - watch[1]
    print(f"wall_us {wall_s / operations * 1e6:.4f}")
    print(f"cpu_us {cpu_s / operations * 1e6:.4f}")


def report_memory(metric, field):
    for line in open("/proc/self/status"):
        if line.startswith(field):
            print(metric, line.split()[1])


async def repeat(seconds, work):
    stop, done = time.perf_counter() + seconds, 0
    while True:
        done += await work()
        if time.perf_counter() > stop:
            return done


async def measure(work):
    await repeat(WARM_UP_S, work)
    watch = start()
    report(watch, await repeat(SECONDS, work))


def repeat_blocking(seconds, work):
    stop, done = time.perf_counter() + seconds, 0
    while True:
        done += work()
        if time.perf_counter() > stop:
            return done


def measure_blocking(work):
    repeat_blocking(WARM_UP_S, work)
    watch = start()
    report(watch, repeat_blocking(SECONDS, work))


async def tasks(seconds, work):
    import asyncio

    stop, done = time.perf_counter() + seconds, 0

    async def ask():
        nonlocal done
        while time.perf_counter() < stop:
            await work()
            done += 1

    await asyncio.gather(*[ask() for _ in range(TASKS)])
    return done


async def measure_tasks(work):
    await tasks(WARM_UP_S, work)
    watch = start()
    report(watch, await tasks(SECONDS, work))


def load_rows(count):
    base = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    second = datetime.timedelta(seconds=1)
    return [(i, f"text value {i}", i * 0.25, base + i * second) for i in range(1, count + 1)]


def customers(count):
    return [
        {"name": f"customer name {i}", "description": f"customer description {i}"}
        for i in range(1, count + 1)
    ]
