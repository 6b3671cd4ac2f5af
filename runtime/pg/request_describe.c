/* request_describe.c - asks the server for a statement's parameter and column types. */
#include "base/error.h"
#include "pg/conn_impl.h"

static bool send_describe(mp__conn *conn, mp__request *request) {
  const char *name = mp__send_prepare(conn, request);
  return name != NULL && PQsendDescribePrepared(conn->pg, name) == 1 &&
         mp__send_sync(conn);
}

static void take_description(mp__request *request, PGresult *pg) {
  if (!mp__statement_describe(request->statement, pg)) {
    mp__request_add_error(request, mp__error_oom());
  }
  PQclear(pg);
}

const mp__request_kind mp__request_describe = {.send = send_describe,
                                               .take = take_description};
