/* request_command.c - one text without parameters, or two, unprepared, with one sync. */
#include "pg/conn_impl.h"

static bool send_command(mp__conn *conn, mp__request *request) {
  if (!mp__send_text(conn, request->text, request->format)) return false;
  if (request->second != NULL && !mp__send_text(conn, request->second, 0)) return false;
  return mp__send_sync(conn);
}

const mp__request_kind mp__request_command = {.send = send_command,
                                              .take = mp__request_add_result};
