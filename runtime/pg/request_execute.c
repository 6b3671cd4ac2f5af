/* request_execute.c - a prepared statement, once or for many sets of parameters, one
 * sync.
 */
#include "base/error.h"
#include "pg/columns.h"
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
    return send_execution(conn, statement, name, NULL) &&
           mp__read_group_add(conn, request);
  }
  for (size_t i = 0; i < request->param_sets; i++) {
    if (!send_execution(conn, statement, name, request->params[i])) return false;
  }
  return mp__read_group_add(conn, request);
}

/* Parsed anew on another connection, the text may select columns that nobody has
 * described: asked for in binary, a type without a reader cannot be understood. */
static bool is_readable(const mp_statement *statement, const PGresult *pg) {
  size_t count = (size_t)PQnfields(pg);
  if (count == 0 || PQfformat(pg, 0) == 0) return true;
  for (size_t i = 0; i < count; i++) {
    uint32_t type = PQftype(pg, (int)i);
    bool is_known = i < mp_statement_column_count(statement) &&
                    mp_statement_column_type(statement, i) == type;
    const mp_type *made = mp_types_find(statement->types, type);
    if (!is_known && (made == NULL || !mp_type_is_binary(made))) return false;
  }
  return true;
}

static void take_rows(mp__request *request, PGresult *pg) {
  const mp_statement *statement = request->statement;
  if (statement->columns != NULL && mp__columns_match(statement->columns, pg)) {
    mp__request_add_rows(request, pg, statement->types, statement->columns);
    return;
  }
  if (is_readable(statement, pg)) {
    mp__request_add_result(request, pg);
    return;
  }
  PQclear(pg);
  request->is_stale = true;
  mp_error *error = mp__error_new(
      MP_DECODE, "the statement ran, but its columns have changed and cannot be read");
  mp__error_set(error, MP_FIELD_HINT,
                "look what it did before sending it again: the next call reads them");
  mp__error_set(error, MP_FIELD_QUERY, statement->text);
  mp__request_add_error(request, error);
}

const mp__request_kind mp__request_execute = {.send = send_execute, .take = take_rows};
