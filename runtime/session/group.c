/* group.c - groups on a session's own connection: part of its transaction, or one of
 * their own. */
#include "base/alloc.h"
#include "base/error.h"
#include "session/session_impl.h"

static void report_result(mp_operation *operation, mp_result *result,
                          const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

static void report_done(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  mp_result_free(result);
  operation->callback.done(error, operation->data);
}

void mp__group_retire(mp_operation *operation, const mp_error *error) {
  const mp_group *group = operation->group;
  if (!mp__is_stale_plan(operation, error)) return;
  for (size_t i = 0; i < group->statement_count; i++) {
    mp__statement_cache_retire(operation->engine, group->statements[i].statement);
  }
}

static void step_inside(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  if (error == NULL) {
    mp__operation_finish(operation, result, NULL);
    return;
  }
  mp_error *noted = mp__session_note(operation, error);
  mp__error_set_index(noted, mp_error_index(error));
  mp__group_retire(operation, error);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static void ignore(const mp_error *error, void *data) {
  (void)error, (void)data;
}

static void begin_rollback(mp_operation *operation) {
  operation->request.kind = &mp__request_command;
  operation->request.text = "ROLLBACK";
  operation->request.goes_first = true;
  mp__operation_submit(operation);
}

static void step_rollback(mp_operation *operation, mp_result *result,
                          const mp_error *error) {
  mp_result_free(result);
  mp__operation_finish(operation, NULL, error);
}

/* It takes place, whoever waits for it or not. */
static void leave_rollback(mp_operation *operation, mp_error *error) {
  (void)operation, (void)error;
}

static const mp__operation_kind rollback = {.begin = begin_rollback,
                                            .step = step_rollback,
                                            .report = report_done,
                                            .leave = leave_rollback};

void mp__session_end_failed(mp_session *session) {
  mp_operation *operation = mp__operation_new(session->engine, &rollback, NULL);
  if (operation == NULL) {
    session->lost = true; /* no memory: whoever gets the connection next finds it clean */
    return;
  }
  operation->callback.done = ignore;
  mp__session_start(session, operation);
}

/* The session may have been closed meanwhile: then the pool cleans up. */
static void step_wrapped(mp_operation *operation, mp_result *result,
                         const mp_error *error) {
  mp_session *session = operation->session;
  if (error == NULL) {
    mp__operation_finish(operation, result, NULL);
    return;
  }
  if (session != NULL && mp__group_may_repeat(operation, error)) {
    mp__group_repeat(operation);
    return;
  }
  mp_error *failure = mp__group_failure(operation, error);
  bool lost = mp_error_status(error) == MP_CONNECTION_LOST;
  if (session != NULL && lost) session->lost = true;
  if (session != NULL && !lost) mp__session_end_failed(session);
  mp__operation_finish(operation, NULL, failure);
  mp_error_free(failure);
}

static const mp__operation_kind inside = {
    .begin = mp__group_begin, .step = step_inside, .report = report_result};
static const mp__operation_kind wrapped = {.begin = mp__group_begin,
                                           .step = step_wrapped,
                                           .report = report_result,
                                           .is_commit = true,
                                           .may_stop = true};

void mp__session_note_touches(mp_session *session, const mp_group *group) {
  for (size_t i = 0; i < group->statement_count; i++) {
    mp__session_note_touch(session, group->statements[i].statement);
  }
}

static mp_operation *start(mp_session *session, const mp__operation_kind *kind,
                           mp_group *group, const mp__group_frame *frame, mp_result_cb cb,
                           void *data) {
  mp_operation *operation = mp__operation_new(session->engine, kind, data);
  if (operation == NULL) return NULL;
  operation->callback.result = cb;
  mp__group_prepare(operation, group, frame);
  mp__session_note_touches(session, group);
  mp__session_start(session, operation);
  return operation;
}

mp_operation *mp__session_wrap_group(mp_session *session, mp_group *group,
                                     const mp_transaction_options *options,
                                     mp_result_cb cb, void *data) {
  mp__group_frame frame;
  mp__group_frame_transaction(&frame, options);
  return start(session, &wrapped, group, &frame, cb, data);
}

mp_operation *mp_session_execute_group(mp_session *session, mp_group *group,
                                       mp_result_cb cb, void *data) {
  const mp__group_frame none = {.begin = ""};
  if (session->depth == 0) return mp__session_wrap_group(session, group, NULL, cb, data);
  return start(session, &inside, group, &none, cb, data);
}

static void begin_describe(mp_operation *operation) {
  operation->request.kind = &mp__request_describe_group;
  operation->request.group = operation->group;
  mp__operation_submit(operation);
}

static void step_describe(mp_operation *operation, mp_result *result,
                          const mp_error *error) {
  if (mp__describe_group_goes_on(operation, &result, &error)) return;
  mp_error *noted = error == NULL ? NULL : mp__session_note(operation, error);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static const mp__operation_kind description = {
    .begin = begin_describe, .step = step_describe, .report = report_done};

mp_operation *mp_session_describe_group(mp_session *session, mp_group *group,
                                        mp_done_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &description, data);
  if (operation == NULL) return NULL;
  operation->callback.done = cb;
  operation->group = mp__group_retain(group);
  mp__session_note_scope(session);
  mp__session_start(session, operation);
  return operation;
}
