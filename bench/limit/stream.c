/* stream.c - W6: memory after the start, and a million rows, one at a time; W7: the first
 * row. */
#include "limit.h"

void stream_accounts(void) {
  PGconn *conn = dial();
  report_memory("start_kb", "VmRSS");
  stopwatch watch = stopwatch_start();
  if (PQsendQueryParams(conn, "select aid, bid, abalance, filler from pgbench_accounts",
                        0, NULL, NULL, NULL, NULL, 1) != 1)
    fail(PQerrorMessage(conn));
  PQsetSingleRowMode(conn);
  long count = 0;
  PGresult *result;
  account row;
  while ((result = PQgetResult(conn)) != NULL) {
    if (PQresultStatus(expect_success(result)) == PGRES_SINGLE_TUPLE) {
      read_account(result, &row);
      count++;
    }
    PQclear(result);
  }
  if (count != ACCOUNT_COUNT) fail("accounts are missing");
  stopwatch_report(&watch, (double)count);
  report_memory("peak_kb", "VmHWM");
  PQfinish(conn);
}

void first_row(void) {
  PGconn *conn = dial();
  PGresult *result =
      expect_success(PQexecParams(conn, "select 1", 0, NULL, NULL, NULL, NULL, 1));
  if (get_int32(PQgetvalue(result, 0, 0)) != 1) fail("1 is not 1");
  PQclear(result);
  PQfinish(conn);
}
