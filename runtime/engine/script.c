/* script.c - runs several statements in one text, by the simple protocol, on a leased
 * connection. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

#include <string.h>

void mp__script_begin(mp_operation *operation) {
  operation->request.kind = &mp__request_script;
  operation->request.text = operation->text;
  mp__operation_submit(operation);
}

/* What a script leaves behind on its connection nobody can tell from here. */
static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_result_free(result);
  if (operation->slot != NULL) mp__slot_touch(operation->slot);
  mp__type_catalog_forget(operation->engine); /* it may have changed some */
  if (error == NULL || mp_error_status(error) != MP_CONNECTION_LOST) {
    mp__operation_finish(operation, NULL, error);
    return;
  }
  mp_error *loss = mp__loss_of(operation, error);
  mp__operation_finish(operation, NULL, loss);
  mp_error_free(loss);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  (void)result;
  operation->callback.done(error, operation->data);
}

static const mp__operation_kind script = {
    .begin = mp__script_begin, .step = step, .report = report};

mp_error *mp__script_check(const char *sql, size_t length) {
  const char *nul = memchr(sql, '\0', length);
  if (nul == NULL) return NULL;
  return mp__error_new(MP_BAD_ARGUMENT, "the script contains a NUL byte at offset %zu",
                       (size_t)(nul - sql));
}

mp_operation *mp_engine_script(mp_engine *engine, const char *sql, size_t length,
                               mp_done_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(engine, &script, data);
  if (operation == NULL) return NULL;
  operation->callback.done = cb;
  operation->text = mp__strndup(sql, length);
  mp_error *refusal = mp__script_check(sql, length);
  if (refusal == NULL) refusal = mp__script_refuse_pooled(engine, sql, length, false);
  if (refusal == NULL && operation->text == NULL) refusal = mp__error_oom();
  if (refusal != NULL) {
    mp__operation_refuse(operation, refusal);
  } else {
    mp__operation_start(operation);
  }
  return operation;
}
