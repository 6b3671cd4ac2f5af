/* transaction.c - the stack of transactions on a session: BEGIN, savepoints, and their
 * ends. */
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "session/session_impl.h"

#include <stdio.h>
#include <string.h>

static void begin_command(mp_operation *operation) {
  operation->request.kind = &mp__request_command;
  operation->request.text = operation->text;
  mp__operation_submit(operation);
}

/* ROLLBACK TO keeps the savepoint; the RELEASE that it needs stands in the same text. */
static void begin_two_commands(mp_operation *operation) {
  operation->request.second = operation->text + strlen(operation->text) + 1;
  begin_command(operation);
}

void mp__transaction_report(mp_operation *operation, mp_result *result,
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

/* The session may have been closed meanwhile; what was asked for since then may have gone
 * further down already. */
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
                                             .report = mp__transaction_report,
                                             .leave = leave_begin};
static const mp__operation_kind release = {.begin = begin_command,
                                           .step = step_release,
                                           .report = mp__transaction_report,
                                           .is_commit = true};
static const mp__operation_kind rollback = {.begin = begin_command,
                                            .step = step_rollback,
                                            .report = mp__transaction_report,
                                            .leave = leave_rollback};
static const mp__operation_kind rollback_to = {.begin = begin_two_commands,
                                               .step = step_rollback,
                                               .report = mp__transaction_report,
                                               .leave = leave_rollback};

static char *begin_text(const mp_session *session,
                        const mp_transaction_options *options) {
  char text[sizeof(((mp__group_frame *)0)->begin)];
  if (session->depth > 0)
    (void)snprintf(text, sizeof(text), "SAVEPOINT mp_%u", session->depth);
  else
    mp__begin_text(options, text, sizeof(text));
  return mp__strdup(text);
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
mp_operation *mp__transaction_start(mp_session *session, const mp__operation_kind *kind,
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

mp_operation *mp__transaction_refuse(mp_session *session, mp_error *error, mp_done_cb cb,
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

bool mp__transaction_is_plain(const mp_transaction_options *options) {
  return options == NULL || (options->isolation == MP_ISOLATION_DEFAULT &&
                             options->read_only == MP_TOGGLE_DEFAULT &&
                             options->deferrable == MP_TOGGLE_DEFAULT);
}

/* Whatever begins may write, and then its id is worth nothing without its node. */
void mp__transaction_note_begin(mp_session *session,
                                const mp_transaction_options *options) {
  session->reshaped = false;
  session->reads_only = options != NULL && options->read_only == MP_TOGGLE_ON;
  mp__free(session->begun_by);
  session->begun_by = mp__strdup(options == NULL ? NULL : options->label);
  if (!session->reads_only) mp__conn_learn_node(session->conn);
}

mp_error *mp__savepoint_has_options(void) {
  return mp__error_new(MP_BAD_ARGUMENT,
                       "a savepoint has no isolation, read_only or deferrable");
}

mp_operation *mp_session_begin(mp_session *session, const mp_transaction_options *options,
                               mp_done_cb cb, void *data) {
  if (session->depth > 0 && !mp__transaction_is_plain(options)) {
    return mp__transaction_refuse(session, mp__savepoint_has_options(), cb, data);
  }
  if (session->depth == 0) mp__transaction_note_begin(session, options);
  mp_operation *operation =
      mp__transaction_start(session, &beginning, begin_text(session, options), cb, data);
  if (has_started(operation)) session->depth++;
  return operation;
}

mp_error *mp__no_transaction(void) {
  return mp__error_new(MP_BAD_ARGUMENT, "no transaction is open on this session");
}

mp_operation *mp_session_commit(mp_session *session, mp_done_cb cb, void *data) {
  if (session->depth == 0)
    return mp__transaction_refuse(session, mp__no_transaction(), cb, data);
  const mp__operation_kind *kind = session->depth > 1 ? &release : &mp__ending_commit;
  return mp__transaction_start(
      session, kind, end_text(session, "COMMIT", "RELEASE SAVEPOINT"), cb, data);
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
static char *rollback_to_text(uint32_t savepoint) {
  mp__buffer text = MP__BUFFER_INIT;
  mp__buffer_format(&text, "ROLLBACK TO SAVEPOINT mp_%u", savepoint);
  mp__buffer_append(&text, "", 1);
  mp__buffer_format(&text, "RELEASE SAVEPOINT mp_%u", savepoint);
  return mp__buffer_take(&text);
}

static mp_operation *start_rollback(mp_session *session, mp_done_cb cb, void *data) {
  if (session->depth > 1) {
    return mp__transaction_start(session, &rollback_to,
                                 rollback_to_text(session->depth - 1), cb, data);
  }
  return mp__transaction_start(session, &rollback, end_text(session, "ROLLBACK", ""), cb,
                               data);
}

mp_operation *mp_session_rollback(mp_session *session, mp_done_cb cb, void *data) {
  if (session->depth == 0)
    return mp__transaction_refuse(session, mp__no_transaction(), cb, data);
  if (!mp_session_is_alive(session)) return already_rolled_back(session, cb, data);
  mp_operation *operation = start_rollback(session, cb, data);
  if (has_started(operation)) {
    session->depth--;
    mp__session_forget_cause(session);
    mp__session_forget_types(session);
    if (session->depth == 0) mp__session_leave(session);
  }
  return operation;
}

void mp__transaction_undo_first(mp_session *session, uint32_t savepoint) {
  char *text = rollback_to_text(savepoint);
  mp_operation *operation =
      text == NULL ? NULL : mp__operation_new(session->engine, &rollback_to, NULL);
  mp__session_forget_cause(session);
  mp__session_forget_types(session);
  if (operation == NULL) {
    mp__free(text);
    session->lost = true; /* no memory: whoever gets the connection next finds it clean */
    return;
  }
  operation->callback.done = ignore;
  operation->text = text;
  operation->request.goes_first = true;
  mp__session_start(session, operation);
}

bool mp_session_is_committing(const mp_session *session) {
  const mp__link *list = &session->operations;
  for (mp__link *link = list->next; link != list; link = link->next) {
    const mp_operation *operation = MP__CONTAINER(link, mp_operation, link);
    bool is_ending =
        operation->kind == &mp__ending_commit || operation->kind == &mp__ending_prepare;
    bool commits = operation->group != NULL && operation->group->frame.commits;
    if (is_ending || commits) return true;
  }
  return false;
}
