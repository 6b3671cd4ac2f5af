/* loss.c - what the loss of a connection means for the transaction on it. */
#include "base/error.h"
#include "session/session_impl.h"

#include <string.h>

/* Appended to a message, or "". */
static const char *reason_of(const mp_error *words) {
  return words == NULL ? "" : mp_error_message(words);
}

static const char *hint_of(const mp_error *words) {
  bool was_idle = words != NULL && strcmp(mp_error_sqlstate(words), "25P03") == 0;
  return was_idle
             ? "it was left idle for longer than idle_in_transaction_session_timeout "
               "lets it: do slow work outside of transactions, or raise the setting"
             : "nothing of it was kept: run the whole transaction again";
}

mp_error *mp__tx_lost_error(const mp_session *session) {
  const mp_error *words = mp__conn_loss(session->conn);
  const char *by = session->begun_by;
  mp_error *error =
      mp__error_new(MP_TX_LOST, "the transaction%s%s was lost with its connection%s%s",
                    by == NULL ? "" : " begun at ", by == NULL ? "" : by,
                    words == NULL ? "" : ": ", reason_of(words));
  if (words != NULL) mp__error_set_sqlstate(error, mp_error_sqlstate(words));
  mp__error_set(error, MP_FIELD_HINT, hint_of(words));
  mp__error_set_in_transaction(error, true);
  return error;
}

/* Whoever has a call under way hears of it there. */
void mp__session_on_lost(void *data) {
  mp_session *session = data;
  if (session->on_lost == NULL || session->lost || session->depth == 0) return;
  mp_error *error = mp__tx_lost_error(session);
  session->on_lost(session, error, session->on_lost_data);
  mp_error_free(error);
}

void mp_session_on_lost(mp_session *session, mp_session_lost_cb cb, void *data) {
  session->on_lost = cb;
  session->on_lost_data = data;
}

/* What is known of a transaction's id, for which the server was asked ahead of its end.
 */
typedef struct id_answer {
  bool asked, was_told;
  const char *xid; /* NULL: not told, or none */
} id_answer;

static id_answer answer_of_group(const mp_group *group) {
  return (id_answer){.asked = group->asks,
                     .was_told = group->part > MP__GROUP_XID,
                     .xid = group->xid[0] == '\0' ? NULL : group->xid};
}

static id_answer answer_of(const mp_operation *operation) {
  size_t length;
  if (operation->group != NULL) return answer_of_group(operation->group);
  const mp_result *told = operation->request.first;
  id_answer answer = {.asked = operation->request.asked, .was_told = told != NULL};
  if (told != NULL && mp_result_row_count(told) == 1)
    answer.xid = mp_result_cell(told, 0, 0, &length);
  return answer;
}

static mp_error *certainly_undone(const mp_error *error, const char *command) {
  mp_error *loss = mp_error_copy(error);
  mp__error_set_message(loss,
                        "%s; the %s was not run: nothing of the transaction was kept",
                        mp_error_message(error), command);
  mp__error_set(loss, MP_FIELD_HINT, "run the whole transaction again");
  return loss;
}

static mp_error *nothing_to_lose(const mp_error *error, const char *command) {
  mp_error *loss = mp_error_copy(error);
  mp__error_set_message(loss,
                        "%s; the answer to the %s is missing, but the transaction had "
                        "changed no row: nothing was lost (a NOTIFY in it may not have "
                        "been sent)",
                        mp_error_message(error), command);
  mp__error_set(loss, MP_FIELD_HINT, "what it read may be read again");
  return loss;
}

static mp_error *unknown(const mp_operation *operation, const mp_error *error,
                         const char *command, const char *xid) {
  const char *node = mp__conn_node(operation->conn);
  mp_error *loss = mp_error_copy(error);
  mp__error_set_status(loss, MP_COMMIT_UNKNOWN);
  mp__error_set_message(loss, "%s; the %s may or may not have taken effect",
                        mp_error_message(error), command);
  mp__error_set(loss, MP_FIELD_XID, xid);
  mp__error_set(loss, MP_FIELD_NODE, node);
  return loss;
}

/* The server tells the id, or its own end, before it runs what ends the transaction. */
static mp_error *weigh(const mp_operation *operation, const mp_error *error,
                       const char *command) {
  id_answer id = answer_of(operation);
  bool server_spoke = mp_error_sqlstate(error)[0] != '\0';
  if (!operation->request.sent) return certainly_undone(error, command);
  if (id.asked && !id.was_told && server_spoke) return certainly_undone(error, command);
  bool has_no_id = id.asked && id.was_told && id.xid == NULL;
  bool reads_only = operation->session != NULL && operation->session->reads_only;
  if (has_no_id || reads_only) return nothing_to_lose(error, command);
  return unknown(operation, error, command, id.xid);
}

mp_error *mp__end_loss(const mp_operation *operation, const mp_error *error,
                       const char *command) {
  mp_error *loss = weigh(operation, error, command);
  mp__error_set_in_transaction(loss, true);
  return loss;
}
