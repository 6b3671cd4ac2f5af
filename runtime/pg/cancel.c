/* cancel.c - asks the server to stop, on a worker thread: libpq 15's PQcancel blocks. */
#include "base/alloc.h"
#include "loop/work.h"
#include "pg/conn_impl.h"

typedef struct cancel_job {
  mp__conn *conn;
  PGcancel *cancel; /* made and freed on the loop's thread; the worker only sends it */
} cancel_job;

static void run_cancel(void *data) {
  cancel_job *job = data;
  char reason[256];
  (void)PQcancel(job->cancel, reason, sizeof(reason)); /* a lost one shows as a drain that takes too
                                                           long, and that closes the connection */
}

static void on_cancelled(void *data) {
  cancel_job *job = data;
  mp__conn *conn = job->conn;
  PQfreeCancel(job->cancel);
  mp__free(job);
  conn->cancels--;
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}

void mp__conn_cancel(mp__conn *conn) {
  if (conn->state != CONN_OPEN || conn->cancels > 0) return;
  if (mp__list_is_empty(&conn->sent)) return;
  cancel_job *job = mp__alloc_zero(sizeof(*job));
  if (job == NULL) return;
  job->conn = conn;
  job->cancel = PQgetCancel(conn->pg);
  if (job->cancel == NULL || mp__work_start(conn->loop, MP__LANE_CANCEL, false, run_cancel,
                                            on_cancelled, job) != MP_OK) {
    PQfreeCancel(job->cancel);
    mp__free(job);
    return;
  }
  mp__conn_retain(conn);
  conn->cancels++;
}
