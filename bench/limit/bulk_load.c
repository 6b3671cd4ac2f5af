/* bulk_load.c - W4: rows of four columns by binary COPY, and by one insert from arrays.
 */
#include "limit.h"

#include <stdio.h>
#include <stdlib.h>

#define COPY_COUNT   100000
#define INSERT_COUNT 10000
#define COPY_CHUNK   65000

enum { INT4_OID = 23, TEXT_OID = 25, FLOAT8_OID = 701, TIMESTAMPTZ_OID = 1184 };

typedef struct load_row {
  int32_t a;
  char b[24];
  double c;
  int64_t d; /* microseconds since 2000 */
} load_row;

static const int64_t year_2024 = INT64_C(757382400000000);

static load_row *make_rows(int count) {
  load_row *rows = calloc((size_t)count, sizeof(*rows));
  if (rows == NULL) fail("not enough memory");
  for (int i = 0; i < count; i++) {
    int number = i + 1;
    rows[i].a = number;
    snprintf(rows[i].b, sizeof(rows[i].b), "text value %d", number);
    rows[i].c = number * 0.25;
    rows[i].d = year_2024 + number * INT64_C(1000000);
  }
  return rows;
}

static void put_row(bytes *out, const load_row *row) {
  put_int16(out, 4);
  put_int32(out, 4);
  put_int32(out, row->a);
  put_text(out, row->b);
  put_int32(out, 8);
  put_double(out, row->c);
  put_int32(out, 8);
  put_int64(out, row->d);
}

static void send_chunk(PGconn *conn, bytes *chunk) {
  if (PQputCopyData(conn, chunk->data, (int)chunk->length) != 1)
    fail(PQerrorMessage(conn));
  chunk->length = 0;
}

static void copy_all(PGconn *conn, const load_row *rows) {
  bytes chunk = {NULL, 0, 0};
  PQclear(expect_success(PQexec(conn, "copy bench_load from stdin (format binary)")));
  put_bytes(&chunk, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  for (int i = 0; i < COPY_COUNT; i++) {
    put_row(&chunk, &rows[i]);
    if (chunk.length > COPY_CHUNK) send_chunk(conn, &chunk);
  }
  put_int16(&chunk, -1);
  send_chunk(conn, &chunk);
  PQputCopyEnd(conn, NULL);
  PQclear(expect_success(PQgetResult(conn)));
  free(chunk.data);
}

void copy_rows(void) {
  load_row *rows = make_rows(COPY_COUNT);
  PGconn *conn = dial();
  run(conn, "truncate bench_load");
  stopwatch watch = stopwatch_start();
  copy_all(conn, rows);
  stopwatch_report(&watch, COPY_COUNT);
  PQfinish(conn);
  free(rows);
}

static void put_columns(bytes columns[4], const load_row *rows) {
  put_array(&columns[0], INT4_OID, INSERT_COUNT);
  put_array(&columns[1], TEXT_OID, INSERT_COUNT);
  put_array(&columns[2], FLOAT8_OID, INSERT_COUNT);
  put_array(&columns[3], TIMESTAMPTZ_OID, INSERT_COUNT);
  for (int i = 0; i < INSERT_COUNT; i++) {
    put_int32(&columns[0], 4);
    put_int32(&columns[0], rows[i].a);
    put_text(&columns[1], rows[i].b);
    put_int32(&columns[2], 8);
    put_double(&columns[2], rows[i].c);
    put_int32(&columns[3], 8);
    put_int64(&columns[3], rows[i].d);
  }
}

static void insert_all(PGconn *conn, const load_row *rows) {
  bytes columns[4] = {{NULL, 0, 0}};
  put_columns(columns, rows);
  PQclear(exec_arrays(conn, "insert", columns, 4));
  for (int i = 0; i < 4; i++)
    free(columns[i].data);
}

void insert_rows(void) {
  load_row *rows = make_rows(INSERT_COUNT);
  PGconn *conn = dial();
  run(conn, "truncate bench_load");
  prepare(conn, "insert",
          "insert into bench_load select * from "
          "unnest($1::int4[], $2::text[], $3::float8[], $4::timestamptz[])");
  stopwatch watch = stopwatch_start();
  insert_all(conn, rows);
  stopwatch_report(&watch, INSERT_COUNT);
  PQfinish(conn);
  free(rows);
}
