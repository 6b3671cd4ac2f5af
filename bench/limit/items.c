/* items.c - W5: objects of six columns: got by key, selected, and updated from arrays.
 */
#include "limit.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define ITEM_COUNT   10000
#define UPDATE_COUNT 1000
#define BATCH        16

enum { INT4_OID = 23 };

#define ITEM_SELECT                                                                      \
  "select id, name, description, quantity, price, created_at from bench_item"

typedef struct item {
  int32_t id;
  char *name, *description; /* owned */
  int32_t quantity;
  double price;
  int64_t created_at; /* microseconds since 2000 */
} item;

static void item_read(const PGresult *from, int row, item *out) {
  out->id = get_int32(PQgetvalue(from, row, 0));
  out->name = copy_text(from, row, 1);
  out->description = copy_text(from, row, 2);
  out->quantity = get_int32(PQgetvalue(from, row, 3));
  out->price = get_double(PQgetvalue(from, row, 4));
  out->created_at = get_int64(PQgetvalue(from, row, 5));
}

static void item_clear(item *it) {
  free(it->name);
  free(it->description);
}

static long get_some(void *data) {
  PGconn *conn = data;
  for (int i = 0; i < BATCH; i++) {
    uint32_t id = htonl(random_below(ITEM_COUNT) + 1);
    const char *values[] = {(const char *)&id};
    const int lengths[] = {sizeof(id)}, formats[] = {1};
    PGresult *result =
        expect_success(PQexecPrepared(conn, "get", 1, values, lengths, formats, 1));
    item found;
    if (PQntuples(result) != 1) fail("an item is missing");
    item_read(result, 0, &found);
    PQclear(result);
    item_clear(&found);
  }
  return BATCH;
}

void get_objects(void) {
  PGconn *conn = dial();
  prepare(conn, "get", ITEM_SELECT " where id = $1");
  measure(get_some, conn);
  PQfinish(conn);
}

static item *select_items(PGconn *conn) {
  PGresult *result = expect_success(PQexecPrepared(conn, "all", 0, NULL, NULL, NULL, 1));
  if (PQntuples(result) != ITEM_COUNT) fail("items are missing");
  item *items = calloc(ITEM_COUNT, sizeof(*items));
  if (items == NULL) fail("not enough memory");
  for (int i = 0; i < ITEM_COUNT; i++)
    item_read(result, i, &items[i]);
  PQclear(result);
  return items;
}

static long select_all(void *data) {
  item *items = select_items(data);
  for (int i = 0; i < ITEM_COUNT; i++)
    item_clear(&items[i]);
  free(items);
  return ITEM_COUNT;
}

void select_objects(void) {
  PGconn *conn = dial();
  prepare(conn, "all", ITEM_SELECT);
  report_memory("start_kb", "VmRSS");
  select_all(conn);
  report_memory("peak_kb", "VmHWM");
  measure(select_all, conn);
  PQfinish(conn);
}

static void update_all(PGconn *conn) {
  bytes columns[2] = {{NULL, 0, 0}};
  put_array(&columns[0], INT4_OID, UPDATE_COUNT);
  put_array(&columns[1], INT4_OID, UPDATE_COUNT);
  for (int i = 0; i < UPDATE_COUNT; i++) {
    put_int32(&columns[0], 4);
    put_int32(&columns[0], i * (ITEM_COUNT / UPDATE_COUNT) + 1);
    put_int32(&columns[1], 4);
    put_int32(&columns[1], (int32_t)(1000 + random_below(1000)));
  }
  PQclear(exec_arrays(conn, "update", columns, 2));
  free(columns[0].data);
  free(columns[1].data);
}

void update_objects(void) {
  PGconn *conn = dial();
  prepare(conn, "update",
          "update bench_item set quantity = new.quantity "
          "from unnest($1::int4[], $2::int4[]) as new (id, quantity) "
          "where bench_item.id = new.id");
  stopwatch watch = stopwatch_start();
  update_all(conn);
  stopwatch_report(&watch, UPDATE_COUNT);
  PQfinish(conn);
}
