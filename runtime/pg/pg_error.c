/* pg_error.c - libpq's failures as errors of ours. */
#include "base/error.h"
#include "pg/conn_impl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  mp_error_field field;
  int code;
} server_fields[] = {
    {MP_FIELD_SEVERITY, PG_DIAG_SEVERITY_NONLOCALIZED},
    {MP_FIELD_DETAIL, PG_DIAG_MESSAGE_DETAIL},
    {MP_FIELD_HINT, PG_DIAG_MESSAGE_HINT},
    {MP_FIELD_CONTEXT, PG_DIAG_CONTEXT},
    {MP_FIELD_SCHEMA, PG_DIAG_SCHEMA_NAME},
    {MP_FIELD_TABLE, PG_DIAG_TABLE_NAME},
    {MP_FIELD_COLUMN, PG_DIAG_COLUMN_NAME},
    {MP_FIELD_TYPE, PG_DIAG_DATATYPE_NAME},
    {MP_FIELD_CONSTRAINT, PG_DIAG_CONSTRAINT_NAME},
};

/* Class 40 is a rolled back transaction: nothing was done, and it may succeed. */
static bool is_retryable(const char *sqlstate) {
  return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0;
}

static size_t trimmed_length(const char *text) {
  size_t length = strlen(text);
  while (length > 0 && isspace((unsigned char)text[length - 1]))
    length--;
  return length;
}

mp_error *mp__error_from_result(const PGresult *result, const char *query) {
  const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (message == NULL) message = PQresultErrorMessage(result);
  mp_error *error =
      mp__error_new(MP_SERVER_ERROR, "%.*s", (int)trimmed_length(message), message);
  if (sqlstate != NULL) {
    mp__error_set_sqlstate(error, sqlstate);
    mp__error_set_retryable(error, is_retryable(sqlstate));
  }
  for (size_t i = 0; i < sizeof(server_fields) / sizeof(server_fields[0]); i++) {
    const char *text = PQresultErrorField(result, server_fields[i].code);
    if (text != NULL) mp__error_set(error, server_fields[i].field, text);
  }
  const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
  if (position != NULL) mp__error_set_position(error, atoi(position));
  if (query != NULL) mp__error_set(error, MP_FIELD_QUERY, query);
  return error;
}

/* In verbose messages the SQLSTATE stands as "FATAL:  28P01: ". */
static bool is_sqlstate_at(const char *colon) {
  const char *code = colon + 3;
  return strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && code[5] == ':';
}

/* Of several hosts the last one counts. */
static bool find_sqlstate(const char *message, char sqlstate[6]) {
  bool found = false;
  for (const char *at = strstr(message, ":  "); at != NULL; at = strstr(at + 1, ":  ")) {
    if (!is_sqlstate_at(at)) continue;
    memcpy(sqlstate, at + 3, 5);
    sqlstate[5] = '\0';
    found = true;
  }
  return found;
}

/* Append one line to `out` without its SQLSTATE; nothing of a line that names server
 * source, or (indented) guesses at the cause. */
static char *append_tidy(char *out, const char *line, size_t length) {
  if (length == 0 || line[0] == '\t' || strncmp(line, "LOCATION:", 9) == 0) return out;
  const char *colon = strstr(line, ":  ");
  if (colon != NULL && colon < line + length && is_sqlstate_at(colon)) {
    size_t head = (size_t)(colon - line) + 2;
    memmove(out, line, head);
    out += head;
    length -= head + 7;
    line = colon + 9;
  }
  memmove(out, line, length);
  return out + length;
}

/* One line for people, in place: the text only ever gets shorter. */
static void tidy_message(char *text) {
  char *out = text;
  for (const char *line = text; line != NULL;) {
    const char *end = strchr(line, '\n');
    char *start = out;
    out = append_tidy(out, line, end == NULL ? strlen(line) : (size_t)(end - line));
    if (out != start && end != NULL) *out++ = ' ';
    line = end == NULL ? NULL : end + 1;
  }
  while (out > text && out[-1] == ' ')
    out--;
  *out = '\0';
}

