/* cancel.c - asks the server to stop, on a worker thread: libpq 15's PQcancel blocks. */
#include "base/alloc.h"
#include "loop/work.h"
#include "pg/conn_impl.h"

/* Owned by the worker's job; the connection only points to it while both live. */
struct cancel_job {
  mp__conn *conn;   /* NULL: it is gone */
  PGcancel *cancel; /* made on the loop's thread; the worker only sends it */
};

/* A request that gets lost shows as a statement that does not end, and that ends the
 * connection. */
static void run_cancel(void *data) {
  cancel_job *job = data;
  char reason[256];
  (void)PQcancel(job->cancel, reason, sizeof(reason));
}

static void on_cancelled(void *data) {
  cancel_job *job = data;
  mp__conn *conn = job->conn;
  PQfreeCancel(job->cancel);
  mp__free(job);
  if (conn == NULL) return;
  conn->cancel = NULL;
  mp__conn_retain(conn);
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}

void mp__cancel_forget(mp__conn *conn) {
  if (conn->cancel != NULL) conn->cancel->conn = NULL;
  conn->cancel = NULL;
}

void mp__conn_cancel(mp__conn *conn) {
  if (conn->state != CONN_OPEN || conn->cancel != NULL) return;
  if (mp__list_is_empty(&conn->sent)) return;
  cancel_job *job = mp__alloc_zero(sizeof(*job));
  if (job == NULL) return;
  job->conn = conn;
  job->cancel = PQgetCancel(conn->pg);
  int status = job->cancel == NULL ? MP_OUT_OF_MEMORY
                                   : mp__work_start(conn->loop, MP__LANE_CANCEL, false,
                                                    run_cancel, on_cancelled, job);
  if (status == MP_OK) {
    conn->cancel = job;
    return;
  }
  PQfreeCancel(job->cancel);
  mp__free(job);
}
