/* execute.c - runs a described statement, once or for many sets of parameters. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

#include <string.h>

/* Once may not do: the table may change again before the server reads it. */
enum { REPEATS_MAX = 5 };

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
  operation->request.shares = operation->shares;
  operation->request.groups = operation->shares && operation->engine->read_only;
  if (operation->slot != NULL && operation->statement->touches_session) {
    mp__slot_touch(operation->slot);
  }
  mp__operation_submit(operation);
}

/* Of those under way together the first to hear of it retires the statement. */
static void forget_plan(mp_operation *operation) {
  mp__conn_forget(operation->conn, operation->request.id);
  if (operation->statement->id != operation->request.id) return;
  mp__statement_cache_retire(operation->engine, operation->statement);
}

bool mp__is_stale_plan(const mp_operation *operation, const mp_error *error) {
  return error != NULL && operation->request.is_stale;
}

/* On the connection it has, and then with the parameters it has. Somebody else may have
 * described it meanwhile. */
static void begin_anew(mp_operation *operation) {
  if (mp_statement_is_described(operation->statement)) {
    mp__execute_begin(operation);
    return;
  }
  operation->request.kind = &mp__request_describe;
  operation->request.shares = operation->shares;
  operation->request.groups = false;
  mp__operation_submit(operation);
}

bool mp__execute_repeat(mp_operation *operation, const mp_error *error,
                        bool in_transaction) {
  if (!mp__is_stale_plan(operation, error)) return false;
  forget_plan(operation);
  bool did_nothing = mp_error_status(error) == MP_SERVER_ERROR ||
                     operation->statement->kind == MP_STATEMENT_READ;
  if (in_transaction || operation->repeats == REPEATS_MAX || !did_nothing) return false;
  operation->repeats++;
  begin_anew(operation);
  return true;
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
  if (mp__execute_repeat(operation, error, false)) {
    mp_result_free(result);
    return;
  }
  if (error != NULL && mp_error_status(error) == MP_CONNECTION_LOST) {
    mp_error *loss = mp__loss_of(operation, error);
    mp__operation_finish(operation, NULL, loss);
    mp_error_free(loss);
    return;
  }
  if (error == NULL) {
    mp__statement_note_time(operation->statement, operation->request.took_ms);
  }
  mp__operation_finish(operation, result, error);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

static const mp__operation_kind execution = {
    .begin = mp__execute_begin, .step = step, .report = report};

/* Nobody knows yet how long a statement takes that never ran. */
static bool may_share(const mp_statement *statement) {
  return statement->kind == MP_STATEMENT_READ && !statement->touches_session &&
         mp__statement_is_fast(statement);
}

static mp_operation *execute(mp_engine *engine, mp_statement *statement,
                             mp_params *params, bool shares, mp_result_cb cb,
                             void *data) {
  mp_operation *operation = mp__operation_new(engine, &execution, data);
  if (operation == NULL) {
    mp_params_free(params);
    return NULL;
  }
  operation->callback.result = cb;
  operation->one[0] = params;
  operation->shares = shares;
  mp__execute_prepare(operation, statement, NULL, params == NULL ? 0 : 1);
  mp__operation_start(operation);
  return operation;
}

mp_operation *mp_engine_execute(mp_engine *engine, mp_statement *statement,
                                mp_params *params, mp_result_cb cb, void *data) {
  return execute(engine, statement, params, may_share(statement), cb, data);
}

mp_operation *mp_engine_execute_alone(mp_engine *engine, mp_statement *statement,
                                      mp_params *params, mp_result_cb cb, void *data) {
  return execute(engine, statement, params, false, cb, data);
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
