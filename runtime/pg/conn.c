/* conn.c - a connection's life: opened, used, lost or closed, each in one place. */
#include "base/alloc.h"
#include "base/error.h"
#include "pg/bulk.h"
#include "pg/conn_impl.h"

#include <errno.h>
#include <sys/socket.h>

void mp__conn_retain(mp__conn *conn) {
  conn->references++;
}

void mp__conn_drop(mp__conn *conn) {
  if (--conn->references > 0) return;
  mp__deferred_cancel(conn->loop, &conn->pump);
  mp_error_free(conn->last_words);
  mp__node_forget(conn);
  mp__conn_clear_notices(conn);
  mp__free(conn);
}

void mp__conn_hold(mp__conn *conn, bool holds) {
  if (conn->holds == holds) return;
  conn->holds = holds;
  if (holds) mp__loop_hold(conn->loop);
  if (!holds) mp__loop_unhold(conn->loop);
}

static void release_socket(mp__conn *conn) {
  mp__deferred_cancel(conn->loop, &conn->start);
  mp__timer_stop(conn->loop, &conn->deadline);
  mp__timer_stop(conn->loop, &conn->turn);
  mp__conn_target_free(conn->target);
  conn->target = NULL;
  mp__poll_close(conn->poll);
  conn->poll = NULL;
  mp__cancel_key_settle(conn);
  PQfinish(conn->pg);
  conn->pg = NULL;
  mp__password_cancel(conn);
  mp__password_forget(conn);
  mp__cancel_forget(conn);
  mp__prepared_clear(conn);
}

void mp__conn_set_state(mp__conn *conn, conn_state next) {
  conn->state = next;
  conn->paused = conn->has_unread = conn->has_more = false;
  conn->copy = COPY_NONE;
  if (next != CONN_LOST && next != CONN_CLOSED) return;
  mp__conn_hold(conn, false);
  release_socket(conn);
}

/* The request is its owner's again before the call: it may be freed or submitted anew in
 * it. */
void mp__conn_complete(mp__request *request) {
  mp_result *result = request->first;
  mp_error *error = request->error;
  mp__list_remove(&request->link);
  request->error = NULL;
  if (error == NULL) request->first = request->last = NULL;
  request->completed(request, error == NULL ? result : NULL, error);
  if (error == NULL) return;
  mp_result_free(result);
  mp_error_free(error);
}

void mp__conn_measure(mp__conn *conn, mp__request *request) {
  uint64_t now_ms = mp__loop_cached_ms(conn->loop);
  mp__link *next = request->link.next;
  request->took_ms = now_ms - request->began_ms;
  request->over_us = conn->read_us;
  if (request->answered_us == 0) request->answered_us = conn->read_us;
  if (next != &conn->sent) MP__CONTAINER(next, mp__request, link)->began_ms = now_ms;
}

/* The server's last words reach each statement that was under way. */
static void fail_requests(mp__conn *conn, mp__link *list) {
  mp__link *link;
  while ((link = mp__list_first(list)) != NULL) {
    mp__request *request = MP__CONTAINER(link, mp__request, link);
    mp_error_free(request->error);
    request->error = mp_error_copy(conn->last_words);
    if (request->statement != NULL) {
      mp__error_set(request->error, MP_FIELD_QUERY, request->statement->text);
    }
    mp__conn_complete(request);
  }
}

void mp__conn_fail(mp__conn *conn, mp_error *error) {
  bool was_open = conn->state == CONN_OPEN;
  mp__conn_retain(conn);
  mp_error_free(conn->last_words);
  conn->last_words = error;
  mp__conn_set_state(conn, CONN_LOST);
  fail_requests(conn, &conn->held);
  fail_requests(conn, &conn->sent);
  fail_requests(conn, &conn->queued);
  if (conn->listener.lost != NULL) {
    conn->listener.lost(conn->last_words, conn->listener.data);
  }
  /* A callback may have closed it meanwhile: then nobody waits for the event. */
  if (conn->state == CONN_LOST) {
    if (was_open) conn->events.lost(conn, conn->last_words, conn->data);
    if (!was_open) conn->events.opened(conn, conn->last_words, conn->data);
  }
  mp__conn_drop(conn);
}

/* What was submitted to a connection that is gone, or was left when its owner closed it.
 */
static void fail_leftovers(mp__conn *conn) {
  fail_requests(conn, &conn->held);
  fail_requests(conn, &conn->sent);
  fail_requests(conn, &conn->queued);
}

static void on_pump(void *data) {
  mp__conn *conn = data;
  mp__conn_retain(conn);
  switch (conn->state) {
  case CONN_RESOLVING:
  case CONN_CONNECTING:
    break;
  case CONN_OPEN:
    mp__conn_pump(conn);
    break;
  case CONN_LOST:
    fail_leftovers(conn);
    break;
  case CONN_CLOSED:
    fail_leftovers(conn);
    mp__conn_drop(conn); /* the owner's reference, lent to this call by mp__conn_close */
    break;
  }
  mp__conn_drop(conn);
}

