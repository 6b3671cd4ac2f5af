/* moonpool/engine.h - one database: its connection settings, pool and statement cache.
 *
 * Every statement of an engine leases a connection for as long as it runs, except for
 * plain reads that are known to be fast: once the pool has grown to its maximum they
 * share connections, each with a sync of its own. Durations are milliseconds, 0 switches
 * a bound off. */
#ifndef MOONPOOL_ENGINE_H
#define MOONPOOL_ENGINE_H

#include <moonpool/error.h>
#include <moonpool/loop.h>
#include <moonpool/operation.h>
#include <moonpool/params.h>
#include <moonpool/password.h>
#include <moonpool/pool.h>
#include <moonpool/result.h>
#include <moonpool/setting.h>
#include <moonpool/statement.h>
#include <moonpool/type.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_engine mp_engine;

/* What stands between here and the server. */
typedef enum mp_pooler {
  MP_POOLER_AUTO, /* PgBouncer is recognised when connecting */
  MP_POOLER_NONE,
  MP_POOLER_TRANSACTION /* another server session may serve each transaction */
} mp_pooler;

typedef struct mp_engine_options {
  size_t size; /* set by MP_ENGINE_OPTIONS_INIT; lets the struct grow */
  const char *
      url; /* URL or keywords as libpq takes them; NULL or "": PG* and libpq's defaults */
  mp_pool_options pool;
  uint64_t connect_timeout_ms; /* DNS, TCP, TLS and authentication, over all hosts */
  const mp_setting *settings;  /* for each new connection */
  size_t setting_count;
  const char *application_name;
  const char *password;               /* NULL: the URL's, or what libpq finds */
  mp_password_source password_source; /* asked instead, where it can be */
  bool read_only; /* its sessions refuse writes; statements that do not read are refused
                     before they are sent */
  bool unnamed_statements; /* prepare = "unnamed": nothing stays prepared on a server */
  bool named_statements;   /* prepare = "named": behind a pooler, too */
  mp_pooler pooler;
  size_t
      statement_cache_size; /* texts known to the engine, and prepared per connection */
  /* Once for each type of a snapshot: what to keep with it (mp_type_codec), and in
   * *is_binary whether its values can be read in binary; NULL leaves the type to its
   * parts. NULL instead of a function: every result arrives as text. */
  const void *(*type_codec)(const mp_type *type, bool *is_binary, void *data);
  void *type_codec_data;
  /* On whose behalf a call is made: a number that is never reused, 0 for nobody. By it
   * the pool finds tasks that wait for each other's connections. NULL: nobody. */
  uint64_t (*current_task)(void *data);
  void *current_task_data;
} mp_engine_options;
#define MP_ENGINE_OPTIONS_INIT                                                           \
  {                                                                                      \
    .size = sizeof(mp_engine_options), .pool = MP_POOL_OPTIONS_INIT,                     \
    .connect_timeout_ms = 10000, .statement_cache_size = 256                             \
  }

/* Success: `result` is yours to free, `error` is NULL. Failure: `result` is NULL and
 * `error` lives until the callback returns. */
typedef void (*mp_result_cb)(mp_result *result, const mp_error *error, void *data);
/* Success: `statement` is described, and borrowed. */
typedef void (*mp_describe_cb)(mp_statement *statement, const mp_error *error,
                               void *data);
typedef void (*mp_done_cb)(const mp_error *error, void *data);

/* Nothing is connected yet unless pool.min asks for it. On failure *error (free it) tells
 * what is wrong with the options: MP_BAD_CONFIG, or MP_OUT_OF_MEMORY. */
MP_EXTERN MP_MUST_CHECK int mp_engine_open(mp_loop *loop,
                                           const mp_engine_options *options,
                                           mp_engine **out, mp_error **error);
/* Refuse new work, let running work end for `drain_ms`, cancel the rest, close every
 * connection; then run `cb`. The engine is gone when `cb` runs. */
MP_EXTERN void mp_engine_close(mp_engine *engine, uint64_t drain_ms, mp_loop_cb cb,
                               void *data);
