/* scoped_group.c - groups that begin or finish a transaction or a savepoint of their
 * session, in the same round trip. */
#include "base/error.h"
#include "session/session_impl.h"

#include <stdio.h>

/* What it begins stays open: the depth counts it from the call on. */
static bool leaves_open(const mp__group_frame *frame) {
  return frame->begin[0] != '\0' && frame->finish[0] == '\0';
}

static bool begins_savepoint(const mp__group_frame *frame) {
  return frame->begin[0] != '\0' && !frame->begins_transaction;
}

static void confirm(mp_session *session, const mp_operation *operation) {
  const mp__group_frame *frame = &operation->group->frame;
  bool releases = frame->finish[0] != '\0' && !frame->commits;
  if (frame->commits) mp__session_leave(session);
  if (releases && !begins_savepoint(frame) && session->depth >= operation->number) {
    session->depth = operation->number - 1;
  }
}

/* The server has begun what the group was to begin, and it failed there. */
static void undo(mp_session *session, const mp_operation *operation) {
  const mp__group_frame *frame = &operation->group->frame;
  if (frame->begins_transaction) {
    mp__session_end_failed(session);
    mp__session_leave(session);
    return;
  }
  if (leaves_open(frame)) session->depth--;
  mp__transaction_undo_first(session, operation->number);
}

/* Of the group that failed nothing was begun: what was open before has failed. */
static void note_cause(mp_session *session, mp_operation *operation,
                       const mp_error *error) {
  if (leaves_open(&operation->group->frame)) session->depth--;
  if (session->depth == 0) mp__session_leave(session);
  mp__session_note_cause(session, error);
  mp__group_retire(operation, error);
}

static void settle(mp_session *session, mp_operation *operation, const mp_error *error) {
  const mp_group *group = operation->group;
  bool has_begun = group->frame.begin[0] != '\0' && group->part > MP__GROUP_BEGIN;
  bool has_finished = group->frame.finish[0] != '\0' && group->part == MP__GROUP_END;
  bool was_ending = group->frame.commits && group->part >= MP__GROUP_XID;
  if (was_ending)
    mp__session_leave_ended(session);
  else if (has_finished) /* and then there was no memory for an answer */
    confirm(session, operation);
  else if (has_begun)
    undo(session, operation);
  else
    note_cause(session, operation, error);
}

static mp_error *failure_of(mp_operation *operation, const mp_error *error) {
  const mp__group_frame *frame = &operation->group->frame;
  bool is_lost = mp_error_status(error) == MP_CONNECTION_LOST;
  if (is_lost && frame->commits) return mp__end_loss(operation, error, "COMMIT");
  if (is_lost && operation->ended_by != MP_OK)
    return mp__operation_interruption(operation, operation->ended_by);
  if (is_lost && operation->session != NULL) return mp__session_note(operation, error);
  if (mp_error_status(error) == MP_TX_ROLLED_BACK)
    return mp__rolled_back_error(operation->session, "COMMIT");
  mp_error *failure = mp__group_interruption(operation, error);
  mp__error_set_in_transaction(failure, true);
  return failure;
}

/* In a transaction that goes on only what was lost with it ends the session. */
static void settle_loss(mp_session *session, const mp_operation *operation) {
  const mp__group_frame *frame = &operation->group->frame;
  session->lost = true;
  if (leaves_open(frame)) session->depth--;
  if (frame->commits || session->depth == 0) mp__session_leave(session);
}

/* The session may have been closed meanwhile: then the pool cleans up. */
static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_session *session = operation->session;
  if (error == NULL) {
    if (session != NULL) confirm(session, operation);
    mp__operation_finish(operation, result, NULL);
    return;
  }
  if (session != NULL && mp__group_may_repeat(operation, error)) {
    mp__group_repeat(operation);
    return;
  }
  mp_error *failure = failure_of(operation, error);
  if (session != NULL && mp_error_status(error) == MP_CONNECTION_LOST)
    settle_loss(session, operation);
  else if (session != NULL)
    settle(session, operation, error);
  mp__operation_finish(operation, NULL, failure);
  mp_error_free(failure);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

/* It was not sent; but an earlier try may have been. */
static void leave(mp_operation *operation, mp_error *error) {
  mp_session *session = operation->session;
  mp__error_set_in_transaction(error, operation->number > 0);
  (void)mp__operation_withdraw(operation);
  if (operation->group->is_repeated) {
    undo(session, operation);
    return;
  }
  if (leaves_open(&operation->group->frame)) session->depth--;
  if (session->depth == 0) mp__session_leave(session);
}

static const mp__operation_kind scoped = {.begin = mp__group_begin,
                                          .step = step,
                                          .report = report,
                                          .leave = leave,
                                          .is_commit = true,
                                          .may_stop = true};

