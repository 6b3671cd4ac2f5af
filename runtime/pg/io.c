/* io.c - moves bytes: sends what may be sent, takes in what has come, watches the socket.
 */
#include "base/error.h"
#include "pg/conn_impl.h"

#include <string.h>

/* One statement of a user's at a time, so that a cancel can hit no other, except for
 * reads that share, which are sent again when it does; our own bookkeeping may go ahead
 * of it. Behind what a cancel may have hit nothing goes: the next one may follow. */
static bool may_send(const mp__conn *conn, const mp__request *request) {
  if (conn->cancel != NULL || conn->left_pipeline) return false;
  mp__link *link = mp__list_last(&conn->sent);
  if (link == NULL) return true;
  const mp__request *last = MP__CONTAINER(link, mp__request, link);
  if (last->exposed || request->kind->leaves_pipeline) return false;
  return last->is_ours || (last->shares && request->shares);
}

/* They go out together: one look at the clock is enough. */
static bool send_all(mp__conn *conn) {
  mp__link *link;
  uint64_t now_us = 0;
  while ((link = mp__list_first(&conn->queued)) != NULL) {
    mp__request *request = MP__CONTAINER(link, mp__request, link);
    if (!may_send(conn, request)) return true;
    if (mp__list_is_empty(&conn->sent)) {
      request->began_ms = mp__loop_cached_ms(conn->loop);
    }
    mp__list_remove(link);
    mp__list_push_back(&conn->sent, link);
    request->sent = true;
    if (now_us == 0) now_us = mp__clock_us();
    request->sent_us = now_us;
    if (!request->groups && !mp__read_group_close(conn)) return false;
    if (!request->kind->send(conn, request)) return false;
    mp__stream_aim(conn);
  }
  return true;
}

static bool send_queued(mp__conn *conn) {
  return send_all(conn) && mp__read_group_close(conn);
}

static bool flush(mp__conn *conn) {
  int left = PQflush(conn->pg);
  conn->needs_flush = left == 1;
  return left >= 0;
}

static bool is_fatal(const mp_error *error) {
  const char *severity = error == NULL ? NULL : mp_error_get(error, MP_FIELD_SEVERITY);
  return severity != NULL &&
         (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

/* The server's FATAL comes as the answer to the statement under way, or, on an idle
 * connection, through the notice receiver. */
static mp_error *describe_loss(mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  const mp_error *answer =
      link == NULL ? NULL : MP__CONTAINER(link, mp__request, link)->error;
  return mp__error_from_loss(conn->pg, is_fatal(answer) ? answer : conn->last_words);
}

/* What the server said before the end may still be unread. */
static void lose(mp__conn *conn) {
  if (PQconsumeInput(conn->pg) == 1) {
    mp__copy_break_off(conn);
    mp__conn_receive(conn);
    if (conn->state != CONN_OPEN) return;
  }
  mp__conn_fail(conn, describe_loss(conn));
}

static void report_quiet(mp__conn *conn) {
  if (conn->was_quiet || !mp__conn_is_quiet(conn)) return;
  conn->was_quiet = true;
  mp__timer_stop(conn->loop, &conn->cancel_again);
  mp__conn_hold(conn, false);
  conn->events.quiet(conn, conn->data);
}

/* A pause is mostly over before the loop looks again, and to change what is watched costs
 * more system calls than to read. */
static int wanted_events(const mp__conn *conn) {
  return (conn->has_more ? 0 : MP__READABLE) | (conn->needs_flush ? MP__WRITABLE : 0);
}

void mp__conn_pump(mp__conn *conn) {
  if (conn->has_unread) {
    conn->has_unread = false;
    conn->read_us = mp__clock_us();
    if (conn->state == CONN_OPEN) mp__conn_receive(conn);
  }
  if (conn->state != CONN_OPEN) return;
  if (!mp__list_is_empty(&conn->queued)) mp__prepared_trim(conn);
  if (!send_queued(conn) || !flush(conn)) {
    lose(conn);
    return;
  }
  mp__copy_drained(conn);
  mp__poll_watch(conn->poll, wanted_events(conn));
  report_quiet(conn);
}

/* What has come belongs to the first that has no answer. */
static void note_answer(const mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  if (link == NULL) return;
  mp__request *request = MP__CONTAINER(link, mp__request, link);
  if (request->answered_us == 0) request->answered_us = conn->read_us;
}

void mp__conn_on_socket(void *data, int events) {
  mp__conn *conn = data;
  mp__conn_retain(conn);
  mp__copy_look(conn);
  bool is_readable = (events & MP__READABLE) != 0;
  if (conn->paused) conn->has_more = is_readable;
  bool alive = !is_readable || conn->paused || PQconsumeInput(conn->pg) == 1;
  conn->read_us = mp__clock_us();
  note_answer(conn);
  if (!alive) mp__copy_break_off(conn);
  mp__conn_receive(
      conn); /* even of a dead socket: results may have come before the end */
  if (conn->state == CONN_OPEN && (!alive || PQstatus(conn->pg) == CONNECTION_BAD)) {
    mp__conn_fail(conn, describe_loss(conn));
  }
  mp__conn_report_notices(conn);
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}
