/* statements.c - statements on a session's own connection, in the order of the calls. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/sql_lexer.h"
#include "session/session_impl.h"

/* A connection with settings or temporary tables of its own may give a text other types,
 * and so may a schema that nobody else sees yet: such a session shares no descriptions
 * with the engine. */
int mp_session_statement(mp_session *session, const char *sql, size_t length,
                         mp_statement **out, mp_error **error) {
  bool is_private = session->altered || (session->reshaped && session->depth > 0);
  if (!is_private) return mp_engine_statement(session->engine, sql, length, out, error);
  return mp__statement_make(sql, length, out, error);
}

mp_error *mp_session_refuse(const mp_session *session, const mp_statement *statement) {
  bool in_transaction = session->depth > 0;
  mp_error *pooled = mp_engine_refuse_pooled(session->engine, statement, in_transaction);
  if (pooled != NULL) return pooled;
  mp_statement_class kind = mp_statement_get_class(statement);
  if (kind == MP_STATEMENT_SESSION || kind == MP_STATEMENT_LISTEN) return NULL;
  return mp__statement_refusal(statement);
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  if (error == NULL) {
    mp__operation_finish(operation, result, NULL);
    return;
  }
  bool in_transaction = operation->session->depth > 0;
  if (mp__execute_repeat(operation, error, in_transaction)) return;
  mp_error *noted = mp__session_note(operation, error);
  if (in_transaction && operation->request.is_stale) {
    mp__error_set(noted, MP_FIELD_HINT,
                  "a table changed under a statement that was prepared: run the whole "
                  "transaction again");
  }
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static void step_execution(mp_operation *operation, mp_result *result,
                           const mp_error *error) {
  bool is_final = operation->session->depth == 0;
  if (mp__execute_goes_on(operation, &result, &error)) return;
  if (error != NULL || is_final) mp__execute_note_types(operation, error);
  step(operation, result, error);
}

static void step_description(mp_operation *operation, mp_result *result,
                             const mp_error *error) {
  if (!mp__type_catalog_step(operation, &result, &error)) step(operation, result, error);
}

static void step_script(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  if (operation->session->depth == 0) mp__type_catalog_forget(operation->engine);
  step(operation, result, error);
}

/* What the server is told to stop fails the transaction, unless it ends before. */
static void leave_statement(mp_operation *operation, mp_error *error) {
  mp__error_set_in_transaction(error, operation->session->depth > 0);
  if (mp__operation_withdraw(operation)) return;
  mp__conn_cancel(operation->conn);
  mp__session_note_cause(operation->session, error);
}

static void report_result(mp_operation *operation, mp_result *result,
                          const mp_error *error) {
  operation->callback.result(result, error, operation->data);
}

static void report_description(mp_operation *operation, mp_result *result,
                               const mp_error *error) {
  (void)result;
  mp_statement *statement = error == NULL ? operation->statement : NULL;
  operation->callback.describe(statement, error, operation->data);
}

static void report_done(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  mp_result_free(result);
  operation->callback.done(error, operation->data);
}

static void begin_describe(mp_operation *operation) {
  operation->request.kind = &mp__request_describe;
  operation->request.statement = operation->statement;
  mp__operation_submit(operation);
}

static const mp__operation_kind execution = {.begin = mp__execute_begin,
                                             .step = step_execution,
                                             .report = report_result,
                                             .leave = leave_statement};
static const mp__operation_kind description = {.begin = begin_describe,
                                               .step = step_description,
                                               .report = report_description,
                                               .leave = leave_statement};
static const mp__operation_kind script = {.begin = mp__script_begin,
                                          .step = step_script,
                                          .report = report_done,
                                          .leave = leave_statement};

/* Only its own transaction sees a schema before its commit. */
static void note_change(mp_session *session, bool changes_types) {
  if (session->depth == 0) return;
  session->reshaped = true;
  session->retyped = session->retyped || changes_types;
  mp__session_forget_types(session);
}

void mp__session_note_touch(mp_session *session, const mp_statement *statement) {
  if (statement->touches_session) session->altered = true;
  if (statement->changes_schema) note_change(session, statement->changes_types);
}

void mp__session_note_scope(mp_session *session) {
  bool is_private = session->reshaped && session->depth > 0;
  if (session->scope.is_private != is_private) mp__session_forget_types(session);
  session->scope.is_private = is_private;
  session->scope.keeps_to_itself = session->altered;
}

mp_operation *mp_session_describe(mp_session *session, mp_statement *statement,
                                  mp_describe_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &description, data);
  if (operation == NULL) return NULL;
  operation->callback.describe = cb;
  operation->statement = mp_statement_retain(statement);
  mp__session_note_scope(session);
  mp__session_start(session, operation);
  return operation;
}

mp_operation *mp_session_execute(mp_session *session, mp_statement *statement,
                                 mp_params *params, mp_result_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &execution, data);
  if (operation == NULL) {
    mp_params_free(params);
    return NULL;
  }
  operation->callback.result = cb;
  operation->one[0] = params;
  mp__execute_prepare(operation, statement, NULL, params == NULL ? 0 : 1);
  mp__session_note_touch(session, statement);
  mp__session_start(session, operation);
  return operation;
}

mp_operation *mp_session_execute_many(mp_session *session, mp_statement *statement,
                                      mp_params **params, size_t count, mp_result_cb cb,
                                      void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &execution, data);
  if (operation == NULL) {
    for (size_t i = 0; i < count; i++)
      mp_params_free(params[i]);
    mp__free(params);
    return NULL;
  }
  operation->callback.result = cb;
  mp__execute_prepare(operation, statement, params, count);
  mp__session_note_touch(session, statement);
  mp__session_start(session, operation);
  return operation;
}

/* What ends the transaction behind the session's back would leave it counting on one. */
static mp_error *check_script(const mp_session *session, const char *sql, size_t length) {
  mp_error *error = mp__script_check(sql, length);
  if (error == NULL) {
    error = mp__script_refuse_pooled(session->engine, sql, length, session->depth > 0);
  }
  if (error != NULL || session->depth == 0 || !mp__controls_transaction(sql, length)) {
    return error;
  }
  error = mp__error_new(MP_BAD_ARGUMENT,
                        "a script inside a transaction cannot begin or end one");
  mp__error_set(error, MP_FIELD_HINT,
                "use tx:commit(), tx:rollback() or tx:transaction(fn) instead");
  return error;
}

mp_operation *mp_session_script(mp_session *session, const char *sql, size_t length,
                                mp_done_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &script, data);
  if (operation == NULL) return NULL;
  operation->callback.done = cb;
  operation->text = mp__strndup(sql, length);
  mp_error *refusal = check_script(session, sql, length);
  if (refusal == NULL && operation->text == NULL) refusal = mp__error_oom();
  if (refusal != NULL) {
    mp__operation_refuse(operation, refusal);
    return operation;
  }
  session->altered = true;
  note_change(session, true);
  mp__session_start(session, operation);
  return operation;
}
