/* cancel.c - an operation that is given up before its end, and what its connection still
 * has to see. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

#define PATIENCE_MS 5000
/* A read that shares is left alone for so long, once it is its turn: most end sooner than
 * a cancel would reach them, and a cancel makes its neighbours be sent again. */
#define GRACE_MS  20
#define COMMIT_MS 180

static const char *phase_text(const mp_operation *operation) {
  if (operation->phase == OPERATION_WAITING) {
    mp_pool_stats stats;
    mp_pool_get_stats(operation->engine->pool, &stats);
    return stats.total == stats.connecting ? "while connecting"
                                           : "while waiting for a connection";
  }
  return "while the server ran it";
}

static void name_holders(const mp_operation *operation, mp_error *error) {
  char *state = mp__pool_describe(operation->engine->pool);
  if (state != NULL) {
    mp__error_set_message(error, "%s (%s)", mp_error_message(error), state);
  }
  mp__free(state);
}

mp_error *mp__operation_interruption(const mp_operation *operation, int status) {
  const char *what = status == MP_TIMEOUT         ? "the deadline passed"
                     : status == MP_SHUTTING_DOWN ? "the engine is closing"
                                                  : "cancelled";
  mp_error *error = mp__error_new(status, "%s %s", what, phase_text(operation));
  if (operation->phase == OPERATION_WAITING) name_holders(operation, error);
  if (operation->statement != NULL) {
    mp__error_set(error, MP_FIELD_QUERY, mp_statement_text(operation->statement));
  }
  return error;
}

/* On a session's connection nothing else may run until the cancelled statement has ended,
 * and that must not take for ever. */
static void on_impatient(void *data) {
  mp_operation *operation = data;
  if (operation->submitted)
    mp__conn_break(operation->conn, "a cancelled statement did not end");
}

static void watch(mp_operation *operation, mp_loop_cb fn, uint64_t delay_ms) {
  mp__timer_init(&operation->patience, fn, operation);
  mp__timer_start(operation->engine->loop, &operation->patience, delay_ms);
}

static void be_patient(mp_operation *operation) {
  if (!operation->patience.active) watch(operation, on_impatient, PATIENCE_MS);
}

/* Its answer, or its loss, says what is true. Who has run out of time learns rather that
 * nobody knows. */
static void await_outcome(mp_operation *operation, int status) {
  if (operation->patience.active) return;
  watch(operation, on_impatient, status == MP_TIMEOUT ? COMMIT_MS : PATIENCE_MS);
}

static void on_overdue(void *data) {
  mp_operation *operation = data;
  if (!operation->submitted) return;
  if (!mp__conn_is_first(operation->conn, &operation->request)) {
    watch(operation, on_overdue, GRACE_MS);
    return;
  }
  mp__slot_drain(operation->slot);
  mp__conn_cancel(operation->conn);
  watch(operation, on_impatient, PATIENCE_MS);
}

/* It keeps its place on the connection until the server has ended it. */
static void leave_shared(mp_operation *operation) {
  operation->request.is_left = true;
  if (mp__operation_withdraw(operation)) {
    mp__operation_release_slot(operation);
  } else {
    watch(operation, on_overdue, GRACE_MS);
  }
}

/* The request stays behind with its connection until the server has ended it. */
static void cancel_running(mp_operation *operation, mp_error *error) {
  if (operation->shares) {
    leave_shared(operation);
    mp__operation_report_later(operation, error);
    return;
  }
  if (operation->kind->leave != NULL) {
    operation->kind->leave(operation, error);
  } else if (!mp__operation_withdraw(operation)) {
    mp__conn_cancel(operation->conn);
  }
  if (operation->submitted && operation->slot == NULL) be_patient(operation);
  mp__operation_release_slot(operation);
  mp__operation_report_later(operation, error);
}

void mp_operation_cancel(mp_operation *operation, int status) {
  switch (operation->phase) {
  case OPERATION_NEW:
  case OPERATION_ENDED:
    return;
  case OPERATION_FOLLOWING:
    mp__list_remove(&operation->shared);
    mp_error *error = mp__operation_interruption(operation, status);
    mp__operation_release_slot(operation);
    mp__operation_report_later(operation, error);
    return;
  case OPERATION_WAITING:
    mp__pool_withdraw(&operation->acquire);
    mp__operation_report_later(operation, mp__operation_interruption(operation, status));
    return;
  case OPERATION_RUNNING:
    if (operation->kind->is_commit && operation->request.sent) {
      operation->ended_by = status;
      if (operation->kind->may_stop) mp__conn_cancel(operation->conn);
      await_outcome(operation, status);
      return;
    }
    cancel_running(operation, mp__operation_interruption(operation, status));
    return;
  }
}

void mp__operation_abandon(mp_operation *operation, mp_error *error) {
  bool may_stop = operation->kind->may_stop;
  if (operation->kind->is_commit && (!may_stop || operation->request.sent)) {
    mp__list_remove(&operation->link);
    operation->session = NULL;
    operation->ended_by = MP_CANCELLED;
    if (may_stop) mp__conn_cancel(operation->conn);
    mp_error_free(error);
    return;
  }
  cancel_running(operation, error);
}
