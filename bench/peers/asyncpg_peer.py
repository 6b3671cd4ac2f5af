# asyncpg_peer.py - asyncpg on uvloop: asyncpg_peer.py WORKLOAD [ARGUMENT]
import asyncio
import sys

import asyncpg
import uvloop

import bench

POINT_SELECT = bench.ACCOUNT_COLUMNS + " where aid = $1"
TYPE_ROWS = bench.TYPE_COLUMNS + " where typtypmod = $1 and typisdefined = $2"


async def point_select():
    conn = await asyncpg.connect()
    statement = await conn.prepare(POINT_SELECT)

    async def work():
        for _ in range(16):
            assert (await statement.fetchrow(bench.random_id()))["aid"]
        return 16

    await bench.measure(work)
    await conn.close()


async def point_select_tasks(connections):
    count = int(connections)
    pool = await asyncpg.create_pool(min_size=count, max_size=count)

    async def work():
        async with pool.acquire() as conn:
            assert (await conn.fetchrow(POINT_SELECT, bench.random_id()))["aid"]

    await bench.measure_tasks(work)
    await pool.close()


async def type_rows(form):
    conn = await asyncpg.connect()
    statement = await conn.prepare(TYPE_ROWS)

    async def records():
        return len(await statement.fetch(-1, True))

    async def dicts():
        return len([dict(row) for row in await statement.fetch(-1, True)])

    await bench.measure(dicts if form == "dict" else records)
    await conn.close()


async def copy_rows():
    conn = await asyncpg.connect()
    await conn.execute("truncate bench_load")
    rows = bench.load_rows(100000)
    watch = bench.start()
    await conn.copy_records_to_table("bench_load", records=rows)
    bench.report(watch, len(rows))
    await conn.close()


async def insert_rows():
    conn = await asyncpg.connect()
    await conn.execute("truncate bench_load")
    rows = bench.load_rows(10000)
    watch = bench.start()
    await conn.executemany("insert into bench_load values ($1, $2, $3, $4)", rows)
    bench.report(watch, len(rows))
    await conn.close()


async def stream_accounts():
    conn = await asyncpg.connect()
    bench.report_memory("start_kb", "VmRSS")
    watch, count = bench.start(), 0
    async with conn.transaction():
        async for _ in conn.cursor(bench.ACCOUNT_COLUMNS, prefetch=1000):
            count += 1
    assert count == bench.ACCOUNTS
    bench.report(watch, count)
    bench.report_memory("peak_kb", "VmHWM")
    await conn.close()


async def first_row():
    conn = await asyncpg.connect()
    assert await conn.fetchval("select 1") == 1
    await conn.close()


WORKLOADS = [
    point_select, point_select_tasks, type_rows, copy_rows, insert_rows, stream_accounts,
    first_row,
]
uvloop.install()
asyncio.run({work.__name__: work for work in WORKLOADS}[sys.argv[1]](*sys.argv[2:]))
