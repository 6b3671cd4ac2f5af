/* send.c - what the kinds of requests are sent by, in pipeline mode and outside of it. */
#include "pg/conn_impl.h"

bool mp__send_sync(mp__conn *conn) {
  return PQpipelineSync(conn->pg) == 1;
}

static bool send_parse(mp__conn *conn, const mp_statement *statement, const char *name) {
  int count = statement->described ? (int)statement->param_count : 0;
  return PQsendPrepare(conn->pg, name, statement->wire, count, statement->param_types) ==
         1;
}

/* A name is parsed once on a connection: what it knows is not sent again. */
const char *mp__send_prepare_statement(mp__conn *conn, const mp_statement *statement,
                                       bool *parses) {
  *parses = false;
  if (mp__prepared_has(conn, statement)) return statement->name;
  const char *name = mp__prepared_add(conn, statement) ? statement->name : "";
  *parses = true;
  return send_parse(conn, statement, name) ? name : NULL;
}

const char *mp__send_prepare(mp__conn *conn, mp__request *request) {
  bool parses = false;
  request->id = request->statement->id;
  const char *name = mp__send_prepare_statement(conn, request->statement, &parses);
  if (parses) request->preludes = 1;
  return name;
}

bool mp__send_leave_pipeline(mp__conn *conn) {
  if (PQexitPipelineMode(conn->pg) != 1) return false;
  conn->left_pipeline = true;
  return true;
}
