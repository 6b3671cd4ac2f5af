/* execute.c - runs a described statement, once or for many sets of parameters. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

#include <string.h>

void mp__execute_prepare(mp_operation *operation, mp_statement *statement,
                         mp_params **params, size_t count) {
  operation->statement = mp_statement_retain(statement);
  if (params != NULL) operation->params = params;
  operation->param_sets = count;
}

void mp__execute_begin(mp_operation *operation) {
  operation->request.kind = &mp__request_execute;
  operation->request.statement = operation->statement;
  operation->request.params = operation->param_sets > 0 ? operation->params : NULL;
  operation->request.param_sets = operation->param_sets;
  if (operation->slot != NULL && operation->statement->touches_session) {
    mp__slot_touch(operation->slot);
  }
  mp__operation_submit(operation);
}

bool mp__is_stale_plan(const mp_error *error) {
  if (error == NULL || mp_error_status(error) != MP_SERVER_ERROR) return false;
  const char *sqlstate = mp_error_sqlstate(error);
  if (strcmp(sqlstate, "26000") == 0) return true;
  return strcmp(sqlstate, "0A000") == 0 &&
         strstr(mp_error_message(error), "cached plan") != NULL;
}

/* What a lost connection means for this statement: a read did nothing, of a write nobody
 * knows. */
mp_error *mp__loss_of(const mp_operation *operation, const mp_error *error) {
  mp_error *loss = mp_error_copy(error);
  mp_statement_class kind = operation->statement == NULL
                                ? MP_STATEMENT_WRITE
                                : mp_statement_get_class(operation->statement);
  if (!operation->request.sent) {
    mp__error_set_retryable(loss, true);
  } else if (kind != MP_STATEMENT_READ) {
    mp__error_set_status(loss, MP_OUTCOME_UNKNOWN);
    mp__error_set_message(loss, "%s; the statement may or may not have taken effect",
                          mp_error_message(error));
  }
  return loss;
}

void mp__execute_anew(mp_operation *operation) {
  operation->moves++;
  mp__conn_forget(operation->conn, operation->statement);
  mp__statement_cache_retire(operation->engine, operation->statement);
  operation->request.kind = &mp__request_describe;
  mp__operation_submit(operation);
}

bool mp__execute_goes_on(mp_operation *operation, mp_result **result,
                         const mp_error **error) {
  if (operation->request.kind == &mp__request_execute) return false;
  if (mp__type_catalog_step(operation, result, error)) return true;
  if (*error != NULL) return false;
  mp__execute_begin(operation);
  return true;
}

/* The server refuses a row of as many fields as its type had before. */
void mp__execute_note_types(mp_operation *operation, const mp_error *error) {
  static const char datatype_mismatch[] = "42804";
  const mp_statement *statement = operation->statement;
  if (error == NULL && statement->changes_types)
    mp__type_catalog_forget(operation->engine);
  if (error != NULL && statement->has_loaded_types &&
      strcmp(mp_error_sqlstate(error), datatype_mismatch) == 0)
    mp_types_doubt(statement->types);
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  if (mp__execute_goes_on(operation, &result, &error)) return;
  mp__execute_note_types(operation, error);
  if (mp__is_stale_plan(error) && operation->moves == 0) {
    mp__execute_anew(operation);
    return;
  }
  if (error != NULL && mp_error_status(error) == MP_CONNECTION_LOST) {
    mp_error *loss = mp__loss_of(operation, error);
    mp__operation_finish(operation, NULL, loss);
    mp_error_free(loss);
    return;
  }
  mp__operation_finish(operation, result, error);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

static const mp__operation_kind execution = {
    .begin = mp__execute_begin, .step = step, .report = report};

mp_operation *mp_engine_execute(mp_engine *engine, mp_statement *statement,
                                mp_params *params, mp_result_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(engine, &execution, data);
  if (operation == NULL) {
    mp_params_free(params);
    return NULL;
  }
  operation->callback.result = cb;
  operation->one[0] = params;
  mp__execute_prepare(operation, statement, NULL, params == NULL ? 0 : 1);
  mp__operation_start(operation);
  return operation;
}

mp_operation *mp_engine_execute_many(mp_engine *engine, mp_statement *statement,
                                     mp_params **params, size_t count, mp_result_cb cb,
                                     void *data) {
  mp_operation *operation = mp__operation_new(engine, &execution, data);
  if (operation == NULL) {
    for (size_t i = 0; i < count; i++)
      mp_params_free(params[i]);
    mp__free(params);
    return NULL;
  }
  operation->callback.result = cb;
  mp__execute_prepare(operation, statement, params, count);
  mp__operation_start(operation);
  return operation;
}