int mp__conn_open(mp_loop *loop, const mp__config *config, const mp__conn_events *events,
                  void *data, mp__conn **out) {
  mp__conn *conn = mp__alloc_zero(sizeof(*conn));
  if (conn == NULL) return MP_OUT_OF_MEMORY;
  *conn = (mp__conn){.loop = loop, .config = config, .events = *events, .data = data};
  conn->references = 1;
  mp__list_init(&conn->queued);
  mp__list_init(&conn->sent);
  mp__list_init(&conn->held);
  mp__list_init(&conn->prepared_order);
  mp__list_init(&conn->notices);
  mp__deferred_init(&conn->pump, on_pump, conn);
  mp__timer_init(&conn->cancel_again, mp__cancel_again, conn);
  mp__conn_hold(conn, true); /* until it is quiet, lost or closed */
  *out = conn;
  mp__conn_connect(conn);
  return MP_OK;
}

void mp__conn_close(mp__conn *conn, const char *reason) {
  if (conn->state != CONN_LOST) {
    mp_error_free(conn->last_words);
    conn->last_words =
        mp__error_new(MP_CONNECTION_LOST, "the connection was closed: %s", reason);
  }
  mp__conn_set_state(conn, CONN_CLOSED);
  if (mp__list_is_empty(&conn->queued) && mp__list_is_empty(&conn->sent) &&
      mp__list_is_empty(&conn->held)) {
    mp__conn_drop(conn);
    return;
  }
  mp__deferred_schedule(conn->loop, &conn->pump);
}

void mp__conn_break(mp__conn *conn, const char *reason) {
  if (conn->state != CONN_OPEN) return;
  mp__conn_fail(
      conn, mp__error_new(MP_CONNECTION_LOST, "the connection was closed: %s", reason));
}

void mp__conn_listen(mp__conn *conn, const mp__conn_listener *listener) {
  conn->listener = listener != NULL ? *listener : (mp__conn_listener){0};
}

void mp__conn_submit(mp__conn *conn, mp__request *request) {
  request->sent_us = request->answered_us = request->over_us = 0;
  request->asked = false;
  request->sent = request->exposed = request->is_stale = request->is_left = false;
  request->is_unwanted = false;
  request->preludes = 0;
  request->first = request->last = NULL;
  request->error = NULL;
  if (request->goes_first) mp__list_push_front(&conn->queued, &request->link);
  if (!request->goes_first) mp__list_push_back(&conn->queued, &request->link);
  if (conn->state == CONN_OPEN) mp__conn_hold(conn, true);
  conn->was_quiet = false;
  mp__deferred_schedule(conn->loop, &conn->pump);
}

bool mp__conn_withdraw(mp__conn *conn, mp__request *request) {
  if (request->sent) return false;
  mp__list_remove(&request->link);
  mp__deferred_schedule(conn->loop, &conn->pump); /* it may be quiet now */
  return true;
}

void mp__conn_pause(mp__conn *conn) {
  conn->paused = true;
}

void mp__conn_resume(mp__conn *conn) {
  if (!conn->paused) return;
  conn->paused = conn->has_more = false;
  conn->has_unread = true;
  mp__deferred_schedule(conn->loop, &conn->pump);
}

const mp_error *mp__conn_loss(const mp__conn *conn) {
  return mp__conn_is_open(conn) ? NULL : conn->last_words;
}

bool mp__conn_is_open(const mp__conn *conn) {
  return conn->state == CONN_OPEN;
}

bool mp__conn_is_first(const mp__conn *conn, const mp__request *request) {
  return mp__list_first(&conn->sent) == &request->link;
}

bool mp__conn_is_quiet(const mp__conn *conn) {
  return conn->state == CONN_OPEN && conn->cancel == NULL && !conn->needs_flush &&
         mp__list_is_empty(&conn->queued) && mp__list_is_empty(&conn->sent) &&
         mp__list_is_empty(&conn->held);
}

bool mp__conn_is_fresh(const mp__conn *conn) {
  char byte;
  if (conn->state != CONN_OPEN) return false;
  ssize_t got = recv(PQsocket(conn->pg), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool mp__conn_is_local(const mp__conn *conn) {
  const char *host = conn->pg == NULL ? NULL : PQhost(conn->pg);
  return host != NULL && (host[0] == '/' || host[0] == '@');
}

mp__transaction mp__conn_transaction(const mp__conn *conn) {
  if (conn->state != CONN_OPEN) return MP__TRANSACTION_UNKNOWN;
  switch (PQtransactionStatus(conn->pg)) {
  case PQTRANS_IDLE:
    return MP__TRANSACTION_IDLE;
  case PQTRANS_ACTIVE:
    return MP__TRANSACTION_ACTIVE;
  case PQTRANS_INTRANS:
    return MP__TRANSACTION_OPEN;
  case PQTRANS_INERROR:
    return MP__TRANSACTION_FAILED;
  case PQTRANS_UNKNOWN:
    break;
  }
  return MP__TRANSACTION_UNKNOWN;
}

int mp__conn_backend_pid(const mp__conn *conn) {
  return conn->pg == NULL ? 0 : PQbackendPID(conn->pg);
}

uint32_t mp__conn_round_trip_us(const mp__conn *conn) {
  return conn->round_trip_us;
}

const char *mp__conn_parameter(const mp__conn *conn, const char *name) {
  return conn->pg == NULL ? NULL : PQparameterStatus(conn->pg, name);
}
