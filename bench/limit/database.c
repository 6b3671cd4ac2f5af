/* database.c - a blocking connection whose every failure ends the program, and the point
 * select. */
#include "limit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(const char *what) {
  fprintf(stderr, "limit: %s\n", what);
  exit(1);
}

PGconn *dial(void) {
  PGconn *conn = PQconnectdb("");
  if (PQstatus(conn) != CONNECTION_OK) fail(PQerrorMessage(conn));
  return conn;
}

PGresult *expect_success(PGresult *result) {
  ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
      status == PGRES_SINGLE_TUPLE || status == PGRES_COPY_IN)
    return result;
  fail(PQresultErrorMessage(result));
}

void prepare(PGconn *conn, const char *name, const char *sql) {
  PQclear(expect_success(PQprepare(conn, name, sql, 0, NULL)));
}

void run(PGconn *conn, const char *sql) {
  PQclear(expect_success(PQexec(conn, sql)));
}

PGresult *exec_arrays(PGconn *conn, const char *name, const bytes *arrays, int count) {
  const char *values[ARRAYS_MAX];
  int lengths[ARRAYS_MAX], formats[ARRAYS_MAX];
  if (count > ARRAYS_MAX) fail("more arrays than there is room for");
  for (int i = 0; i < count; i++) {
    values[i] = arrays[i].data;
    lengths[i] = (int)arrays[i].length;
    formats[i] = 1;
  }
  return expect_success(PQexecPrepared(conn, name, count, values, lengths, formats, 1));
}

/* Of the xorshift kind: cheaper than what it chooses. */
static uint32_t next_random(void) {
  static uint32_t state = 0;
  if (state == 0) state = (uint32_t)(now_s() * 1e6) | 1;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

uint32_t random_below(uint32_t end) {
  return next_random() % end;
}

void point_params_set(point_params *params) {
  params->id = htonl(random_below(ACCOUNT_COUNT) + 1);
  params->values[0] = (const char *)&params->id;
  params->lengths[0] = sizeof(params->id);
  params->formats[0] = 1;
}

void read_account(const PGresult *result, account *out) {
  if (PQntuples(result) != 1) fail("an account is missing");
  out->aid = get_int32(PQgetvalue(result, 0, 0));
  out->bid = get_int32(PQgetvalue(result, 0, 1));
  out->abalance = get_int32(PQgetvalue(result, 0, 2));
  size_t length = (size_t)PQgetlength(result, 0, 3);
  if (length > sizeof(out->filler)) fail("a filler is too long");
  memcpy(out->filler, PQgetvalue(result, 0, 3), length);
}