/* Whether libpq's words mean that something else listens there. */
static bool is_no_server(const char *message) {
  return strstr(message, "invalid response to SSL negotiation") != NULL ||
         strstr(message, "invalid response to GSSAPI negotiation") != NULL ||
         strstr(message, "expected authentication request from server") != NULL;
}

static int status_of_connect(const char *message, const char *sqlstate) {
  if (is_no_server(message)) return MP_CONNECT_FAILED;
  if (strncmp(sqlstate, "28", 2) == 0) return MP_AUTH_FAILED;
  if (strstr(message, "password") != NULL && sqlstate[0] == '\0') return MP_AUTH_FAILED;
  if (sqlstate[0] != '\0') return MP_CONNECT_FAILED;
  if (strstr(message, "SSL") != NULL || strstr(message, "certificate") != NULL) {
    return MP_TLS_FAILED;
  }
  return MP_CONNECT_FAILED;
}

/* What to do about the commonest refusals; the kind's own hint serves for the rest. */
static const struct {
  const char *sqlstate, *hint;
} refusal_hints[] = {
    {"3D000", "create the database, or correct its name in the URL"},
    {"28P01", "check user and password; a password may also stand in ~/.pgpass"},
    {"28000", "check the role's name, and what pg_hba.conf lets it do"},
    {"53300", "the server's connections are used up: lower pool.max, or raise its "
              "max_connections"},
    {"57P03", "the server is starting or stopping: try again in a moment"},
};

static void set_refusal_hint(mp_error *error, const char *sqlstate) {
  for (size_t i = 0; i < sizeof(refusal_hints) / sizeof(refusal_hints[0]); i++) {
    if (strcmp(refusal_hints[i].sqlstate, sqlstate) == 0) {
      mp__error_set(error, MP_FIELD_HINT, refusal_hints[i].hint);
    }
  }
}

static const char no_server[] =
    "what answers there does not speak the PostgreSQL protocol: ";

/* Classes of refusals that no repetition cures: a user, a password, a database, a role, a
 * right or a setting of the connection is wrong. */
static bool is_for_good(const char *sqlstate) {
  static const char *const classes[] = {"0A", "0L", "0P", "22", "28", "3D", "42"};
  for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
    if (strncmp(sqlstate, classes[i], 2) == 0) return true;
  }
  return false;
}

/* What refuses a password or a certificate will do so again. */
static bool may_be_repeated(const mp_error *error) {
  return mp_error_status(error) == MP_CONNECT_FAILED &&
         !is_for_good(mp_error_sqlstate(error));
}

mp_error *mp__error_from_connect(PGconn *pg, const char *name) {
  char sqlstate[6] = "";
  char text[1024];
  const char *message = pg == NULL ? "out of memory" : PQerrorMessage(pg);
  snprintf(text, sizeof(text), "%.*s", (int)trimmed_length(message), message);
  bool has_sqlstate = find_sqlstate(text, sqlstate);
  tidy_message(text);
  mp_error *error =
      mp__error_new(status_of_connect(text, sqlstate), "cannot connect to %s: %s%s", name,
                    is_no_server(text) ? no_server : "", text);
  if (is_no_server(text)) {
    mp__error_set(error, MP_FIELD_HINT,
                  "check host and port: another program listens there");
  }
  if (has_sqlstate) {
    mp__error_set_sqlstate(error, sqlstate);
    set_refusal_hint(error, sqlstate);
  }
  mp__error_set_retryable(error, may_be_repeated(error));
  return error;
}

mp_error *mp__error_from_loss(PGconn *pg, const mp_error *last_words) {
  if (last_words == NULL) {
    const char *message = PQerrorMessage(pg);
    size_t length = strcspn(message, "\n"); /* the rest of libpq's text guesses */
    if (length == 0) return mp__error_new(MP_CONNECTION_LOST, "the connection was lost");
    return mp__error_new(MP_CONNECTION_LOST, "the connection was lost: %.*s", (int)length,
                         message);
  }
  mp_error *error =
      mp__error_new(MP_CONNECTION_LOST, "the server ended the connection: %s",
                    mp_error_message(last_words));
  mp__error_set_sqlstate(error, mp_error_sqlstate(last_words));
  return error;
}
