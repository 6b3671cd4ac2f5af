/* password.c - asks for a connection's password when it is opened, and keeps it no longer
 * than that takes. */
#include "base/alloc.h"
#include "base/error.h"
#include "pg/conn_impl.h"

#include <string.h>

struct mp_password {
  mp__conn *conn; /* NULL: nobody waits any more */
  mp_password_source source;
  void *data;
};

/* Through a volatile pointer: the compiler must not leave out what nobody reads. */
static void wipe(char *text) {
  if (text == NULL) return;
  for (volatile char *at = text; *at != '\0'; at++)
    *at = '\0';
}

void mp__password_forget(mp__conn *conn) {
  wipe(conn->password);
  mp__free(conn->password);
  conn->password = NULL;
}

/* libpq has a copy of its own, for a PQreset that we never ask for. */
void mp__password_settle(mp__conn *conn) {
  if (conn->password == NULL) return;
  wipe(PQpass(conn->pg));
  mp__password_forget(conn);
}

bool mp__password_ask(mp__conn *conn) {
  const mp_password_source *source = mp__config_password_source(conn->config);
  if (source->ask == NULL) return false;
  mp_password *asked = mp__alloc_zero(sizeof(*asked));
  if (asked == NULL) {
    mp__conn_fail(conn, mp__error_oom());
    return true;
  }
  asked->conn = conn;
  asked->source = *source;
  conn->asked_password = asked;
  source->ask(asked, source->data);
  return true;
}

void mp__password_cancel(mp__conn *conn) {
  mp_password *asked = conn->asked_password;
  if (asked == NULL) return;
  conn->asked_password = NULL;
  asked->conn = NULL;
  asked->source.cancel(asked, asked->source.data);
}

void mp_password_set_data(mp_password *password, void *data) {
  password->data = data;
}

void *mp_password_data(const mp_password *password) {
  return password->data;
}

static void refuse(mp__conn *conn, const char *failure) {
  mp_error *error = mp__error_new(MP_CONNECT_FAILED,
                                  "no password for %s: the function that gives it %s",
                                  mp__config_name(conn->config), failure);
  mp__error_set(error, MP_FIELD_HINT,
                "mend the function given as the option password: it returns a string");
  mp__conn_fail(conn, error);
}

void mp_password_give(mp_password *password, const char *text, const char *failure) {
  mp__conn *conn = password->conn;
  mp__free(password);
  if (conn == NULL) return;
  mp__conn_retain(conn);
  conn->asked_password = NULL;
  conn->password = text == NULL ? NULL : mp__strdup(text);
  if (text == NULL) {
    refuse(conn, failure == NULL ? "gave none" : failure);
  } else if (conn->password == NULL) {
    mp__conn_fail(conn, mp__error_oom());
  } else {
    mp__conn_resolve(conn);
  }
  mp__conn_drop(conn);
}
