/* transaction.c - the stack of transactions on a session: BEGIN, savepoints, and their
 * ends. */
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "session/session_impl.h"

#include <string.h>

enum { GID_SIZE = 200 }; /* the server's, with its NUL */

static const char *const isolation_texts[] = {
    [MP_ISOLATION_DEFAULT] = "",
    [MP_ISOLATION_READ_COMMITTED] = " ISOLATION LEVEL READ COMMITTED",
    [MP_ISOLATION_REPEATABLE_READ] = " ISOLATION LEVEL REPEATABLE READ",
    [MP_ISOLATION_SERIALIZABLE] = " ISOLATION LEVEL SERIALIZABLE",
};

static const char *const read_only_texts[] = {
    [MP_TOGGLE_DEFAULT] = "",
    [MP_TOGGLE_ON] = " READ ONLY",
    [MP_TOGGLE_OFF] = " READ WRITE",
};

static const char *const deferrable_texts[] = {
    [MP_TOGGLE_DEFAULT] = "",
    [MP_TOGGLE_ON] = " DEFERRABLE",
    [MP_TOGGLE_OFF] = " NOT DEFERRABLE",
};

static const mp__operation_kind preparation;

static void begin_command(mp_operation *operation) {
  operation->request.kind = &mp__request_command;
  operation->request.text = operation->text;
  mp__operation_submit(operation);
}

/* What only reads has no id to ask for. */
static void begin_end(mp_operation *operation) {
  operation->request.kind =
      operation->session->reads_only ? &mp__request_command : &mp__request_end;
  operation->request.text = operation->text;
  mp__operation_submit(operation);
}

/* ROLLBACK TO keeps the savepoint; the RELEASE that it needs stands in the same text. */
static void begin_two_commands(mp_operation *operation) {
  operation->request.second = operation->text + strlen(operation->text) + 1;
  begin_command(operation);
}

static void report_done(mp_operation *operation, mp_result *result,
                        const mp_error *error) {
  mp_result_free(result);
  operation->callback.done(error, operation->data);
}

