# psycopg_peer.py - psycopg 3, rows as dicts: psycopg_peer.py WORKLOAD [ARGUMENT]
import asyncio
import sys

import psycopg
from psycopg.rows import dict_row

import bench

POINT_SELECT = bench.ACCOUNT_COLUMNS + " where aid = %s"
TYPE_ROWS = bench.TYPE_COLUMNS + " where typtypmod = %s and typisdefined = %s"


def connect():
    return psycopg.connect(autocommit=True, row_factory=dict_row)


def point_select():
    cursor = connect().cursor(binary=True)

    def work():
        for _ in range(16):
            row = cursor.execute(POINT_SELECT, (bench.random_id(),), prepare=True).fetchone()
            assert row["aid"]
        return 16

    bench.measure_blocking(work)


async def run_tasks(count):
    from psycopg_pool import AsyncConnectionPool

    settings = {"row_factory": dict_row, "autocommit": True}

    async with AsyncConnectionPool("", min_size=count, max_size=count, kwargs=settings) as pool:
        await pool.wait()

        async def work():
            async with pool.connection() as conn:
                cursor = await conn.execute(
                    POINT_SELECT, (bench.random_id(),), prepare=True, binary=True
                )
                assert (await cursor.fetchone())["aid"]

        await bench.measure_tasks(work)


def point_select_tasks(connections):
    asyncio.run(run_tasks(int(connections)))


def type_rows():
    cursor = connect().cursor(binary=True)

    def work():
        return len(cursor.execute(TYPE_ROWS, (-1, True), prepare=True).fetchall())

    bench.measure_blocking(work)


def copy_rows():
    conn = connect()
    conn.execute("truncate bench_load")
    rows = bench.load_rows(100000)
    watch = bench.start()
    with conn.cursor().copy("copy bench_load from stdin (format binary)") as copy:
        copy.set_types(["int4", "text", "float8", "timestamptz"])
        for row in rows:
            copy.write_row(row)
    bench.report(watch, len(rows))


def insert_rows():
    conn = connect()
    conn.execute("truncate bench_load")
    rows = bench.load_rows(10000)
    watch = bench.start()
    with conn.transaction():
        conn.cursor().executemany("insert into bench_load values (%s, %s, %s, %s)", rows)
    bench.report(watch, len(rows))


def stream_accounts():
    conn = connect()
    bench.report_memory("start_kb", "VmRSS")
    watch, count = bench.start(), 0
    with conn.transaction(), conn.cursor("accounts", binary=True) as cursor:
        cursor.itersize = 1000
        for _ in cursor.execute(bench.ACCOUNT_COLUMNS):
            count += 1
    assert count == bench.ACCOUNTS
    bench.report(watch, count)
    bench.report_memory("peak_kb", "VmHWM")


def first_row():
    assert connect().execute("select 1 as one").fetchone()["one"] == 1


WORKLOADS = [
    point_select, point_select_tasks, type_rows, copy_rows, insert_rows, stream_accounts,
    first_row,
]
{work.__name__: work for work in WORKLOADS}[sys.argv[1]](*sys.argv[2:])
