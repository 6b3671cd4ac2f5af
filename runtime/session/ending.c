/* ending.c - what makes a transaction last, or prepares it, and what its answer means. */
#include "base/buffer.h"
#include "base/error.h"
#include "session/session_impl.h"

#include <string.h>

enum { GID_SIZE = 200 }; /* the server's, with its NUL */

/* What only reads has no id to ask for. */
static void begin_end(mp_operation *operation) {
  operation->request.kind =
      operation->session->reads_only ? &mp__request_command : &mp__request_end;
  operation->request.text = operation->text;
  mp__operation_submit(operation);
}

static const char *command_of(const mp_operation *operation) {
  return operation->kind == &mp__ending_prepare ? "PREPARE TRANSACTION" : "COMMIT";
}

mp_error *mp__rolled_back_error(const mp_session *session, const char *command) {
  mp_error *error = mp__error_new(
      MP_TX_ROLLED_BACK, "%s was answered by ROLLBACK: an earlier statement had failed",
      command);
  if (session != NULL && session->cause != NULL) {
    mp__error_set_sqlstate(error, mp_error_sqlstate(session->cause));
    mp__error_set(error, MP_FIELD_DETAIL, mp_error_message(session->cause));
    mp__error_set(error, MP_FIELD_QUERY, mp_error_get(session->cause, MP_FIELD_QUERY));
  }
  mp__error_set(
      error, MP_FIELD_HINT,
      "let the first error leave the transaction, or guard it with a savepoint");
  return error;
}

static void ignore(const mp_error *error, void *data) {
  (void)error, (void)data;
}

void mp__session_leave_ended(mp_session *session) {
  bool is_open = mp__conn_transaction(session->conn) == MP__TRANSACTION_FAILED;
  session->depth = 1;
  if (is_open && mp_session_rollback(session, ignore, NULL) == NULL) session->lost = true;
  mp__session_leave(session);
}

static const char *last_tag(const mp_result *result) {
  for (const mp_result *next; (next = mp_result_next(result)) != NULL;)
    result = next;
  return mp_result_command(result);
}

static mp_error *end_failure(mp_operation *operation, const mp_result *result,
                             const mp_error *error) {
  if (error == NULL) {
    bool undone = strcmp(last_tag(result), "ROLLBACK") == 0;
    if (!undone) return NULL;
    return mp__rolled_back_error(operation->session, command_of(operation));
  }
  if (mp_error_status(error) != MP_CONNECTION_LOST) return mp_error_copy(error);
  if (operation->session != NULL) operation->session->lost = true;
  return mp__end_loss(operation, error, command_of(operation));
}

/* The session may have been closed while the COMMIT was under way. */
static void step_commit(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  mp_session *session = operation->session;
  mp_error *failure = end_failure(operation, result, error);
  if (session != NULL) mp__session_leave_ended(session);
  mp_result_free(result);
  mp__operation_finish(operation, NULL, failure);
  mp_error_free(failure);
}

const mp__operation_kind mp__ending_commit = {.begin = begin_end,
                                              .step = step_commit,
                                              .report = mp__transaction_report,
                                              .is_commit = true};
const mp__operation_kind mp__ending_prepare = {.begin = begin_end,
                                               .step = step_commit,
                                               .report = mp__transaction_report,
                                               .is_commit = true};
/* As the server reads it, whatever standard_conforming_strings says. */
static char *prepare_text(const char *gid, size_t length) {
  mp__buffer text = MP__BUFFER_INIT;
  mp__buffer_text(&text, "PREPARE TRANSACTION E'");
  for (size_t i = 0; i < length; i++) {
    if (gid[i] == '\'' || gid[i] == '\\') mp__buffer_append(&text, &gid[i], 1);
    mp__buffer_append(&text, &gid[i], 1);
  }
  mp__buffer_text(&text, "'");
  return mp__buffer_take(&text);
}

static mp_error *check_prepare(const mp_session *session, const char *gid,
                               size_t length) {
  if (session->depth == 0) return mp__no_transaction();
  if (session->depth > 1) {
    return mp__error_new(MP_BAD_ARGUMENT, "a savepoint cannot be prepared");
  }
  if (length == 0 || length >= GID_SIZE) {
    return mp__error_new(MP_BAD_ARGUMENT, "the gid has %zu bytes; it may have 1 to %d",
                         length, GID_SIZE - 1);
  }
  const char *nul = memchr(gid, '\0', length);
  if (nul == NULL) return NULL;
  return mp__error_new(MP_BAD_ARGUMENT, "the gid contains a NUL byte at offset %zu",
                       (size_t)(nul - gid));
}

mp_operation *mp_session_prepare(mp_session *session, const char *gid, size_t length,
                                 mp_done_cb cb, void *data) {
  mp_error *refusal = check_prepare(session, gid, length);
  if (refusal != NULL) return mp__transaction_refuse(session, refusal, cb, data);
  return mp__transaction_start(session, &mp__ending_prepare, prepare_text(gid, length),
                               cb, data);
}
