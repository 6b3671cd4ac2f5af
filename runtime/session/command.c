/* command.c - what a session asks without preparing it: columns, and single commands. */
#include "base/alloc.h"
#include "base/error.h"
#include "session/session_impl.h"

#include <moonpool/copy.h>

static void begin_columns(mp_operation *operation) {
  operation->request.kind = &mp__request_columns;
  operation->request.text = operation->text;
  mp__operation_submit(operation);
}

static void begin_command(mp_operation *operation) {
  operation->request.kind = &mp__request_command;
  operation->request.text = operation->text;
  operation->request.format = (int)operation->number;
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
    .begin = begin_columns, .step = step, .report = report};
static const mp__operation_kind commanding = {
    .begin = begin_command, .step = step, .report = report};

static mp_operation *start(mp_session *session, const mp__operation_kind *kind,
                           const char *sql, size_t length, uint32_t number,
                           mp_result_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, kind, data);
  if (operation == NULL) return NULL;
  operation->callback.result = cb;
  operation->number = number;
  operation->text = mp__strndup(sql, length);
  if (operation->text == NULL) {
    mp__operation_refuse(operation, mp__error_oom());
  } else {
    mp__session_start(session, operation);
  }
  return operation;
}

mp_operation *mp_session_columns(mp_session *session, const char *sql, size_t length,
                                 mp_result_cb cb, void *data) {
  return start(session, &asking, sql, length, 0, cb, data);
}

mp_operation *mp_session_command(mp_session *session, const char *sql, size_t length,
                                 mp_format format, mp_result_cb cb, void *data) {
  return start(session, &commanding, sql, length, (uint32_t)format, cb, data);
}
