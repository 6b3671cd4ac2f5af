/* send.c - what the kinds of requests are sent by, in pipeline mode and outside of it. */
#include "pg/conn_impl.h"

enum { FIRST_VERSION_WITH_XACT_ID = 130000 };

bool mp__send_sync(mp__conn *conn) {
  return PQpipelineSync(conn->pg) == 1;
}

bool mp__send_text(mp__conn *conn, const char *text, int format) {
  return PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, format) == 1;
}

bool mp__send_knows_xid(const mp__conn *conn) {
  return PQserverVersion(conn->pg) >= FIRST_VERSION_WITH_XACT_ID;
}

bool mp__send_xid_question(mp__conn *conn) {
  return mp__send_text(conn,
                       "select pg_catalog.pg_current_xact_id_if_assigned()"
                       "::pg_catalog.text",
                       0) &&
         PQsendFlushRequest(conn->pg) == 1;
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
