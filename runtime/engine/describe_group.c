/* describe_group.c - learns the types of a group's statements in one round trip, which
 * others who ask for the same texts share. */
#include "engine/engine.h"

static void begin(mp_operation *operation) {
  mp_group *group = operation->group;
  for (size_t i = 0; i < group->statement_count; i++) {
    mp_statement *statement = group->statements[i].statement;
    if (mp_statement_is_described(statement) || mp__describe_is_asked(statement))
      continue;
    mp__describe_follow(statement, operation);
  }
  operation->request.kind = &mp__request_describe_group;
  operation->request.group = group;
  mp__operation_submit(operation);
}

/* The catalogue looks at the types of one statement at a time. */
static void look_at(mp_operation *operation, mp_statement *statement) {
  mp_statement *before = operation->statement;
  operation->statement = statement == NULL ? NULL : mp_statement_retain(statement);
  mp_statement_release(before);
}

static mp_statement *first_untyped(const mp_group *group) {
  for (size_t i = 0; i < group->statement_count; i++) {
    mp_statement *statement = group->statements[i].statement;
    if (!mp_statement_is_described(statement)) return statement;
  }
  return NULL;
}

bool mp__describe_group_goes_on(mp_operation *operation, mp_result **result,
                                const mp_error **error) {
  if (operation->statement != NULL && mp__type_catalog_step(operation, result, error)) {
    return true;
  }
  mp_result_free(*result);
  *result = NULL;
  mp_statement *statement;
  while (*error == NULL && (statement = first_untyped(operation->group)) != NULL) {
    look_at(operation, statement);
    if (mp__type_catalog_step(operation, result, error)) return true;
  }
  look_at(operation, NULL);
  return false;
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  if (mp__describe_group_goes_on(operation, &result, &error)) return;
  mp__operation_finish(operation, NULL, error);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  const mp_group *group = operation->group;
  (void)result;
  for (size_t i = 0; i < group->statement_count; i++) {
    mp_statement *statement = group->statements[i].statement;
    if (statement->asker == operation) mp__describe_unfollow(statement);
  }
  operation->callback.done(error, operation->data);
}

static const mp__operation_kind description = {
    .begin = begin, .step = step, .report = report};

mp_operation *mp_engine_describe_group(mp_engine *engine, mp_group *group, mp_done_cb cb,
                                       void *data) {
  mp_operation *operation = mp__operation_new(engine, &description, data);
  if (operation == NULL) return NULL;
  operation->callback.done = cb;
  operation->group = mp__group_retain(group);
  mp__operation_start(operation);
  return operation;
}
