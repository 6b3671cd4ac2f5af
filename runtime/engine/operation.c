/* operation.c - the life of an operation: a connection, a request, exactly one report. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

#include <string.h>

#define SPARES_MAX 256

static void free_operation(mp_operation *operation) {
  mp_engine *engine = operation->engine;
  for (size_t i = 0; i < operation->param_sets; i++)
    mp_params_free(operation->params[i]);
  if (operation->params != operation->one) mp__free(operation->params);
  mp_statement_release(operation->statement);
  mp_group_release(operation->group);
  mp__free(operation->text);
  mp__holder_free(operation->holder);
  if (engine->spare_count < SPARES_MAX) {
    mp__list_push_front(&engine->spares, &operation->link);
    engine->spare_count++;
  } else {
    mp__free(operation);
  }
  mp__engine_drop(engine);
}

/* The one that ended last is the one the cache still holds. */
static mp_operation *allocate(mp_engine *engine) {
  mp__link *link = mp__list_pop_front(&engine->spares);
  if (link == NULL) return mp__alloc_zero(sizeof(mp_operation));
  mp_operation *operation = MP__CONTAINER(link, mp_operation, link);
  engine->spare_count--;
  memset(operation, 0, sizeof(*operation));
  return operation;
}

/* Freed when it has been reported and its request is back. */
static void free_if_over(mp_operation *operation) {
  if (operation->phase != OPERATION_ENDED || operation->submitted) return;
  if (operation->reporting) return;
  mp__timer_stop(operation->engine->loop, &operation->patience);
  free_operation(operation);
}

void mp__operation_release_slot(mp_operation *operation) {
  mp__slot *slot = operation->slot;
  if (slot == NULL) return;
  operation->slot = NULL;
  operation->conn = NULL;
  mp__pool_release(slot);
}

static void set_ended(mp_operation *operation) {
  mp__type_catalog_leave(operation);
  operation->phase = OPERATION_ENDED;
  operation->session = NULL;
  mp__list_remove(&operation->link);
}

static void on_ended(void *data) {
  mp_operation *operation = data;
  mp_error *failure = operation->failure;
  operation->kind->report(operation, NULL, failure);
  operation->failure = NULL;
  operation->reporting = false;
  mp_error_free(failure);
  mp__loop_unhold(operation->engine->loop);
  free_if_over(operation);
}

void mp__operation_report_later(mp_operation *operation, mp_error *error) {
  set_ended(operation);
  operation->reporting = true;
  operation->failure = error;
  mp__loop_hold(operation->engine->loop);
  mp__deferred_schedule(operation->engine->loop, &operation->ended);
}

void mp__operation_free_spares(mp_engine *engine) {
  mp__link *link;
  while ((link = mp__list_pop_front(&engine->spares)) != NULL) {
    mp__free(MP__CONTAINER(link, mp_operation, link));
  }
}

mp_operation *mp__operation_new(mp_engine *engine, const mp__operation_kind *kind,
                                void *data) {
  mp_operation *operation = allocate(engine);
  if (operation == NULL) return NULL;
  operation->kind = kind;
  operation->engine = engine;
  operation->data = data;
  operation->task = mp__engine_task(engine);
  operation->params = operation->one;
  operation->begun_us = mp__clock_us();
  mp__list_init(&operation->link);
  mp__list_init(&operation->shared);
  mp__list_init(&operation->loading);
  mp__list_init(&operation->request.link);
  mp__deferred_init(&operation->ended, on_ended, operation);
  mp__engine_retain(engine);
  return operation;
}

void mp__operation_finish(mp_operation *operation, mp_result *result,
                          const mp_error *error) {
  mp_error *kept = error == NULL ? NULL : mp_error_copy(error);
  if (operation->conn != NULL) {
    operation->round_trip_us = mp__conn_round_trip_us(operation->conn);
  }
  mp__statistics_record(operation, result, kept);
  set_ended(operation);
  mp__operation_release_slot(operation);
  operation->kind->report(operation, result, kept);
  mp_error_free(kept);
  free_if_over(operation);
}

void mp__operation_refuse(mp_operation *operation, mp_error *error) {
  mp__operation_release_slot(operation);
  mp__operation_report_later(operation, error);
}

void mp__operation_yield(mp_operation *operation, void *outcome) {
  operation->outcome = outcome;
  mp__operation_report_later(operation, NULL);
}

static void on_granted(mp__acquire *acquire, mp__slot *slot, const mp_error *error) {
  mp_operation *operation = acquire->data;
  if (error != NULL) {
    mp__operation_finish(operation, NULL, error);
    return;
  }
  operation->slot = slot;
  operation->conn = mp__slot_conn(slot);
  operation->phase = OPERATION_RUNNING;
  operation->kind->begin(operation);
}

