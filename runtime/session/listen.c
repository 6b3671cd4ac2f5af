/* listen.c - hands a session's notifications to whoever listens, until its connection
 * ends. */
#include "session/session_impl.h"

static void on_notified(const char *channel, const char *payload, int pid, void *data) {
  const mp_session *session = data;
  session->listener.notified(channel, payload, pid, session->listener.data);
}

/* Nothing is told from here on. */
static void tell_end(mp_session *session, const mp_error *error) {
  mp_ended_cb ended = session->listener.ended;
  if (session->listener.notified == NULL) return;
  session->listener.notified = NULL;
  mp__conn_listen(session->conn, NULL);
  ended(error, session->listener.data);
}

static void on_lost(const mp_error *error, void *data) {
  tell_end(data, error);
}

void mp_session_listen(mp_session *session, mp_notification_cb notified,
                       mp_ended_cb ended, void *data) {
  mp__conn_listener listener = {on_notified, on_lost, session};
  session->listener.notified = notified;
  session->listener.ended = ended;
  session->listener.data = data;
  mp__conn_listen(session->conn, notified == NULL ? NULL : &listener);
}

void mp__session_end_listening(mp_session *session) {
  tell_end(session, NULL);
}

void mp_session_break(mp_session *session, const char *reason) {
  mp__conn_break(session->conn, reason);
}