/* Change pool, URL, password and settings while it is used: new connections are opened by
 * `options`, and when any of those but the pool's has changed, the open ones are replaced
 * as they come back. On failure *error tells why, and nothing has changed. */
MP_EXTERN MP_MUST_CHECK int mp_engine_reconfigure(mp_engine *engine,
                                                  const mp_engine_options *options,
                                                  mp_error **error);
MP_EXTERN mp_pool *mp_engine_pool(mp_engine *engine);
/* "app@db-1:5432/app", never a password; lives as long as the engine. */
MP_EXTERN const char *mp_engine_name(const mp_engine *engine);

/* What a server says unasked (NOTICE, WARNING, ...): severity, SQLSTATE, message, detail,
 * hint and the statement's text are read from `notice` as from an error, which it is not;
 * it is borrowed. At most 1,000 at once are kept of one connection; how many were left
 * out is told by a last one. */
typedef void (*mp_notice_cb)(const mp_error *notice, void *data);
/* Replaces whoever was told before; NULL: nobody. */
MP_EXTERN void mp_engine_on_notice(mp_engine *engine, mp_notice_cb cb, void *data);

/* The cache's entry for a text, made when it is new. No I/O. Release it. A text that
 * holds NUL or is not a statement gives MP_BAD_ARGUMENT and *error. */
MP_EXTERN MP_MUST_CHECK int mp_engine_statement(mp_engine *engine, const char *sql,
                                                size_t length, mp_statement **out,
                                                mp_error **error);
/* The host's codecs have changed: every text is described anew. MP_OUT_OF_MEMORY leaves
 * all as it was. */
MP_EXTERN MP_MUST_CHECK int mp_engine_renew_types(mp_engine *engine);

/* Behind a pooler, as it was told or has found out. */
MP_EXTERN bool mp_engine_is_pooled(const mp_engine *engine);
/* NULL, or why a statement must not run behind a pooler: it would leave something on a
 * session that others use next. Free it. */
MP_EXTERN mp_error *mp_engine_refuse_pooled(const mp_engine *engine,
                                            const mp_statement *statement,
                                            bool in_transaction);
MP_EXTERN bool mp_engine_is_read_only(const mp_engine *engine);
/* NULL, or why an engine that only reads must not run it. Free it. */
MP_EXTERN mp_error *mp_engine_refuse_write(const mp_engine *engine,
                                           const mp_statement *statement);
/* NULL, or why the engine must not run this statement (it would change the connection, or
 * needs another protocol), naming the call to use instead. Free it. */
MP_EXTERN mp_error *mp_engine_refuse(const mp_statement *statement);

/* Learn the types of a statement; concurrent calls for one text share one round trip. */
MP_EXTERN mp_operation *mp_engine_describe(mp_engine *engine, mp_statement *statement,
                                           mp_describe_cb cb, void *data);
/* Run a described statement. Takes over `params` (NULL: none). */
MP_EXTERN mp_operation *mp_engine_execute(mp_engine *engine, mp_statement *statement,
                                          mp_params *params, mp_result_cb cb, void *data);
/* The same on a connection that no other statement runs on meanwhile: for a caller who
 * holds what others may wait for. */
MP_EXTERN mp_operation *mp_engine_execute_alone(mp_engine *engine,
                                                mp_statement *statement,
                                                mp_params *params, mp_result_cb cb,
                                                void *data);
/* Run it once for each of `count` params in one round trip, atomically: the first failure
 * undoes all. Takes over the params and the array. */
MP_EXTERN mp_operation *mp_engine_execute_many(mp_engine *engine, mp_statement *statement,
                                               mp_params **params, size_t count,
                                               mp_result_cb cb, void *data);
/* Several statements in one text, without parameters, on a connection of its own. */
MP_EXTERN mp_operation *mp_engine_script(mp_engine *engine, const char *sql,
                                         size_t length, mp_done_cb cb, void *data);

MP_END_C

#endif