static void finish_noted(mp_operation *operation, const mp_error *error) {
  mp_error *noted = mp__session_note(operation, error);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static void step_begin(mp_operation *operation, mp_result *result,
                       const mp_error *error) {
  mp_session *session = operation->session;
  mp_result_free(result);
  if (error == NULL) {
    mp__operation_finish(operation, NULL, NULL);
    return;
  }
  mp_error *noted = mp__session_note(operation, error);
  session->depth--;
  if (session->depth == 0) mp__session_leave(session);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static void ignore(const mp_error *error, void *data) {
  (void)error, (void)data;
}

/* What the server may have begun is undone behind it, before anything else runs there. */
static void leave_begin(mp_operation *operation, mp_error *error) {
  mp_session *session = operation->session;
  (void)error;
  if (mp__operation_withdraw(operation)) {
    session->depth--;
  } else if (mp_session_rollback(session, ignore, NULL) == NULL) {
    session->lost = true; /* no memory: whoever gets the connection next finds it clean */
  }
}

/* A rollback that was asked for takes place, whoever waits for it or not. */
static void leave_rollback(mp_operation *operation, mp_error *error) {
  (void)operation, (void)error;
}

static const char *command_of(const mp_operation *operation) {
  return operation->kind == &preparation ? "PREPARE TRANSACTION" : "COMMIT";
}

static mp_error *rolled_back_error(const mp_operation *operation) {
  const mp_session *session = operation->session;
  mp_error *error = mp__error_new(
      MP_TX_ROLLED_BACK, "%s was answered by ROLLBACK: an earlier statement had failed",
      command_of(operation));
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

/* The end that failed before it was run has left a failed transaction behind. */
static void leave_ended(mp_session *session) {
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
    return undone ? rolled_back_error(operation) : NULL;
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
  if (session != NULL) leave_ended(session);
  mp_result_free(result);
  mp__operation_finish(operation, NULL, failure);
  mp_error_free(failure);
}

/* As above. What was asked for meanwhile may have gone further down already. */
static void step_release(mp_operation *operation, mp_result *result,
                         const mp_error *error) {
  mp_session *session = operation->session;
  mp_result_free(result);
  if (error != NULL && session != NULL) {
    finish_noted(operation, error);
    return;
  }
  if (session != NULL && session->depth >= operation->number) {
    session->depth = operation->number - 1;
  }
  mp__operation_finish(operation, NULL, error);
}

/* What is lost is rolled back. */
static void step_rollback(mp_operation *operation, mp_result *result,
                          const mp_error *error) {
  mp_result_free(result);
  bool lost = error != NULL && mp_error_status(error) == MP_CONNECTION_LOST;
  if (lost) operation->session->lost = true;
  mp__operation_finish(operation, NULL, lost ? NULL : error);
}

static const mp__operation_kind beginning = {.begin = begin_command,
                                             .step = step_begin,
                                             .report = report_done,
                                             .leave = leave_begin};
static const mp__operation_kind commit = {
    .begin = begin_end, .step = step_commit, .report = report_done, .is_commit = true};
static const mp__operation_kind preparation = {
    .begin = begin_end, .step = step_commit, .report = report_done, .is_commit = true};
static const mp__operation_kind release = {.begin = begin_command,
                                           .step = step_release,
                                           .report = report_done,
                                           .is_commit = true};
static const mp__operation_kind rollback = {.begin = begin_command,
                                            .step = step_rollback,
                                            .report = report_done,
                                            .leave = leave_rollback};
static const mp__operation_kind rollback_to = {.begin = begin_two_commands,
                                               .step = step_rollback,
                                               .report = report_done,
                                               .leave = leave_rollback};

static char *begin_text(const mp_session *session,
                        const mp_transaction_options *options) {
  mp__buffer text = MP__BUFFER_INIT;
  if (session->depth > 0) {
    mp__buffer_format(&text, "SAVEPOINT mp_%u", session->depth);
    return mp__buffer_take(&text);
  }
  mp__buffer_text(&text, "BEGIN");
  if (options == NULL) return mp__buffer_take(&text);
  mp__buffer_text(&text, isolation_texts[options->isolation]);
  mp__buffer_text(&text, read_only_texts[options->read_only]);
  mp__buffer_text(&text, deferrable_texts[options->deferrable]);
  return mp__buffer_take(&text);
}

static char *end_text(const mp_session *session, const char *outermost,
                      const char *nested) {
  mp__buffer text = MP__BUFFER_INIT;
  uint32_t savepoint = session->depth - 1;
  if (session->depth <= 1) mp__buffer_text(&text, outermost);
  if (session->depth > 1) mp__buffer_format(&text, "%s mp_%u", nested, savepoint);
  return mp__buffer_take(&text);
}

/* Invariant: the depth counts what was asked for, so that the text of each command fits
 * the place it has in the queue; only the ends that may fail count when they are
 * confirmed. */

static bool has_started(const mp_operation *operation) {
  return operation != NULL && operation->session != NULL;
}

/* `text` is the operation's now; NULL is a want of memory. */
static mp_operation *start(mp_session *session, const mp__operation_kind *kind,
                           char *text, mp_done_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, kind, data);
  if (operation == NULL || text == NULL) {
    if (operation != NULL) {
      operation->callback.done = cb;
      mp__operation_refuse(operation, mp__error_oom());
    }
    mp__free(text);
    return operation;
  }
  operation->callback.done = cb;
  operation->text = text;
  operation->number = session->depth;
  mp__session_start(session, operation);
  return operation;
}

static mp_operation *refuse(mp_session *session, mp_error *error, mp_done_cb cb,
                            void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &beginning, data);
  if (operation == NULL) {
    mp_error_free(error);
    return NULL;
  }
  operation->callback.done = cb;
  mp__operation_refuse(operation, error);
  return operation;
}

static bool is_plain(const mp_transaction_options *options) {
  return options == NULL || (options->isolation == MP_ISOLATION_DEFAULT &&
                             options->read_only == MP_TOGGLE_DEFAULT &&
                             options->deferrable == MP_TOGGLE_DEFAULT);
}

/* Whatever begins may write, and then its id is worth nothing without its node. */
static void note_beginning(mp_session *session, const mp_transaction_options *options) {
  session->reshaped = false;
  session->reads_only = options != NULL && options->read_only == MP_TOGGLE_ON;
  mp__free(session->begun_by);
  session->begun_by = mp__strdup(options == NULL ? NULL : options->label);
  if (!session->reads_only) mp__conn_learn_node(session->conn);
}

mp_operation *mp_session_begin(mp_session *session, const mp_transaction_options *options,
                               mp_done_cb cb, void *data) {
  if (session->depth > 0 && !is_plain(options)) {
    return refuse(session,
                  mp__error_new(MP_BAD_ARGUMENT,
                                "a savepoint has no isolation, read_only or deferrable"),
                  cb, data);
  }
  if (session->depth == 0) note_beginning(session, options);
  mp_operation *operation =
      start(session, &beginning, begin_text(session, options), cb, data);
  if (has_started(operation)) session->depth++;
  return operation;
}

static mp_error *no_transaction(void) {
  return mp__error_new(MP_BAD_ARGUMENT, "no transaction is open on this session");
}

mp_operation *mp_session_commit(mp_session *session, mp_done_cb cb, void *data) {
  if (session->depth == 0) return refuse(session, no_transaction(), cb, data);
  const mp__operation_kind *kind = session->depth > 1 ? &release : &commit;
  return start(session, kind, end_text(session, "COMMIT", "RELEASE SAVEPOINT"), cb, data);
}

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
  if (session->depth == 0) return no_transaction();
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
  if (refusal != NULL) return refuse(session, refusal, cb, data);
  return start(session, &preparation, prepare_text(gid, length), cb, data);
}

