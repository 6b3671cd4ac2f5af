/* cancel.c - asks the server to stop, on a worker thread: libpq 15's PQcancel blocks.
 *
 * It also speaks in clear, whatever the connection does: an encrypted connection is
 * cancelled over another encrypted one (cancel_query.c). Either is repeated while the
 * statement it was meant for goes on. */
#include "pg/cancel.h"

#include "base/alloc.h"
#include "loop/work.h"

/* One that gets lost shows as a statement that goes on. */
static void run_cancel(void *data) {
  cancel_job *job = data;
  char reason[256];
  (void)PQcancel(job->cancel, reason, sizeof(reason));
}

/* One that finds the server idle, or busy with bookkeeping of ours, stops nothing. The
 * first pauses are short, so that little is done in vain; a long rollback is disturbed
 * once a second, which costs the server a process each time. */
enum { FIRST_PAUSE_MS = 50, LONGEST_PAUSE_MS = 1000 };

/* What a cancel is meant for: of those under way the first, behind our own. */
static mp__request *find_target(const mp__conn *conn) {
  for (mp__link *link = conn->sent.next; link != &conn->sent; link = link->next) {
    mp__request *request = MP__CONTAINER(link, mp__request, link);
    if (!request->is_ours) return request;
  }
  return NULL;
}

static bool goes_on(const mp__conn *conn) {
  const mp__request *target = find_target(conn);
  return conn->state == CONN_OPEN && target != NULL && target->is_unwanted;
}

static void ask_later(mp__conn *conn) {
  if (!goes_on(conn)) return;
  uint64_t pause_ms = conn->cancel_pause_ms, next_ms = 2 * pause_ms;
  conn->cancel_pause_ms = next_ms < LONGEST_PAUSE_MS ? next_ms : LONGEST_PAUSE_MS;
  mp__timer_start(conn->loop, &conn->cancel_again, pause_ms);
}

void mp__cancel_end(cancel_job *job) {
  mp__conn *conn = job->conn;
  PQfreeCancel(job->cancel);
  mp__free(job);
  if (conn == NULL) return;
  conn->cancel = NULL;
  ask_later(conn);
  mp__conn_retain(conn);
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}

static void on_cancelled(void *data) {
  mp__cancel_end(data);
}

void mp__cancel_forget(mp__conn *conn) {
  cancel_job *job = conn->cancel;
  mp__timer_stop(conn->loop, &conn->cancel_again);
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

static bool ask(mp__conn *conn) {
  cancel_job *job = mp__alloc_zero(sizeof(*job));
  if (job == NULL) return false;
  expose(conn);
  job->conn = conn;
  if (start(conn, job) == MP_OK) {
    conn->cancel = job;
    return true;
  }
  PQfreeCancel(job->cancel);
  mp__free(job);
  return false;
}

void mp__cancel_again(void *data) {
  mp__conn *conn = data;
  if (goes_on(conn) && !ask(conn)) ask_later(conn);
}

void mp__conn_cancel(mp__conn *conn) {
  if (conn->state != CONN_OPEN || mp__list_is_empty(&conn->sent)) return;
  mp__request *target = find_target(conn);
  if (target != NULL && !target->is_unwanted) {
    target->is_unwanted = true;
    conn->cancel_pause_ms = FIRST_PAUSE_MS;
  }
  if (conn->cancel != NULL) return; /* its end looks at what is unwanted */
  mp__timer_stop(conn->loop, &conn->cancel_again);
  if (!ask(conn)) ask_later(conn);
}
