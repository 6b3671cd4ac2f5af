/* cancel.c - asks the server to stop what is under way, repeatedly while it goes on.
 *
 * libpq 15 has only PQcancel for it, which blocks, for minutes where nobody answers, and
 * which speaks in clear whatever the connection does. So a connection in clear is
 * cancelled on a socket of ours (cancel_socket.c), an encrypted one over another
 * encrypted one (cancel_query.c). */
#include "pg/cancel.h"

#include "base/alloc.h"

enum {
  DEADLINE_MS = 5000,
  /* Of one whose connection is gone: a process that ends now would leave the statement
   * running on the server. */
  LAST_MS = 500
};

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
  mp__timer_stop(job->loop, &job->deadline);
  mp__free(job);
  if (conn == NULL) return;
  conn->cancel = NULL;
  ask_later(conn);
  mp__conn_retain(conn);
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}

/* What the server may still act on could stop the next statement. */
static void on_deadline(void *data) {
  cancel_job *job = data;
  if (job->conn != NULL && job->way->is_sent(job)) {
    mp__conn_break(job->conn, "a cancel was not answered");
  } else {
    job->way->stop(job);
  }
}

void mp__cancel_forget(mp__conn *conn) {
  cancel_job *job = conn->cancel;
  mp__timer_stop(conn->loop, &conn->cancel_again);
  conn->cancel = NULL;
  if (job == NULL) return;
  job->conn = NULL;
  mp__timer_start(job->loop, &job->deadline, LAST_MS);
  job->way->leave(job);
}

static void expose(mp__conn *conn) {
  for (mp__link *link = conn->sent.next; link != &conn->sent; link = link->next) {
    MP__CONTAINER(link, mp__request, link)->exposed = true;
  }
}

static const cancel_way *choose_way(const mp__conn *conn) {
  bool is_encrypted = PQsslInUse(conn->pg) || PQgssEncInUse(conn->pg);
  return is_encrypted || !conn->has_cancel_key ? &mp__cancel_by_query
                                               : &mp__cancel_by_socket;
}

static bool ask(mp__conn *conn) {
  cancel_job *job = mp__alloc_zero(sizeof(*job));
  if (job == NULL) return false;
  expose(conn);
  job->way = choose_way(conn);
  job->loop = conn->loop;
  job->conn = conn;
  mp__timer_init(&job->deadline, on_deadline, job);
  if (job->way->start(conn, job) != MP_OK) {
    mp__free(job);
    return false;
  }
  conn->cancel = job;
  mp__timer_start(conn->loop, &job->deadline, DEADLINE_MS);
  return true;
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
