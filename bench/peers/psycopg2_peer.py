# psycopg2_peer.py - psycopg2, which blocks and binds in the client: psycopg2_peer.py WORKLOAD
import io
import sys

import psycopg2
import psycopg2.extras

import bench

POINT_SELECT = bench.ACCOUNT_COLUMNS + " where aid = %s"
TYPE_ROWS = bench.TYPE_COLUMNS + " where typtypmod = %s and typisdefined = %s"


def connect():
    conn = psycopg2.connect("")
    conn.autocommit = True
    return conn


def dict_cursor(conn):
    return conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)


def point_select():
    cursor = dict_cursor(connect())

    def work():
        for _ in range(16):
            cursor.execute(POINT_SELECT, (bench.random_id(),))
            assert cursor.fetchone()["aid"]
        return 16

    bench.measure_blocking(work)


def type_rows():
    cursor = dict_cursor(connect())

    def work():
        cursor.execute(TYPE_ROWS, (-1, True))
        return len(cursor.fetchall())

    bench.measure_blocking(work)


def copy_rows():
    cursor = connect().cursor()
    cursor.execute("truncate bench_load")
    rows = bench.load_rows(100000)
    watch = bench.start()
    text = io.StringIO()
    for a, b, c, d in rows:
        text.write(f"{a}\t{b}\t{c!r}\t{d.isoformat()}\n")
    text.seek(0)
    cursor.copy_expert("copy bench_load from stdin", text)
    bench.report(watch, len(rows))


def insert_rows():
    cursor = connect().cursor()
    cursor.execute("truncate bench_load")
    rows = bench.load_rows(10000)
    watch = bench.start()
    psycopg2.extras.execute_values(
        cursor, "insert into bench_load values %s", rows, page_size=1000
    )
    bench.report(watch, len(rows))


def stream_accounts():
    conn = psycopg2.connect("")
    bench.report_memory("start_kb", "VmRSS")
    watch, count = bench.start(), 0
    cursor = conn.cursor("accounts")
    cursor.itersize = 1000
    cursor.execute(bench.ACCOUNT_COLUMNS)
    for _ in cursor:
        count += 1
    assert count == bench.ACCOUNTS
    bench.report(watch, count)
    bench.report_memory("peak_kb", "VmHWM")


def first_row():
    cursor = dict_cursor(connect())
    cursor.execute("select 1 as one")
    assert cursor.fetchone()["one"] == 1


WORKLOADS = [point_select, type_rows, copy_rows, insert_rows, stream_accounts, first_row]
{work.__name__: work for work in WORKLOADS}[sys.argv[1]]()
