/* cancel.c - asks the server to stop, on a worker thread: libpq 15's PQcancel blocks.
 *
 * It also speaks in clear, whatever the connection does: an encrypted connection is
 * cancelled over another encrypted one (cancel_query.c). */
#include "pg/cancel.h"

#include "base/alloc.h"
#include "loop/work.h"

/* A request that gets lost shows as a statement that does not end, and that ends the
 * connection. */
static void run_cancel(void *data) {
  cancel_job *job = data;
  char reason[256];
  (void)PQcancel(job->cancel, reason, sizeof(reason));
}

void mp__cancel_end(cancel_job *job) {
  mp__conn *conn = job->conn;
  PQfreeCancel(job->cancel);
  mp__free(job);
  if (conn == NULL) return;
  conn->cancel = NULL;
  mp__conn_retain(conn);
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}

static void on_cancelled(void *data) {
  mp__cancel_end(data);
}

void mp__cancel_forget(mp__conn *conn) {
  cancel_job *job = conn->cancel;
  conn->cancel = NULL;
  if (job == NULL) return;
  job->conn = NULL;
  if (job->helper != NULL) mp__cancel_query_drop(job);
}

static int start(mp__conn *conn, cancel_job *job) {
  if (PQsslInUse(conn->pg) || PQgssEncInUse(conn->pg)) {
    return mp__cancel_query_start(conn, job);
  }
  job->cancel = PQgetCancel(conn->pg); /* here: the worker only sends it */
  if (job->cancel == NULL) return MP_OUT_OF_MEMORY;
  return mp__work_start(conn->loop, MP__LANE_CANCEL, false, run_cancel, on_cancelled,
                        job);
}

static void expose(mp__conn *conn) {
  for (mp__link *link = conn->sent.next; link != &conn->sent; link = link->next) {
    MP__CONTAINER(link, mp__request, link)->exposed = true;
  }
}

void mp__conn_cancel(mp__conn *conn) {
  if (conn->state != CONN_OPEN || conn->cancel != NULL) return;
  if (mp__list_is_empty(&conn->sent)) return;
  expose(conn);
  cancel_job *job = mp__alloc_zero(sizeof(*job));
  if (job == NULL) return;
  job->conn = conn;
  if (start(conn, job) == MP_OK) {
    conn->cancel = job;
    return;
  }
  PQfreeCancel(job->cancel);
  mp__free(job);
}
