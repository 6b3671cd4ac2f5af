/* request_describe.c - asks the server for a statement's parameter and column types. */
#include "base/error.h"
#include "pg/conn_impl.h"

#include <stdio.h>

#define WIDE_QUERY                                                                       \
  "select parameter_types::pg_catalog.oid[]::pg_catalog.text from "                      \
  "pg_catalog.pg_prepared_statements where name operator(pg_catalog.=) '%s'"

/* What the protocol's description cannot carry stands in a view. Its columns come with
 * the result, as text. */
static bool send_wide(mp__conn *conn, const char *name) {
  char text[sizeof(WIDE_QUERY) + 32];
  snprintf(text, sizeof(text), WIDE_QUERY, name);
  return mp__send_text(conn, text, 0);
}

bool mp__send_description(mp__conn *conn, const mp_statement *statement,
                          const char *name) {
  return statement->is_wide ? send_wide(conn, name)
                            : PQsendDescribePrepared(conn->pg, name) == 1;
}

static bool send_describe(mp__conn *conn, mp__request *request) {
  const char *name = mp__send_prepare(conn, request);
  return name != NULL && mp__send_description(conn, request->statement, name) &&
         mp__send_sync(conn);
}

static mp_error *unnamed_error(void) {
  mp_error *error =
      mp__error_new(MP_BAD_ARGUMENT,
                    "a statement with more than %d parameters must be prepared by name",
                    MP__DESCRIBED_PARAMS_MAX);
  mp__error_set(error, MP_FIELD_HINT,
                "send the values as arrays: = any($1), unnest($1, $2)");
  return error;
}

void mp__take_description(mp__request *request, mp_statement *statement, PGresult *pg) {
  bool is_wide = statement->is_wide;
  if (is_wide && PQntuples(pg) != 1) {
    mp__request_add_error(request, unnamed_error());
  } else if (!(is_wide ? mp__statement_describe_wide(statement, PQgetvalue(pg, 0, 0))
                       : mp__statement_describe(statement, pg))) {
    mp__request_add_error(request, mp__error_oom());
  }
  PQclear(pg);
}

static void take_description(mp__request *request, PGresult *pg) {
  mp__take_description(request, request->statement, pg);
}

/* Unnamed, so that nothing of it stays on the server. */
static bool send_columns(mp__conn *conn, mp__request *request) {
  request->preludes = 1;
  return PQsendPrepare(conn->pg, "", request->statement->wire, 0, NULL) == 1 &&
         PQsendDescribePrepared(conn->pg, "") == 1 && mp__send_sync(conn);
}

static void take_columns(mp__request *request, PGresult *pg) {
  if (!mp__statement_describe(request->statement, pg)) {
    mp__request_add_error(request, mp__error_oom());
  }
  PQclear(pg);
}

const mp__request_kind mp__request_columns = {.send = send_columns, .take = take_columns};

const mp__request_kind mp__request_describe = {.send = send_describe,
                                               .take = take_description};
