# sqlalchemy_peer.py - SQLAlchemy's core on psycopg2, and on asyncpg where tasks ask:
# sqlalchemy_peer.py WORKLOAD [ARGUMENT]
import asyncio
import os
import sys

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select, text

import bench

ACCOUNTS = Table(
    "pgbench_accounts",
    MetaData(),
    Column("aid", Integer, primary_key=True),
    Column("bid", Integer),
    Column("abalance", Integer),
    Column("filler", String),
)
TYPE_ROWS = text(bench.TYPE_COLUMNS + " where typtypmod = :modifier and typisdefined = :defined")


def url(driver):
    user, database = os.environ["PGUSER"], os.environ["PGDATABASE"]
    host, port = os.environ["PGHOST"], os.environ["PGPORT"]
    return f"postgresql+{driver}://{user}@/{database}?host={host}&port={port}"


def connect():
    engine = create_engine(url("psycopg2"), future=True)
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def select_point():
    return select(ACCOUNTS).where(ACCOUNTS.c.aid == bench.random_id())


def point_select():
    conn = connect()

    def work():
        for _ in range(16):
            assert conn.execute(select_point()).mappings().first()["aid"]
        return 16

    bench.measure_blocking(work)


async def run_tasks(count):
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url("asyncpg"), pool_size=count, max_overflow=0)

    async def work():
        async with engine.connect() as conn:
            assert (await conn.execute(select_point())).mappings().first()["aid"]

    await bench.measure_tasks(work)
    await engine.dispose()


def point_select_tasks():
    import uvloop

    uvloop.install()
    asyncio.run(run_tasks(int(sys.argv[2])))


def type_rows():
    conn = connect()

    def work():
        return len(conn.execute(TYPE_ROWS, {"modifier": -1, "defined": True}).all())

    bench.measure_blocking(work)


def stream_accounts():
    conn = create_engine(url("psycopg2"), future=True).connect()
    bench.report_memory("start_kb", "VmRSS")
    watch, count = bench.start(), 0
    for _ in conn.execution_options(yield_per=1000).execute(select(ACCOUNTS)):
        count += 1
    assert count == bench.ACCOUNTS
    bench.report(watch, count)
    bench.report_memory("peak_kb", "VmHWM")


def first_row():
    assert connect().execute(text("select 1")).scalar() == 1


WORKLOADS = [point_select, point_select_tasks, type_rows, stream_accounts, first_row]
{work.__name__: work for work in WORKLOADS}[sys.argv[1]]()
