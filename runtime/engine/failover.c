/* failover.c - a write refused by a server that turned out to be a standby: look for the
 * primary anew. */
#include "engine/engine.h"

#include <string.h>

static bool is_on(const mp__conn *conn, const char *parameter) {
  const char *value = mp__conn_parameter(conn, parameter);
  return value != NULL && strcmp(value, "on") == 0;
}

/* A transaction that its user made read only refuses writes, too, and says nothing about
 * the server. */
static bool is_wrong_server(const mp_engine *engine, const mp__conn *conn) {
  if (is_on(conn, "in_hot_standby")) return true;
  return mp__config_wants_read_write(engine->config) &&
         is_on(conn, "default_transaction_read_only");
}

void mp__failover_note(mp_engine *engine, const mp__conn *conn, const mp_error *error) {
  if (error == NULL || conn == NULL || engine->read_only) return;
  if (strcmp(mp_error_sqlstate(error), "25006") != 0) return;
  if (!mp__config_wants_read_write(engine->config) &&
      !mp__config_has_choice(engine->config)) {
    return;
  }
  if (!is_wrong_server(engine, conn)) return;
  mp__config_want_read_write(engine->config);
  mp__pool_invalidate(engine->pool);
}
