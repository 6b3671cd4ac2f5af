/* point_select.c - W1: point selects one after the other on a blocking connection. */
#include "limit.h"

#define BATCH 16

static long select_some(void *data) {
  PGconn *conn = data;
  account row;
  for (int i = 0; i < BATCH; i++) {
    point_params params;
    point_params_set(&params);
    PGresult *result = expect_success(PQexecPrepared(conn, "point", 1, params.values,
                                                     params.lengths, params.formats, 1));
    read_account(result, &row);
    PQclear(result);
  }
  return BATCH;
}

void point_select(void) {
  PGconn *conn = dial();
  prepare(conn, "point", POINT_SELECT);
  measure(select_some, conn);
  PQfinish(conn);
}
