/* group.c - runs a group on a leased connection, in a transaction of its own. */
#include "base/error.h"
#include "engine/engine.h"

#include <string.h>

void mp__group_prepare(mp_operation *operation, mp_group *group, bool is_wrapped) {
  group->is_wrapped = is_wrapped;
  group->is_repeated = false;
  operation->group = mp__group_retain(group);
}

static void touch_slot(mp_operation *operation) {
  const mp_group *group = operation->group;
  for (size_t i = 0; i < group->statement_count; i++) {
    if (group->statements[i].statement->touches_session) mp__slot_touch(operation->slot);
  }
}

void mp__group_begin(mp_operation *operation) {
  if (operation->slot != NULL) touch_slot(operation);
  operation->request.kind = &mp__request_group;
  operation->request.group = operation->group;
  mp__operation_submit(operation);
}

bool mp__group_may_repeat(const mp_operation *operation, const mp_error *error) {
  return mp__is_stale_plan(operation, error) && !operation->group->is_repeated &&
         operation->ended_by == MP_OK;
}

/* One change of the schema may have made several plans stale. */
void mp__group_repeat(mp_operation *operation) {
  mp_group *group = operation->group;
  for (size_t i = 0; i < group->statement_count; i++) {
    mp_statement *statement = group->statements[i].statement;
    mp__conn_forget(operation->conn, statement->id);
    mp__statement_cache_retire(operation->engine, statement);
  }
  group->is_repeated = true;
  operation->request.goes_first = true;
  mp__group_begin(operation);
}

/* The answer to the COMMIT is lost, or that to what stands before it: the server may have
 * gone on alone. */
static mp_error *loss_of(const mp_operation *operation, const mp_error *error) {
  mp_error *loss = mp_error_copy(error);
  if (!operation->request.sent) {
    mp__error_set_retryable(loss, true);
  } else if (mp__group_writes(operation->group)) {
    mp__error_set_status(loss, MP_COMMIT_UNKNOWN);
    mp__error_set_message(loss, "%s; the group's COMMIT may or may not have taken effect",
                          mp_error_message(error));
    const char *xid = operation->group->xid;
    if (xid[0] != '\0') mp__error_set(loss, MP_FIELD_XID, xid);
  }
  return loss;
}

mp_error *mp__group_failure(const mp_operation *operation, const mp_error *error) {
  if (mp_error_status(error) == MP_CONNECTION_LOST) return loss_of(operation, error);
  bool was_stopped = strcmp(mp_error_sqlstate(error), "57014") == 0;
  if (operation->ended_by == MP_OK || !was_stopped) return mp_error_copy(error);
  mp_error *ended = mp__operation_interruption(operation, operation->ended_by);
  mp__error_set(ended, MP_FIELD_QUERY, mp_error_get(error, MP_FIELD_QUERY));
  mp__error_set_index(ended, mp_error_index(error));
  return ended;
}

/* A transaction that is left failed is rolled back by the pool. */
static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  if (error == NULL) {
    mp__operation_finish(operation, result, NULL);
  } else if (mp__group_may_repeat(operation, error)) {
    mp__group_repeat(operation);
  } else {
    mp_error *failure = mp__group_failure(operation, error);
    mp__operation_finish(operation, NULL, failure);
    mp_error_free(failure);
  }
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

static const mp__operation_kind execution = {.begin = mp__group_begin,
                                             .step = step,
                                             .report = report,
                                             .is_commit = true,
                                             .may_stop = true};

mp_operation *mp_engine_execute_group(mp_engine *engine, mp_group *group, mp_result_cb cb,
                                      void *data) {
  mp_operation *operation = mp__operation_new(engine, &execution, data);
  if (operation == NULL) return NULL;
  operation->callback.result = cb;
  mp__group_prepare(operation, group, true);
  mp__operation_start(operation);
  return operation;
}
