/* request_stream.c - a prepared statement whose rows are handed over as they come. */
#include "base/error.h"
#include "pg/bulk.h"
#include "pg/conn_impl.h"

/* A final result without rows says nothing new; one with rows is what libpq gives where
 * it could not be asked for single ones. */
static void take_row(mp__request *request, PGresult *pg) {
  if (request->bulk == NULL || PQntuples(pg) == 0) {
    PQclear(pg);
    return;
  }
  if (!request->bulk->row(request, pg)) mp__request_add_error(request, mp__error_oom());
}

static bool send_stream(mp__conn *conn, mp__request *request) {
  return mp__request_execute.send(conn, request);
}

const mp__request_kind mp__request_stream = {
    .send = send_stream, .take = take_row, .by_row = true};

/* libpq refuses while another command is the one to be read, and is asked again then. */
void mp__stream_aim(mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  if (link == NULL) return;
  if (!MP__CONTAINER(link, mp__request, link)->kind->by_row) return;
  (void)PQsetSingleRowMode(conn->pg);
}

void mp__bulk_leave(mp__conn *conn, mp__request *request) {
  request->bulk = NULL;
  if (!mp__conn_is_open(conn)) return;
  if (conn->copy == COPY_TO_SERVER) mp__copy_end(conn, request, "the client gave up");
  mp__conn_resume(conn);
  mp__conn_cancel(conn);
}
