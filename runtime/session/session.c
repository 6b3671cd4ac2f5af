/* session.c - a lease of one connection: opened, used in order, closed without waiting.
 */
#include "base/alloc.h"
#include "base/error.h"
#include "session/session_impl.h"

#include <string.h>

static void step_open(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_result_free(result);
  mp__operation_finish(operation, NULL, error);
}

mp_session *mp__session_new(mp_engine *engine, mp__slot *slot) {
  mp_session *session = mp__alloc_zero(sizeof(*session));
  if (session == NULL) return NULL;
  session->engine = engine;
  session->slot = slot;
  session->conn = mp__slot_conn(slot);
  mp__list_init(&session->operations);
  mp__engine_retain(engine);
  mp__slot_watch(slot, mp__session_on_lost, session);
  return session;
}

/* The lease passes from the operation to the session. */
static void begin_open(mp_operation *operation) {
  mp_session *session = mp__session_new(operation->engine, operation->slot);
  if (session == NULL) {
    mp__operation_refuse(operation, mp__error_oom());
    return;
  }
  mp__slot_lend(session->slot, operation->holder);
  operation->slot = NULL;
  operation->holder = NULL;
  mp__operation_yield(operation, session);
}

static void report_open(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  (void)result;
  operation->callback.session(error == NULL ? operation->outcome : NULL, error,
                              operation->data);
}

static const mp__operation_kind opening = {
    .begin = begin_open, .step = step_open, .report = report_open};

mp_operation *mp_session_open(mp_engine *engine, const mp_session_options *options,
                              mp_session_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(engine, &opening, data);
  if (operation == NULL) return NULL;
  operation->callback.session = cb;
  mp_session_options plain = MP_SESSION_OPTIONS_INIT;
  if (options == NULL) options = &plain;
  operation->holder =
      mp__holder_new(operation->task, options->label, options->where, options->traceback);
  mp__operation_start(operation);
  return operation;
}

void mp__session_forget_cause(mp_session *session) {
  mp_error_free(session->cause);
  session->cause = NULL;
}

void mp__session_leave(mp_session *session) {
  session->depth = 0;
  if (session->retyped) mp__type_catalog_forget(session->engine);
  session->retyped = false;
  mp__session_forget_cause(session);
  mp__free(session->begun_by);
  session->begun_by = NULL;
}

/* Nobody cancelled what another one's end of the session ends. */
static mp_error *abandonment(const mp_operation *operation) {
  bool has_run = operation->request.sent && !operation->loads_types &&
                 operation->request.kind != &mp__request_describe;
  mp_error *error = mp__error_new(MP_CANCELLED, "the connection was given back %s",
                                  has_run ? "while the server ran the statement"
                                          : "before the statement was sent");
  if (operation->statement != NULL) {
    mp__error_set(error, MP_FIELD_QUERY, mp_statement_text(operation->statement));
  }
  mp__error_set(error, MP_FIELD_HINT,
                "let the tasks that use a transaction or connection end before it does");
  return error;
}

void mp__session_forget_types(mp_session *session) {
  mp_types_release(session->scope.types);
  session->scope.types = NULL;
}

/* What a hook has changed is meant to stay, and its visit is still to end. */
static void give_back(mp_session *session) {
  if (session->visit != NULL) {
    mp__visit_forget_session(session->visit);
    return;
  }
  if (session->altered) mp__slot_touch(session->slot);
  mp__pool_release(session->slot);
}

void mp_session_on_taken(mp_session *session, mp_loop_cb cb, void *data) {
  session->on_taken = cb;
  session->on_taken_data = data;
}

void mp_session_close(mp_session *session) {
  if (session == NULL) return;
  mp__link *link;
  while ((link = mp__list_first(&session->operations)) != NULL) {
    mp_operation *operation = MP__CONTAINER(link, mp_operation, link);
    mp__operation_abandon(operation, abandonment(operation));
  }
  mp__slot_watch(session->slot, NULL, NULL);
  mp__session_end_listening(session);
  give_back(session);
  mp__session_leave(session);
  mp__session_forget_types(session);
  mp__engine_drop(session->engine);
  mp__free(session);
}

/* The first to hear of a loss that came between two calls hears why. */
static mp_error *loss_error(const mp_session *session) {
  const mp_error *words = mp__conn_loss(session->conn);
  mp_error *error = words != NULL
                        ? mp_error_copy(words)
                        : mp__error_new(MP_CONNECTION_LOST, "the connection was lost");
  mp__error_set(error, MP_FIELD_HINT, "open another connection: nothing was sent");
  return error;
}

mp_error *mp__session_refusal(const mp_session *session) {
  if (!session->lost && mp__conn_is_open(session->conn)) return NULL;
  return session->depth > 0 ? mp__tx_lost_error(session) : loss_error(session);
}

void mp__session_start(mp_session *session, mp_operation *operation) {
  mp_error *refusal = mp__session_refusal(session);
  if (refusal == NULL) {
    operation->scope = &session->scope;
    mp__operation_start_on(operation, session->conn, session, &session->operations);
    return;
  }
  session->lost = true;
  mp__operation_refuse(operation, refusal);
}

/* A statement may have ended before its cancel came: that it failed the transaction is
 * then disproved by the next one that fails for a reason of its own. */
static bool is_disproved(const mp_error *cause, const mp_error *next) {
  return mp_error_status(cause) != MP_SERVER_ERROR &&
         mp_error_status(next) == MP_SERVER_ERROR &&
         strcmp(mp_error_sqlstate(next), "25P02") != 0;
}

void mp__session_note_cause(mp_session *session, const mp_error *error) {
  if (session->depth == 0) return;
  if (session->cause != NULL && !is_disproved(session->cause, error)) return;
  mp__session_forget_cause(session);
  session->cause = mp_error_copy(error);
}

/* In a transaction a loss is a rollback: nothing of a statement in it can have lasted. */
static mp_error *note_loss(mp_session *session, mp_operation *operation,
                           const mp_error *error) {
  session->lost = true;
  if (session->depth == 0) return mp__loss_of(operation, error);
  mp_error *loss = mp_error_copy(error);
  mp__error_set(loss, MP_FIELD_HINT, "run the whole transaction again");
  mp__error_set_in_transaction(loss, true);
  return loss;
}

mp_error *mp__session_note(mp_operation *operation, const mp_error *error) {
  mp_session *session = operation->session;
  if (mp_error_status(error) == MP_CONNECTION_LOST) {
    return note_loss(session, operation, error);
  }
  mp_error *noted = mp_error_copy(error);
  mp__error_set_in_transaction(noted, session->depth > 0);
  mp__session_note_cause(session, noted);
  return noted;
}

uint32_t mp_session_depth(const mp_session *session) {
  return session->depth;
}

bool mp_session_is_alive(const mp_session *session) {
  return !session->lost && mp__conn_is_open(session->conn);
}
