/* request_end.c - what ends a transaction, behind the question for the transaction's id:
 * both go out in one piece, with one sync. */
#include "pg/conn_impl.h"

/* In a failed transaction the question would fail, and what follows it not be run. */
static bool may_ask(const mp__conn *conn) {
  return mp__conn_transaction(conn) == MP__TRANSACTION_OPEN && mp__send_knows_xid(conn);
}

static bool send_end(mp__conn *conn, mp__request *request) {
  request->asked = may_ask(conn);
  if (request->asked && !mp__send_xid_question(conn)) return false;
  return mp__send_text(conn, request->text, 0) && mp__send_sync(conn);
}

const mp__request_kind mp__request_end = {.send = send_end,
                                          .take = mp__request_add_result};
