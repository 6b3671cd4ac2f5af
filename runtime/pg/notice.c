/* notice.c - what the server says unasked; on an idle connection that may be its last
 * words. */
#include "base/error.h"
#include "pg/conn_impl.h"

#include <string.h>

/* On libpq's stack: copy and return. A FATAL without a statement under way comes only
 * here. */
void mp__conn_on_notice(void *data, const PGresult *notice) {
  mp__conn *conn = data;
  const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == NULL) return;
  if (strcmp(severity, "FATAL") != 0 && strcmp(severity, "PANIC") != 0) return;
  mp_error_free(conn->last_words);
  conn->last_words = mp__error_from_result(notice, NULL);
}