static mp_error *refuse(const char *what, const char *hint) {
  mp_error *error = mp__error_new(MP_BAD_ARGUMENT, "%s", what);
  mp__error_set(error, MP_FIELD_HINT, hint);
  return error;
}

static mp_error *check_begin(const mp_session *session, const mp_group_scope *scope) {
  bool is_open = session->depth > 0;
  if (scope->begin == MP_GROUP_BEGIN_TRANSACTION)
    return !is_open ? NULL
                    : refuse("a transaction is open on this session already",
                             "begin a savepoint in it");
  if (scope->begin == MP_GROUP_BEGIN_SAVEPOINT && !is_open) return mp__no_transaction();
  return mp__transaction_is_plain(scope->options) ? NULL : mp__savepoint_has_options();
}

static mp_error *check_commit(const mp_session *session, const mp_group_scope *scope) {
  if (scope->begin == MP_GROUP_BEGIN_TRANSACTION || session->depth == 1) return NULL;
  if (session->depth == 0) return mp__no_transaction();
  return refuse("a savepoint is open in the transaction that the group was to commit",
                "release the savepoint first");
}

static mp_error *check_release(const mp_session *session, const mp_group_scope *scope) {
  bool has_own = scope->begin == MP_GROUP_BEGIN_SAVEPOINT;
  bool has_other = scope->begin == MP_GROUP_BEGIN_NOTHING && session->depth > 1;
  if (has_own || has_other) return NULL;
  return refuse("no savepoint is open that the group could release",
                "commit the transaction, or begin a savepoint");
}

static mp_error *check(const mp_session *session, const mp_group_scope *scope) {
  mp_error *error = check_begin(session, scope);
  if (error != NULL) return error;
  if (scope->finish == MP_GROUP_FINISH_COMMIT) return check_commit(session, scope);
  if (scope->finish == MP_GROUP_FINISH_RELEASE) return check_release(session, scope);
  return NULL;
}

static void frame_begin(mp__group_frame *frame, const mp_group_scope *scope,
                        uint32_t depth) {
  if (scope->begin == MP_GROUP_BEGIN_NOTHING) return;
  if (scope->begin == MP_GROUP_BEGIN_TRANSACTION) {
    mp__group_frame_transaction(frame, scope->options);
    frame->finish[0] = '\0';
    frame->commits = false;
    return;
  }
  (void)snprintf(frame->begin, sizeof(frame->begin), "SAVEPOINT mp_%u", depth);
  (void)snprintf(frame->undo, sizeof(frame->undo), "ROLLBACK TO SAVEPOINT mp_%u", depth);
}

static void frame_finish(mp__group_frame *frame, const mp_group_scope *scope,
                         uint32_t depth) {
  bool has_own = scope->begin == MP_GROUP_BEGIN_SAVEPOINT;
  frame->commits = scope->finish == MP_GROUP_FINISH_COMMIT;
  if (frame->commits) (void)snprintf(frame->finish, sizeof(frame->finish), "COMMIT");
  if (scope->finish == MP_GROUP_FINISH_RELEASE)
    (void)snprintf(frame->finish, sizeof(frame->finish), "RELEASE SAVEPOINT mp_%u",
                   has_own ? depth : depth - 1);
}

static mp_operation *new_operation(mp_session *session, mp_group *group,
                                   const mp_group_scope *scope, mp_result_cb cb,
                                   void *data) {
  mp__group_frame frame = {.reads_only = session->reads_only};
  mp_operation *operation = mp__operation_new(session->engine, &scoped, data);
  if (operation == NULL) return NULL;
  operation->callback.result = cb;
  operation->number = session->depth;
  frame_begin(&frame, scope, session->depth);
  frame_finish(&frame, scope, session->depth);
  mp__group_prepare(operation, group, &frame);
  return operation;
}

static void start(mp_session *session, mp_operation *operation,
                  const mp_group_scope *scope) {
  if (scope->begin == MP_GROUP_BEGIN_TRANSACTION)
    mp__transaction_note_begin(session, scope->options);
  mp__session_start(session, operation);
  if (operation->session == NULL) return;
  if (leaves_open(&operation->group->frame)) session->depth++;
  mp__session_note_touches(session, operation->group);
}

mp_operation *mp_session_execute_group_in(mp_session *session, mp_group *group,
                                          const mp_group_scope *scope, mp_result_cb cb,
                                          void *data) {
  bool begins = scope->begin == MP_GROUP_BEGIN_TRANSACTION;
  mp_error *refusal = check(session, scope);
  if (refusal == NULL && begins && scope->finish == MP_GROUP_FINISH_COMMIT)
    return mp__session_wrap_group(session, group, scope->options, cb, data);
  mp_operation *operation = new_operation(session, group, scope, cb, data);
  if (operation == NULL)
    mp_error_free(refusal);
  else if (refusal != NULL)
    mp__operation_refuse(operation, refusal);
  else
    start(session, operation, scope);
  return operation;
}
