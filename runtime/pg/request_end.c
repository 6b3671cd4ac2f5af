/* request_end.c - what ends a transaction, behind the question for the transaction's id.
 *
 * The server answers the question before it runs what follows (Flush), so that who loses
 * the connection meanwhile still knows which transaction to ask about; both go out in one
 * piece, with one sync. */
#include "pg/conn_impl.h"

/* NULL for a transaction that has written nothing. */
static const char question[] = "select pg_catalog.pg_current_xact_id_if_assigned()"
                               "::pg_catalog.text";

enum { FIRST_VERSION_WITH_XACT_ID = 130000 };

static bool send_text(mp__conn *conn, const char *text) {
  return PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

/* In a failed transaction the question would fail, and what follows it not be run. */
static bool may_ask(const mp__conn *conn) {
  return mp__conn_transaction(conn) == MP__TRANSACTION_OPEN &&
         PQserverVersion(conn->pg) >= FIRST_VERSION_WITH_XACT_ID;
}

static bool send_end(mp__conn *conn, mp__request *request) {
  request->asked = may_ask(conn);
  if (request->asked &&
      !(send_text(conn, question) && PQsendFlushRequest(conn->pg) == 1)) {
    return false;
  }
  return send_text(conn, request->text) && mp__send_sync(conn);
}

const mp__request_kind mp__request_end = {.send = send_end,
                                          .take = mp__request_add_result};
