/* customers.c - W5: objects inserted from arrays, their keys read back. */
#include "limit.h"

#include <stdio.h>
#include <stdlib.h>

#define CUSTOMER_COUNT 10000

enum { TEXT_OID = 25 };

typedef struct customer {
  int32_t id; /* the server makes it */
  char name[32], description[40];
} customer;

static customer *make_customers(void) {
  customer *list = calloc(CUSTOMER_COUNT, sizeof(*list));
  if (list == NULL) fail("not enough memory");
  for (int i = 0; i < CUSTOMER_COUNT; i++) {
    snprintf(list[i].name, sizeof(list[i].name), "customer name %d", i + 1);
    snprintf(list[i].description, sizeof(list[i].description), "customer description %d",
             i + 1);
  }
  return list;
}

static void insert_all(PGconn *conn, customer *list) {
  bytes columns[2] = {{NULL, 0, 0}};
  put_array(&columns[0], TEXT_OID, CUSTOMER_COUNT);
  put_array(&columns[1], TEXT_OID, CUSTOMER_COUNT);
  for (int i = 0; i < CUSTOMER_COUNT; i++) {
    put_text(&columns[0], list[i].name);
    put_text(&columns[1], list[i].description);
  }
  PGresult *result = exec_arrays(conn, "insert", columns, 2);
  for (int i = 0; i < CUSTOMER_COUNT; i++)
    list[i].id = get_int32(PQgetvalue(result, i, 0));
  PQclear(result);
  free(columns[0].data);
  free(columns[1].data);
}

void insert_objects(void) {
  customer *list = make_customers();
  PGconn *conn = dial();
  run(conn, "truncate bench_customer restart identity");
  prepare(conn, "insert",
          "insert into bench_customer (name, description) "
          "select * from unnest($1::text[], $2::text[]) returning id");
  stopwatch watch = stopwatch_start();
  insert_all(conn, list);
  stopwatch_report(&watch, CUSTOMER_COUNT);
  PQfinish(conn);
  free(list);
}
