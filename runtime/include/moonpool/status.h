/* moonpool/status.h - the single list of failure kinds: enum, names, and Lua's `kind`
 * strings. */
#ifndef MOONPOOL_STATUS_H
#define MOONPOOL_STATUS_H

#include <moonpool/export.h>

MP_BEGIN_C

/* XX(NAME, number, kind). MP_SERVER_ERROR is an error the server reported: its kind is
 * the SQLSTATE's condition name, "server_error" where there is none. */
#define MP_STATUS_MAP(XX)                                                                \
  XX(SERVER_ERROR, -1, "server_error")                                                   \
  XX(CONNECT_FAILED, -2, "connect_failed")                                               \
  XX(AUTH_FAILED, -3, "auth_failed")                                                     \
  XX(TLS_FAILED, -4, "tls_failed")                                                       \
  XX(CONNECT_TIMEOUT, -5, "connect_timeout")                                             \
  XX(ACQUIRE_TIMEOUT, -6, "acquire_timeout")                                             \
  XX(QUEUE_FULL, -7, "queue_full")                                                       \
  XX(TIMEOUT, -8, "timeout")                                                             \
  XX(CANCELLED, -9, "cancelled")                                                         \
  XX(CONNECTION_LOST, -10, "connection_lost")                                            \
  XX(OUTCOME_UNKNOWN, -11, "outcome_unknown")                                            \
  XX(COMMIT_UNKNOWN, -12, "commit_unknown")                                              \
  XX(TX_LOST, -13, "tx_lost")                                                            \
  XX(TX_ROLLED_BACK, -14, "tx_rolled_back")                                              \
  XX(NOT_FOUND, -15, "not_found")                                                        \
  XX(MULTIPLE_ROWS, -16, "multiple_rows")                                                \
  XX(NOT_LOADED, -17, "not_loaded")                                                      \
  XX(STALE_OBJECT, -18, "stale_object")                                                  \
  XX(INVALID, -19, "invalid")                                                            \
  XX(ENCODE, -20, "encode")                                                              \
  XX(DECODE, -21, "decode")                                                              \
  XX(BAD_ARGUMENT, -22, "bad_argument")                                                  \
  XX(BAD_CONFIG, -23, "bad_config")                                                      \
  XX(UNSUPPORTED_BEHIND_POOLER, -24, "unsupported_behind_pooler")                        \
  XX(SHUTTING_DOWN, -25, "shutting_down")                                                \
  XX(WRONG_THREAD, -26, "wrong_thread")                                                  \
  XX(WRONG_PROCESS, -27, "wrong_process")                                                \
  XX(OUT_OF_MEMORY, -28, "out_of_memory")                                                \
  XX(MIGRATION, -29, "migration")                                                        \
  XX(SYSTEM_ERROR, -30, "system_error")

typedef enum mp_status {
  MP_OK = 0,
#define XX(name, number, kind) MP_##name = (number),
  MP_STATUS_MAP(XX)
#undef XX
} mp_status;

/* The kind's name ("connect_failed"); "ok" for MP_OK, NULL for a number that is no
 * status. */
MP_EXTERN const char *mp_status_name(int status);

MP_END_C

#endif
