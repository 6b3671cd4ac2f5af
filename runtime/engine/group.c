/* group.c - runs a group on a leased connection, in a transaction of its own. */
#include "base/error.h"
#include "engine/engine.h"

#include <string.h>

void mp__group_prepare(mp_operation *operation, mp_group *group,
                       const mp__group_frame *frame) {
  group->frame = *frame;
  group->is_repeated = false;
  operation->group = mp__group_retain(group);
}

static void touch_slot(mp_operation *operation) {
  const mp_group *group = operation->group;
  for (size_t i = 0; i < group->statement_count; i++) {
    if (group->statements[i].statement->touches_session) mp__slot_touch(operation->slot);
  }
}

/* A COMMIT may go unanswered: then its transaction's id is worth nothing without the
 * node. */
static void learn_node(mp_operation *operation) {
  const mp__group_frame *frame = &operation->group->frame;
  bool may_doubt = frame->commits && !frame->reads_only;
  if (may_doubt && mp__group_writes(operation->group))
    mp__conn_learn_node(operation->conn);
}

void mp__group_begin(mp_operation *operation) {
  if (operation->slot != NULL) touch_slot(operation);
  learn_node(operation);
  operation->request.kind = &mp__request_group;
  operation->request.group = operation->group;
  mp__operation_submit(operation);
}

bool mp__group_may_repeat(const mp_operation *operation, const mp_error *error) {
  const mp_group *group = operation->group;
  bool has_undo = group->frame.undo[0] != '\0';
  return mp__is_stale_plan(operation, error) && has_undo && !group->is_repeated &&
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
    mp__error_set(loss, MP_FIELD_NODE, mp__conn_node(operation->conn));
  }
  return loss;
}

mp_error *mp__group_interruption(const mp_operation *operation, const mp_error *error) {
  bool was_stopped = strcmp(mp_error_sqlstate(error), "57014") == 0;
  if (operation->ended_by == MP_OK || !was_stopped) return mp_error_copy(error);
  mp_error *ended = mp__operation_interruption(operation, operation->ended_by);
  mp__error_set(ended, MP_FIELD_QUERY, mp_error_get(error, MP_FIELD_QUERY));
  mp__error_set_index(ended, mp_error_index(error));
  return ended;
}

mp_error *mp__group_failure(const mp_operation *operation, const mp_error *error) {
  if (mp_error_status(error) == MP_CONNECTION_LOST) return loss_of(operation, error);
  return mp__group_interruption(operation, error);
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

void mp__group_frame_transaction(mp__group_frame *frame,
                                 const mp_transaction_options *options) {
  *frame = (mp__group_frame){.undo = "ROLLBACK",
                             .finish = "COMMIT",
                             .begins_transaction = true,
                             .commits = true};
  frame->reads_only = options != NULL && options->read_only == MP_TOGGLE_ON;
  mp__begin_text(options, frame->begin, sizeof(frame->begin));
}

static mp_operation *new_operation(mp_engine *engine, mp_result_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(engine, &execution, data);
  if (operation != NULL) operation->callback.result = cb;
  return operation;
}

static mp_operation *execute(mp_engine *engine, mp_group *group,
                             const mp_transaction_options *options, mp_result_cb cb,
                             void *data) {
  mp__group_frame frame;
  mp_operation *operation = new_operation(engine, cb, data);
  if (operation == NULL) return NULL;
  mp__group_frame_transaction(&frame, options);
  mp__group_prepare(operation, group, &frame);
  mp__operation_start(operation);
  return operation;
}

mp_operation *mp_engine_execute_group(mp_engine *engine, mp_group *group, mp_result_cb cb,
                                      void *data) {
  return execute(engine, group, NULL, cb, data);
}

static mp_error *needs_connection(void) {
  mp_error *error = mp__error_new(
      MP_BAD_ARGUMENT, "on an engine a group begins a transaction and commits it");
  mp__error_set(error, MP_FIELD_HINT,
                "open a connection to begin and finish in different groups");
  return error;
}

mp_operation *mp_engine_execute_group_in(mp_engine *engine, mp_group *group,
                                         const mp_group_scope *scope, mp_result_cb cb,
                                         void *data) {
  bool is_whole = scope->begin == MP_GROUP_BEGIN_TRANSACTION &&
                  scope->finish == MP_GROUP_FINISH_COMMIT;
  if (is_whole) return execute(engine, group, scope->options, cb, data);
  mp_operation *operation = new_operation(engine, cb, data);
  if (operation != NULL) mp__operation_refuse(operation, needs_connection());
  return operation;
}
