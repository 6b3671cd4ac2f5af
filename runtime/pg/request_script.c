/* request_script.c - several statements in one text, by the simple protocol. */
#include "pg/conn_impl.h"

static bool send_script(mp__conn *conn, mp__request *request) {
  return mp__send_leave_pipeline(conn) && PQsendQuery(conn->pg, request->text) == 1;
}

static void take_nothing(mp__request *request, PGresult *pg) {
  (void)request;
  PQclear(pg);
}

const mp__request_kind mp__request_script = {
    .send = send_script, .take = take_nothing, .leaves_pipeline = true};
