/* notice.c - what the server says unasked: queued on libpq's stack, told from the loop's
 * top. On an idle connection it may be the server's last words. */
#include "base/alloc.h"
#include "base/error.h"
#include "pg/conn_impl.h"

#include <string.h>

#define NOTICES_MAX 1000 /* between two looks at the socket */

typedef struct queued_notice {
  mp__link link;
  mp_error *content;
} queued_notice;

/* The text of the statement under way, which the notice is about. */
static const char *current_text(const mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  if (link == NULL) return NULL;
  const mp__request *request = MP__CONTAINER(link, mp__request, link);
  return request->statement != NULL ? request->statement->text : request->text;
}

static bool is_own(const mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  return link != NULL && MP__CONTAINER(link, mp__request, link)->is_ours;
}

static void queue(mp__conn *conn, const PGresult *notice) {
  bool fits = conn->notice_count < NOTICES_MAX;
  queued_notice *entry = fits ? mp__alloc_zero(sizeof(*entry)) : NULL;
  if (entry == NULL) {
    conn->notices_dropped++;
    return;
  }
  entry->content = mp__error_from_result(notice, current_text(conn));
  mp__list_push_back(&conn->notices, &entry->link);
  conn->notice_count++;
}

static bool is_fatal(const PGresult *notice) {
  const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity != NULL &&
         (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

/* Copy and return. A FATAL without a statement under way comes only here. */
void mp__conn_on_notice(void *data, const PGresult *notice) {
  mp__conn *conn = data;
  if (is_fatal(notice)) {
    mp_error_free(conn->last_words);
    conn->last_words = mp__error_from_result(notice, NULL);
  } else if (mp__config_wants_notices(conn->config) && !is_own(conn)) {
    queue(conn, notice);
  }
}

static queued_notice *take_first(mp__conn *conn) {
  mp__link *link = mp__list_pop_front(&conn->notices);
  if (link == NULL) return NULL;
  conn->notice_count--;
  return MP__CONTAINER(link, queued_notice, link);
}

static void free_notice(queued_notice *entry) {
  mp_error_free(entry->content);
  mp__free(entry);
}

/* That some were left out is a notice as well. */
static void report_dropped(mp__conn *conn) {
  if (conn->notices_dropped == 0) return;
  mp_error *notice =
      mp__error_new(MP_SERVER_ERROR, "%zu notices were left out", conn->notices_dropped);
  conn->notices_dropped = 0;
  mp__error_set(notice, MP_FIELD_SEVERITY, "WARNING");
  mp__config_report_notice(conn->config, notice);
  mp_error_free(notice);
}

void mp__conn_report_notices(mp__conn *conn) {
  queued_notice *entry;
  while ((entry = take_first(conn)) != NULL) {
    mp__config_report_notice(conn->config, entry->content);
    free_notice(entry);
  }
  report_dropped(conn);
}

void mp__conn_clear_notices(mp__conn *conn) {
  queued_notice *entry;
  while ((entry = take_first(conn)) != NULL)
    free_notice(entry);
}
