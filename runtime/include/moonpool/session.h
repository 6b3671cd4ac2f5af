/* moonpool/session.h - a leased connection and the transactions nested on it.
 *
 * Calls on one session run in the order they were made. */
#ifndef MOONPOOL_SESSION_H
#define MOONPOOL_SESSION_H

#include <moonpool/engine.h>

MP_BEGIN_C

typedef struct mp_session mp_session;

typedef enum mp_isolation {
  MP_ISOLATION_DEFAULT,
  MP_ISOLATION_READ_COMMITTED,
  MP_ISOLATION_REPEATABLE_READ,
  MP_ISOLATION_SERIALIZABLE
} mp_isolation;

/* What is left at its default follows the connection's default_transaction_* settings.
 * `true` of C switches on. */
typedef enum mp_toggle { MP_TOGGLE_DEFAULT, MP_TOGGLE_ON, MP_TOGGLE_OFF } mp_toggle;

typedef struct mp_transaction_options {
  size_t size; /* set by MP_TRANSACTION_OPTIONS_INIT; lets the struct grow */
  mp_isolation isolation;
  mp_toggle read_only;
  mp_toggle deferrable;
  const char *label; /* where it begins, "file:line", for errors and logs; copied */
} mp_transaction_options;
#define MP_TRANSACTION_OPTIONS_INIT                                                      \
  { .size = sizeof(mp_transaction_options) }

typedef struct mp_session_options {
  size_t size; /* set by MP_SESSION_OPTIONS_INIT; lets the struct grow */
  /* Who holds it, for errors, reports of leaks and mp_pool_leases; copied, may be NULL.
   */
  const char *label;
  const char *where; /* "file:line" */
  const char *traceback;
} mp_session_options;
#define MP_SESSION_OPTIONS_INIT                                                          \
  { .size = sizeof(mp_session_options) }

/* Success: `session` is yours to close. */
typedef void (*mp_session_cb)(mp_session *session, const mp_error *error, void *data);

/* `error` is borrowed. */
typedef void (*mp_session_lost_cb)(mp_session *session, const mp_error *error,
                                   void *data);

MP_EXTERN mp_operation *mp_session_open(mp_engine *engine,
                                        const mp_session_options *options,
                                        mp_session_cb cb, void *data);
/* Give the connection back, at once for the caller: what is under way is cancelled, an
 * open transaction is rolled back before anyone else gets the connection. Outstanding
 * callbacks run first, with MP_CANCELLED. */
MP_EXTERN void mp_session_close(mp_session *session);

/* As their engine counterparts, on this session's connection. A session may run
 * statements that change the connection; COPY and transaction control by text are still
 * refused. */
MP_EXTERN MP_MUST_CHECK int mp_session_statement(mp_session *session, const char *sql,
                                                 size_t length, mp_statement **out,
                                                 mp_error **error);
MP_EXTERN mp_error *mp_session_refuse(const mp_session *session,
                                      const mp_statement *statement);
MP_EXTERN mp_operation *mp_session_describe(mp_session *session, mp_statement *statement,
                                            mp_describe_cb cb, void *data);
MP_EXTERN mp_operation *mp_session_execute(mp_session *session, mp_statement *statement,
                                           mp_params *params, mp_result_cb cb,
                                           void *data);
MP_EXTERN mp_operation *mp_session_execute_many(mp_session *session,
                                                mp_statement *statement,
                                                mp_params **params, size_t count,
                                                mp_result_cb cb, void *data);
MP_EXTERN mp_operation *mp_session_script(mp_session *session, const char *sql,
                                          size_t length, mp_done_cb cb, void *data);

/* Notifications of the channels that this session listens to; `ended` runs once: with why
 * the connection was lost, or with NULL when the session is closed. The strings are
 * borrowed. */
typedef void (*mp_notification_cb)(const char *channel, const char *payload, int pid,
                                   void *data);
typedef void (*mp_ended_cb)(const mp_error *error, void *data);
/* Replaces whoever listened before, whose `ended` does not run; NULLs: nobody listens. */
MP_EXTERN void mp_session_listen(mp_session *session, mp_notification_cb notified,
                                 mp_ended_cb ended, void *data);
/* End its connection at once, as if the server had: for one that gives no sign of life.
 */
MP_EXTERN void mp_session_break(mp_session *session, const char *reason);

/* BEGIN at depth 0, else a SAVEPOINT (options must then be NULL or plain). */
MP_EXTERN mp_operation *mp_session_begin(mp_session *session,
                                         const mp_transaction_options *options,
                                         mp_done_cb cb, void *data);
/* COMMIT, or RELEASE of the innermost savepoint. Errors: MP_TX_ROLLED_BACK (with the
 * first error that failed the transaction as detail), the server's, or for a lost
 * connection: MP_COMMIT_UNKNOWN with MP_FIELD_XID and MP_FIELD_NODE where they are known
 * (pg_xact_status on that node tells the outcome), MP_CONNECTION_LOST where nothing is in
 * doubt, as the message says. */
MP_EXTERN mp_operation *mp_session_commit(mp_session *session, mp_done_cb cb, void *data);
/* PREPARE TRANSACTION at depth 1: ends the transaction here, to be committed or rolled
 * back by `gid` (1 to 199 bytes) on any connection to its database. Errors as for
 * mp_session_commit; MP_COMMIT_UNKNOWN: see whether pg_prepared_xacts has the gid. */
MP_EXTERN mp_operation *mp_session_prepare(mp_session *session, const char *gid,
                                           size_t length, mp_done_cb cb, void *data);
/* ROLLBACK, or ROLLBACK TO and RELEASE of the innermost savepoint. On a lost connection
 * it succeeds: the server has rolled back. */
MP_EXTERN mp_operation *mp_session_rollback(mp_session *session, mp_done_cb cb,
                                            void *data);
/* Open transactions: 0 outside, 1 in one, 2 and more in savepoints. */
MP_EXTERN uint32_t mp_session_depth(const mp_session *session);
/* A COMMIT was asked for and has not been answered: what is sent now runs behind it. */
MP_EXTERN bool mp_session_is_committing(const mp_session *session);
/* Run `cb` when the connection of an open transaction is lost while no call is under way:
 * from the loop's top, with the MP_TX_LOST that the next call will fail with, which may
 * never come. At most once for each transaction; NULL: no more. */
MP_EXTERN void mp_session_on_lost(mp_session *session, mp_session_lost_cb cb, void *data);
/* Run `cb(data)` when the session, which is a hook's (moonpool/hook.h), is about to be
 * closed by the engine: it must not be used from then on. NULL: nobody is told. */
MP_EXTERN void mp_session_on_taken(mp_session *session, mp_loop_cb cb, void *data);
/* False once the connection is lost: every further call fails, in a transaction with
 * MP_TX_LOST. */
MP_EXTERN bool mp_session_is_alive(const mp_session *session);

MP_END_C

#endif
