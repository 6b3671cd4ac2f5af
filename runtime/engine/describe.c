/* describe.c - learns a statement's types; concurrent calls for one text share one round
 * trip. */
#include "base/error.h"
#include "engine/engine.h"

/* Invariant: `statement->describers` holds every describe operation that waits for this
 * statement; the first of them, its leader, has asked the server. */

static mp_operation *leader_of(const mp_statement *statement) {
  mp__link *link = mp__list_first(&statement->describers);
  return link == NULL ? NULL : MP__CONTAINER(link, mp_operation, shared);
}

static void begin(mp_operation *operation) {
  operation->request.kind = MP__REQUEST_DESCRIBE;
  operation->request.statement = operation->statement;
  mp__operation_submit(operation);
}

static void finish_followers(mp_statement *statement, const mp_error *error) {
  mp_operation *follower;
  while ((follower = leader_of(statement)) != NULL) {
    mp__list_remove(&follower->shared);
    mp__operation_finish(follower, NULL, error);
  }
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_statement *statement = mp_statement_retain(operation->statement);
  mp_result_free(result);
  mp__list_remove(&operation->shared);
  mp__operation_finish(operation, NULL, error);
  finish_followers(statement, error);
  mp_statement_release(statement);
}

/* Ended without an answer (cancelled, or no connection): the next in line asks. */
static void pass_on(mp_operation *operation) {
  mp_statement *statement = operation->statement;
  bool was_leader = leader_of(statement) == operation;
  mp__list_remove(&operation->shared);
  mp_operation *next = leader_of(statement);
  if (was_leader && next != NULL) mp__operation_start(next);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_statement *statement = operation->statement;
  (void)result;
  pass_on(operation);
  operation->callback.describe(error == NULL ? statement : NULL, error, operation->data);
}

static const mp__operation_kind description = {
    .name = "describe", .begin = begin, .step = step, .report = report};

mp_operation *mp_engine_describe(mp_engine *engine, mp_statement *statement,
                                 mp_describe_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(engine, &description, data);
  if (operation == NULL) return NULL;
  operation->callback.describe = cb;
  operation->statement = mp_statement_retain(statement);
  bool leads = leader_of(statement) == NULL;
  mp__list_push_back(&statement->describers, &operation->shared);
  if (leads) {
    mp__operation_start(operation);
  } else {
    operation->phase = OPERATION_FOLLOWING;
    mp__list_push_back(&engine->operations, &operation->link);
  }
  return operation;
}
