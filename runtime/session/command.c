/* command.c - what a session asks without preparing it: columns, and single commands. */
#include "base/alloc.h"
#include "base/error.h"
#include "session/session_impl.h"

#include <moonpool/copy.h>

static void begin_columns(mp_operation *operation) {
  operation->request.kind = &mp__request_columns;
  operation->request.statement = operation->statement;
  mp__operation_submit(operation);
}

static void step_columns(mp_operation *operation, mp_result *result,
                         const mp_error *error) {
  if (mp__type_catalog_step(operation, &result, &error)) return;
  mp_error *noted = error == NULL ? NULL : mp__session_note(operation, error);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static void report_columns(mp_operation *operation, mp_result *result,
                           const mp_error *error) {
  (void)result;
  mp_statement *statement = error == NULL ? operation->statement : NULL;
  operation->callback.describe(statement, error, operation->data);
}

static void begin_command(mp_operation *operation) {
  const mp_statement *like = operation->statement;
  operation->request.kind = &mp__request_command;
  operation->request.text = operation->text;
  operation->request.statement = operation->statement;
  operation->request.format = like == NULL ? 0 : (int)like->result_format;
  mp__operation_submit(operation);
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_error *noted = error == NULL ? NULL : mp__session_note(operation, error);
  mp__operation_finish(operation, result, noted);
  mp_error_free(noted);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

static const mp__operation_kind asking = {
    .begin = begin_columns, .step = step_columns, .report = report_columns};
static const mp__operation_kind commanding = {
    .begin = begin_command, .step = step, .report = report};

mp_operation *mp_session_columns(mp_session *session, const char *sql, size_t length,
                                 mp_describe_cb cb, void *data) {
  mp_error *refusal = NULL;
  mp_operation *operation = mp__operation_new(session->engine, &asking, data);
  if (operation == NULL) return NULL;
  operation->callback.describe = cb;
  if (mp__statement_make(sql, length, &operation->statement, &refusal) != MP_OK) {
    mp__operation_refuse(operation, refusal);
    return operation;
  }
  mp__session_note_scope(session);
  mp__session_start(session, operation);
  return operation;
}

mp_operation *mp_session_command(mp_session *session, const char *sql, size_t length,
                                 mp_statement *like, mp_result_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &commanding, data);
  if (operation == NULL) return NULL;
  operation->callback.result = cb;
  if (like != NULL) operation->statement = mp_statement_retain(like);
  operation->text = mp__strndup(sql, length);
  operation->counts_by_text = true;
  if (operation->text == NULL) {
    mp__operation_refuse(operation, mp__error_oom());
  } else {
    mp__session_start(session, operation);
  }
  return operation;
}
