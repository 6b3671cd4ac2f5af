/* conn.h - one connection to a server: requests in a queue, sent in libpq's pipeline
 * mode. */
#ifndef MP_PG_CONN_H
#define MP_PG_CONN_H

#include "base/list.h"
#include "loop/loop.h"
#include "pg/config.h"
#include "pg/statement.h"

#include <moonpool/error.h>
#include <moonpool/result.h>

typedef struct mp__conn mp__conn;
typedef struct mp__request mp__request;

/* All run from the loop's top, never inside a call of this header. */
typedef struct mp__conn_events {
  /* Once. With an error the connection is gone; its owner still closes it. */
  void (*opened)(mp__conn *conn, const mp_error *error, void *data);
  /* Once, when an opened connection is gone without mp__conn_close. Its requests have
   * been completed before. Its owner still closes it. */
  void (*lost)(mp__conn *conn, const mp_error *error, void *data);
  /* Each time nothing is queued, under way or being cancelled any more. */
  void (*quiet)(mp__conn *conn, void *data);
} mp__conn_events;

/* For whoever holds a connection: what arrives unasked. From the loop's top. */
typedef struct mp__conn_listener {
  void (*notified)(const char *channel, const char *payload, int pid, void *data);
  /* Before its `lost` event. */
  void (*lost)(const mp_error *error, void *data);
  void *data;
} mp__conn_listener;

typedef enum mp__transaction {
  MP__TRANSACTION_IDLE,
  MP__TRANSACTION_ACTIVE,
  MP__TRANSACTION_OPEN,
  MP__TRANSACTION_FAILED,
  MP__TRANSACTION_UNKNOWN /* the connection is gone */
} mp__transaction;

/* How a request is sent and what its results mean; one row for each request_*.c. */
typedef struct mp__request_kind mp__request_kind;
/* `statement` once per entry of `params`, atomically, with one sync. */
extern const mp__request_kind mp__request_execute;
/* Fills in the statement's description. */
extern const mp__request_kind mp__request_describe;
/* `text`, one statement without parameters. */
extern const mp__request_kind mp__request_command;
/* `text`, which ends a transaction; where `asked`, the first result is one row with the
 * transaction's id, or NULL where it has written nothing. */
extern const mp__request_kind mp__request_end;
/* `text`, any number of statements, by the simple protocol. */
extern const mp__request_kind mp__request_script;
/* bulk.h: these hand over to `bulk` what comes. */
extern const mp__request_kind mp__request_stream;
extern const mp__request_kind mp__request_copy_in;
extern const mp__request_kind mp__request_copy_out;
/* The columns of a statement that is on no server: asked anew. */
extern const mp__request_kind mp__request_columns;

/* The executions of `group` one behind the other, with one sync. */
extern const mp__request_kind mp__request_group;
/* Fills in the descriptions that the statements of `group` lack. */
extern const mp__request_kind mp__request_describe_group;

/* Exactly once, when the server's ReadyForQuery confirmed it, or with an error. Success:
 * `result` is yours (NULL for a description and a script). A request whose connection is
 * lost gets MP_CONNECTION_LOST with the SQLSTATE of the server's last words, if any;
 * `request->sent` tells whether it had gone out. */
typedef void (*mp__request_cb)(mp__request *request, mp_result *result,
                               const mp_error *error);

/* Embedded in its owner, who keeps it and all that it points to until it has completed.
 */
struct mp__request {
  const mp__request_kind *kind;
  mp_statement *statement;
  const char *text;
  const char *second; /* of a command: goes right behind `text`, with the same sync */
  mp_params *const *params; /* NULL: one execution without parameters */
  size_t param_sets;        /* entries in `params` */
  struct mp_group *group;
  const struct mp__bulk *bulk; /* of a stream or a COPY; NULL: what comes is dropped */
  mp__request_cb completed;
  void *data;
  int format;      /* of a command's rows: 1 for binary */
  bool shares;     /* a plain read: others of its kind may be under way beside it */
  bool groups;     /* one sync will do for it and for those that are sent with it: on a
                      read-only connection, where it may run twice */
  bool is_left;    /* nobody waits for it any more: it need not run twice */
  bool goes_first; /* ahead of what is queued: it cleans up after one before that */

