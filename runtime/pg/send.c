/* send.c - hands a request to libpq: in pipeline mode, with one sync of its own. */
#include "pg/conn_impl.h"

#include <limits.h>

static bool sync(mp__conn *conn) {
  return PQpipelineSync(conn->pg) == 1;
}

static bool send_parse(mp__conn *conn, const mp_statement *statement, const char *name) {
  int count = statement->described ? (int)statement->param_count : 0;
  return PQsendPrepare(conn->pg, name, statement->wire, count, statement->param_types) ==
         1;
}

/* A name is parsed once on a connection: who asks again only asks. */
static bool send_describe(mp__conn *conn, mp__request *request) {
  mp_statement *statement = request->statement;
  bool known = mp__prepared_has(conn, statement);
  bool named = known || mp__prepared_add(conn, statement);
  const char *name = named ? statement->name : "";
  if (!known) {
    request->preludes = 1;
    if (!send_parse(conn, statement, name)) return false;
  }
  return PQsendDescribePrepared(conn->pg, name) == 1 && sync(conn);
}

static bool send_execution(mp__conn *conn, const mp_statement *statement,
                           const char *name, mp_params *params) {
  mp__param_arrays arrays;
  mp__params_arrays(params, &arrays);
  int format = (int)statement->result_format;
  return PQsendQueryPrepared(conn->pg, name, arrays.count, arrays.values, arrays.lengths,
                             arrays.formats, format) == 1;
}

/* Parse, Bind and Execute go out together: what the connection knows costs no round trip,
 * what it does not know costs none either. */
static bool send_execute(mp__conn *conn, mp__request *request) {
  mp_statement *statement = request->statement;
  bool known = mp__prepared_has(conn, statement);
  bool named = known || mp__prepared_add(conn, statement);
  const char *name = named ? statement->name : "";
  if (!known) {
    request->preludes = 1;
    if (!send_parse(conn, statement, name)) return false;
  }
  if (request->params == NULL) {
    return send_execution(conn, statement, name, NULL) && sync(conn);
  }
  for (size_t i = 0; i < request->param_sets; i++) {
    if (!send_execution(conn, statement, name, request->params[i])) return false;
  }
  return sync(conn);
}

static bool send_text(mp__conn *conn, const char *text) {
  return PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static bool send_command(mp__conn *conn, const mp__request *request) {
  if (!send_text(conn, request->text)) return false;
  if (request->second != NULL && !send_text(conn, request->second)) return false;
  return sync(conn);
}

/* The simple protocol is not part of pipeline mode; the queue is empty here, so that it
 * can be left. */
static bool send_script(mp__conn *conn, const mp__request *request) {
  if (PQexitPipelineMode(conn->pg) != 1) return false;
  conn->in_script = true;
  return PQsendQuery(conn->pg, request->text) == 1;
}

bool mp__conn_send(mp__conn *conn, mp__request *request) {
  switch (request->kind) {
  case MP__REQUEST_EXECUTE:
    return send_execute(conn, request);
  case MP__REQUEST_DESCRIBE:
    return send_describe(conn, request);
  case MP__REQUEST_COMMAND:
    return send_command(conn, request);
  case MP__REQUEST_SCRIPT:
    return send_script(conn, request);
  }
  return false;
}