static void report_nothing_left(mp_operation *operation, mp_result *result,
                                const mp_error *error) {
  (void)result, (void)error;
  operation->callback.done(NULL, operation->data);
}

static const mp__operation_kind nothing_left = {.report = report_nothing_left};

/* The server has rolled back what a lost connection had open. */
static mp_operation *already_rolled_back(mp_session *session, mp_done_cb cb, void *data) {
  mp_operation *operation = mp__operation_new(session->engine, &nothing_left, data);
  session->lost = true;
  session->depth--;
  if (operation == NULL) return NULL;
  operation->callback.done = cb;
  mp__operation_yield(operation, NULL);
  return operation;
}

/* Two commands, one after the other, each with its NUL. */
static char *rollback_to_text(const mp_session *session) {
  mp__buffer text = MP__BUFFER_INIT;
  uint32_t savepoint = session->depth - 1;
  mp__buffer_format(&text, "ROLLBACK TO SAVEPOINT mp_%u", savepoint);
  mp__buffer_append(&text, "", 1);
  mp__buffer_format(&text, "RELEASE SAVEPOINT mp_%u", savepoint);
  return mp__buffer_take(&text);
}

static mp_operation *start_rollback(mp_session *session, mp_done_cb cb, void *data) {
  if (session->depth > 1) {
    return start(session, &rollback_to, rollback_to_text(session), cb, data);
  }
  return start(session, &rollback, end_text(session, "ROLLBACK", ""), cb, data);
}

mp_operation *mp_session_rollback(mp_session *session, mp_done_cb cb, void *data) {
  if (session->depth == 0) return refuse(session, no_transaction(), cb, data);
  if (!mp_session_is_alive(session)) return already_rolled_back(session, cb, data);
  mp_operation *operation = start_rollback(session, cb, data);
  if (has_started(operation)) {
    session->depth--;
    mp__session_forget_cause(session);
    if (session->depth == 0) mp__session_leave(session);
  }
  return operation;
}

bool mp_session_is_committing(const mp_session *session) {
  const mp__link *list = &session->operations;
  for (mp__link *link = list->next; link != list; link = link->next) {
    const mp_operation *operation = MP__CONTAINER(link, mp_operation, link);
    if (operation->kind == &commit || operation->kind == &preparation) return true;
  }
  return false;
}