  /* Written by the connection alone, but for `is_ours`. */
  mp__link link;
  /* mp__clock_us; 0: not known. Answered: when its answer began; over: when that ended.
   */
  uint64_t sent_us, answered_us, over_us;
  uint64_t id;                /* its statement's, when it was sent */
  uint64_t began_ms, took_ms; /* first of those under way; and until it was complete */
  size_t commands;            /* of a grouped one, still to be answered */
  size_t preludes; /* commands in front of the executions: their results are not the
                      user's */
  mp_result *first, *last; /* what has come; behind a failure until `completed` returns */
  mp_error *error;
  bool sent;
  bool asked;       /* by mp__request_end for the transaction's id */
  bool exposed;     /* a cancel that was meant for another may have hit it */
  bool is_unwanted; /* a cancel was meant for it, and is repeated until it ends */
  bool is_stale;    /* refused because what was prepared no longer fits */
  bool is_answered; /* the first of `commands`, in part */
  bool is_ours;     /* bookkeeping that no caller sees */
};

/* Begin to connect. MP_OUT_OF_MEMORY is the only failure of the call itself; the
 * configuration must outlive the connection. */
MP_MUST_CHECK int mp__conn_open(mp_loop *loop, const mp__config *config,
                                const mp__conn_events *events, void *data,
                                mp__conn **out);
/* For its owner, once, in any state: what is queued or under way completes soon with
 * MP_CONNECTION_LOST and `reason`; no event follows. */
void mp__conn_close(mp__conn *conn, const char *reason);

/* End an open connection as if the server had: its requests fail, `lost` follows. For the
 * loop's top. */
void mp__conn_break(mp__conn *conn, const char *reason);

/* Replaces the one before; NULL: notifications are thrown away again. */
void mp__conn_listen(mp__conn *conn, const mp__conn_listener *listener);

/* Queue a request. On a connection that is gone it completes soon with
 * MP_CONNECTION_LOST. */
void mp__conn_submit(mp__conn *conn, mp__request *request);
/* Take back a request that was not sent: true, and it will not complete. */
bool mp__conn_withdraw(mp__conn *conn, mp__request *request);
/* Ask the server to cancel what is under way: any of it may be hit, and is marked as
 * exposed. Meant is the first of a user's, and until that has ended the server is asked
 * again and again. Nothing further is sent until the cancel is over and what was exposed
 * is answered. */
void mp__conn_cancel(mp__conn *conn);
/* It is what the server is busy with, as far as anyone can tell from here. */
bool mp__conn_is_first(const mp__conn *conn, const mp__request *request);

bool mp__conn_is_open(const mp__conn *conn);
/* Why it was lost; NULL when it was not, or nobody knows. */
const mp_error *mp__conn_loss(const mp__conn *conn);
/* Nothing queued, under way or being cancelled. */
bool mp__conn_is_quiet(const mp__conn *conn);
/* True when the idle socket has nothing to read, not even an end: no round trip. */
bool mp__conn_is_fresh(const mp__conn *conn);
/* Over a Unix socket, between which and the server nothing can be lost. */
bool mp__conn_is_local(const mp__conn *conn);
mp__transaction mp__conn_transaction(const mp__conn *conn);
int mp__conn_backend_pid(const mp__conn *conn);
/* The kernel's measure of a round trip when it was opened; 0 on a Unix socket. */
uint32_t mp__conn_round_trip_us(const mp__conn *conn);
/* Have the server's node told, once per connection, in front of what is submitted next
 * and without a round trip of its own (node.c). */
void mp__conn_learn_node(mp__conn *conn);
/* Cluster and timeline, "7123456789012345678/00000001"; NULL while nobody knows. */
const char *mp__conn_node(const mp__conn *conn);
const char *mp__conn_parameter(const mp__conn *conn, const char *name);

/* The server no longer knows (or must no longer use) the statement of this id under its
 * name. */
void mp__conn_forget(mp__conn *conn, uint64_t id);
/* After DISCARD ALL. */
void mp__conn_forget_all(mp__conn *conn);

#endif
