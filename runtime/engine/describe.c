/* describe.c - learns a statement's types; concurrent calls for one text share one round
 * trip. */
#include "base/error.h"
#include "engine/engine.h"

/* Invariant: `statement->describers` holds every describe operation that waits for this
 * statement. Each waits for a connection of its own, until one of them has got one and
 * asks: that one is the first of the list, and the others follow it. */

static mp_operation *first_of(const mp__link *describers) {
  mp__link *link = mp__list_first(describers);
  return link == NULL ? NULL : MP__CONTAINER(link, mp_operation, shared);
}

bool mp__describe_is_asked(const mp_statement *statement) {
  if (statement->asker != NULL) return true;
  const mp_operation *first = first_of(&statement->describers);
  return first != NULL && first->asks;
}

static void follow_all(const mp__link *describers) {
  for (mp__link *at = describers->next; at != describers; at = at->next) {
    mp__operation_follow(MP__CONTAINER(at, mp_operation, shared));
  }
}

static void begin(mp_operation *operation) {
  mp__link *describers = &operation->statement->describers;
  operation->asks = true;
  mp__list_remove(&operation->shared);
  follow_all(describers);
  mp__list_push_front(describers, &operation->shared);
  operation->request.kind = &mp__request_describe;
  operation->request.statement = operation->statement;
  mp__operation_submit(operation);
}

/* In a list of their own: a callback may ask for the same again. */
static void finish_followers(mp__link *followers, const mp_error *error) {
  mp_operation *follower;
  while ((follower = first_of(followers)) != NULL) {
    mp__list_remove(&follower->shared);
    mp__operation_finish(follower, NULL, error);
  }
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp__link followers;
  if (mp__type_catalog_step(operation, &result, &error)) return;
  mp_error *kept = error == NULL ? NULL : mp_error_copy(error);
  mp_statement *statement = mp_statement_retain(operation->statement);
  operation->asks = false;
  mp__list_remove(&operation->shared);
  mp__list_init(&followers);
  mp__list_move_all(&statement->describers, &followers);
  mp__operation_finish(operation, NULL, kept);
  finish_followers(&followers, kept);
  mp_statement_release(statement);
  mp_error_free(kept);
}

/* Who asked has ended without an answer: whoever gets a connection first asks instead. */
static void resume_followers(mp_statement *statement) {
  mp__link followers;
  mp_operation *follower;
  mp__list_init(&followers);
  mp__list_move_all(&statement->describers, &followers);
  while ((follower = first_of(&followers)) != NULL) {
    mp__list_remove(&follower->shared);
    mp__list_push_back(&statement->describers, &follower->shared);
    if (!mp__describe_is_asked(statement)) mp__operation_resume(follower);
  }
}

void mp__describe_follow(mp_statement *statement, const void *asker) {
  statement->asker = asker;
  follow_all(&statement->describers);
}

void mp__describe_unfollow(mp_statement *statement) {
  mp__link followers;
  statement->asker = NULL;
  if (!mp_statement_is_described(statement)) {
    resume_followers(statement);
    return;
  }
  mp__list_init(&followers);
  mp__list_move_all(&statement->describers, &followers);
  finish_followers(&followers, NULL);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_statement *statement = operation->statement;
  (void)result;
  mp__list_remove(&operation->shared);
  if (operation->asks) resume_followers(statement);
  operation->callback.describe(error == NULL ? statement : NULL, error, operation->data);
}

static const mp__operation_kind description = {
    .begin = begin, .step = step, .report = report};

mp_operation *mp_engine_describe(mp_engine *engine, mp_statement *statement,
                                 mp_describe_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(engine, &description, data);
  if (operation == NULL) return NULL;
  operation->callback.describe = cb;
  operation->statement = mp_statement_retain(statement);
  bool follows = mp__describe_is_asked(statement);
  mp__list_push_back(&statement->describers, &operation->shared);
  if (follows) {
    mp__operation_follow(operation);
    mp__list_push_back(&engine->operations, &operation->link);
  } else {
    mp__operation_start(operation);
  }
  return operation;
}
