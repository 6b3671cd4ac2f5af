/* request_execute.c - a prepared statement, once or for many sets of parameters, one
 * sync.
 */
#include "pg/conn_impl.h"

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
  const mp_statement *statement = request->statement;
  const char *name = mp__send_prepare(conn, request);
  if (name == NULL) return false;
  if (request->params == NULL) {
    return send_execution(conn, statement, name, NULL) && mp__send_sync(conn);
  }
  for (size_t i = 0; i < request->param_sets; i++) {
    if (!send_execution(conn, statement, name, request->params[i])) return false;
  }
  return mp__send_sync(conn);
}

const mp__request_kind mp__request_execute = {.send = send_execute,
                                              .take = mp__request_add_result};