static void find_connection(mp_operation *operation) {
  mp_engine *engine = operation->engine;
  bool shares = operation->shares;
  mp__slot *slot =
      shares ? mp__pool_try_share(engine->pool) : mp__pool_try_acquire(engine->pool);
  operation->acquire = (mp__acquire){.granted = on_granted,
                                     .data = operation,
                                     .shares = shares,
                                     .task = operation->task};
  mp__list_init(&operation->acquire.link);
  if (slot != NULL) {
    on_granted(&operation->acquire, slot, NULL);
    return;
  }
  operation->phase = OPERATION_WAITING;
  mp__pool_acquire(engine->pool, &operation->acquire);
}

void mp__operation_start(mp_operation *operation) {
  mp__list_push_back(&operation->engine->operations, &operation->link);
  if (operation->engine->closing) {
    mp__operation_refuse(operation,
                         mp__error_new(MP_SHUTTING_DOWN, "the engine is closed"));
    return;
  }
  find_connection(operation);
}

void mp__operation_resume(mp_operation *operation) {
  find_connection(operation);
}

void mp__operation_step(mp_operation *operation) {
  operation->phase = OPERATION_RUNNING;
  operation->kind->step(operation, NULL, NULL);
}

void mp__operation_follow(mp_operation *operation) {
  if (operation->phase == OPERATION_WAITING) mp__pool_withdraw(&operation->acquire);
  operation->phase = OPERATION_FOLLOWING;
}

void mp__operation_start_on(mp_operation *operation, mp__conn *conn,
                            struct mp_session *session, mp__link *list) {
  operation->session = session;
  operation->conn = conn;
  operation->phase = OPERATION_RUNNING;
  mp__list_push_back(list, &operation->link);
  operation->kind->begin(operation);
}

/* Of an unsent statement nothing has happened: another connection may have better luck.
 */
static bool may_move(const mp_operation *operation, const mp_error *error) {
  return operation->session == NULL && error != NULL && !operation->request.sent &&
         mp_error_status(error) == MP_CONNECTION_LOST && operation->moves < 3 &&
         !operation->engine->closing;
}

/* By a cancel that was meant for a neighbour. It was rolled back, and is sent again where
 * that cannot happen. */
static bool was_hit(const mp_operation *operation, const mp_error *error) {
  return operation->shares && operation->request.exposed && error != NULL &&
         strcmp(mp_error_sqlstate(error), "57014") == 0;
}

static void on_completed(mp__request *request, mp_result *result, const mp_error *error) {
  mp_operation *operation = request->data;
  operation->submitted = false;
  mp__failover_note(operation->engine, operation->conn, error);
  if (operation->phase == OPERATION_ENDED) {
    mp_result_free(result);
    mp__operation_release_slot(operation);
    free_if_over(operation);
  } else if (was_hit(operation, error)) {
    operation->shares = false;
    mp__operation_release_slot(operation);
    find_connection(operation);
  } else if (may_move(operation, error)) {
    operation->moves++;
    mp__operation_release_slot(operation);
    find_connection(operation);
  } else {
    operation->kind->step(operation, result, error);
  }
}

void mp__operation_submit(mp_operation *operation) {
  operation->request.completed = on_completed;
  operation->request.data = operation;
  operation->submitted = true;
  mp__conn_submit(operation->conn, &operation->request);
}

bool mp__operation_withdraw(mp_operation *operation) {
  if (!mp__conn_withdraw(operation->conn, &operation->request)) return false;
  operation->submitted = false;
  return true;
}

static uint64_t span(uint64_t from_us, uint64_t to_us) {
  return to_us > from_us ? to_us - from_us : 0;
}

/* What was never sent spent all of its time in the queue. */
void mp_operation_get_timing(const mp_operation *operation, mp_timing *out) {
  const mp__request *request = &operation->request;
  uint64_t now_us = request->over_us > 0 ? request->over_us : mp__clock_us();
  if (request->sent_us == 0) {
    *out = (mp_timing){span(operation->begun_us, now_us), 0, 0};
    return;
  }
  uint64_t answered_us = request->answered_us > 0 ? request->answered_us : now_us;
  uint64_t waited_us = span(request->sent_us, answered_us);
  uint64_t trip_us =
      operation->round_trip_us < waited_us ? operation->round_trip_us : waited_us;
  *out = (mp_timing){.queue_us = span(operation->begun_us, request->sent_us),
                     .server_us = waited_us - trip_us,
                     .network_us = trip_us + span(answered_us, now_us)};
}
