/* conn_impl.h - the body of a connection, shared by the files of this folder alone. */
#ifndef MP_PG_CONN_IMPL_H
#define MP_PG_CONN_IMPL_H

#include "base/buffer.h"
#include "base/map.h"
#include "loop/poll.h"
#include "loop/resolve.h"
#include "loop/timer.h"
#include "pg/conn.h"

#include <libpq-fe.h>

typedef enum conn_state {
  CONN_RESOLVING,  /* host names are being looked up; no PGconn yet */
  CONN_CONNECTING, /* PQconnectPoll has the socket */
  CONN_OPEN,       /* in pipeline mode, or running a script */
  CONN_LOST,       /* failed; the owner has been or is about to be told */
  CONN_CLOSED      /* the owner let go; freed with the last reference */
} conn_state;

typedef struct conn_target conn_target;
typedef struct cancel_job cancel_job;
struct key_trace;

typedef enum conn_copy { COPY_NONE, COPY_TO_SERVER, COPY_FROM_SERVER } conn_copy;

struct mp__request_kind {
  /* Hand it to libpq; false when that refused, and then the connection must fail. */
  bool (*send)(mp__conn *conn, mp__request *request);
  /* Take over one result that is no error, no sync and no answer to a prelude. */
  void (*take)(mp__request *request, PGresult *pg);
  /* Take over an error's result. NULL: it is the request's, of its one statement. */
  void (*fail)(mp__conn *conn, mp__request *request, PGresult *pg);
  /* The server has begun the COPY that was sent; NULL: none was meant. */
  void (*begin_copy)(mp__conn *conn, mp__request *request, conn_copy direction);
  /* Needs a protocol that pipeline mode has not: nothing else is under way meanwhile. */
  bool leaves_pipeline;
  bool by_row; /* each row as soon as it has come */
};

/* libpq tries several hosts by lists in step; each address of a name becomes one entry.
 */
struct conn_target {
  const char *hosts, *addresses, *ports; /* what is left of the configuration's lists */
  mp__buffer host_list, address_list, port_list;
  size_t entries;
  mp__resolve *resolve;
  char host[256], port[16]; /* the entry being looked up */
  char reason[256];         /* why the last look-up that failed did */
};

struct mp__conn {
  mp_loop *loop;
  const mp__config *config;
  mp__conn_events events;
  void *data;
  mp__conn_listener listener; /* zeroed: nobody listens */
  conn_state state;
  uint32_t references; /* the owner, and each call that may end in its closing it */

  PGconn *pg;
  mp__poll *poll;
  mp__timer deadline; /* while connecting */
  mp__timer turn;     /* of the host that libpq tries, where there are several */
  size_t turn_entry;
  uint64_t turn_left_ms;
  conn_target *target;

  /* Invariant: requests in `sent` are in the order of their answers; only the first
   * receives. */
  mp__link queued, sent;
  mp__link held;      /* of a group, answered, until its sync has come */
  bool group_is_open; /* sent without a sync so far */
  bool group_failed;
  bool has_options;   /* its settings went along when it connected */
  bool left_pipeline; /* for the request at the head of `sent` */
  conn_copy copy;     /* what it is in the middle of */
  bool paused;        /* nothing is read until its owner has taken what came */
  bool has_unread;    /* libpq may hold what has not been taken in */
  bool has_more;      /* more has come in the pause: its socket need not be watched */
  bool needs_flush;   /* libpq holds bytes the socket did not take */
  bool was_quiet;     /* `quiet` was reported and nothing was submitted since */
  bool holds;         /* the loop, so that it goes on */
  struct key_trace *key_trace; /* while it connects */
  uint32_t cancel_key;
  bool has_cancel_key;
  cancel_job *cancel; /* under way: nothing is sent meanwhile */
  /* The pause before the next one, while what is unwanted goes on. */
  mp__timer cancel_again;
  uint64_t cancel_pause_ms;
  uint32_t round_trip_us;
  uint64_t read_us;            /* mp__clock_us: when it last looked what has come */
  mp_password *asked_password; /* not given yet */
  char *password;              /* that was given, while it connects */
  mp__deferred start; /* connecting, so that `opened` never comes inside mp__conn_open */
  mp__deferred pump;  /* sends, completes the requests of a dead connection, reports */
  mp_error *last_words;       /* why it was lost */
  struct node_question *node; /* asked, or answered (node.c) */
  mp__link notices;           /* not reported yet (notice.c) */
  size_t notice_count, notices_dropped;

  mp__map *prepared;       /* id -> prepared entry */
  mp__link prepared_order; /* least recently used first */
};

/* conn.c */
void mp__conn_retain(mp__conn *conn);
void mp__conn_drop(mp__conn *conn);
/* The one way an open or opening connection ends; `error` is taken over. */
void mp__conn_fail(mp__conn *conn, mp_error *error);
void mp__conn_set_state(mp__conn *conn, conn_state next);
void mp__conn_complete(mp__request *request);
/* How long it had the server to itself; the next one has it from now on. */
void mp__conn_measure(mp__conn *conn, mp__request *request);
void mp__conn_hold(mp__conn *conn, bool holds);

/* io.c */
void mp__conn_pump(mp__conn *conn);
void mp__conn_on_socket(void *data, int events);

/* notice.c */
/* Runs on libpq's stack. */
void mp__conn_on_notice(void *data, const PGresult *notice);
/* Tell what has come since; from the loop's top. */
void mp__conn_report_notices(mp__conn *conn);
void mp__conn_clear_notices(mp__conn *conn);

/* connect.c */
void mp__conn_connect(mp__conn *conn);
/* It has what it needs: look the hosts up, and connect. */
void mp__conn_resolve(mp__conn *conn);
void mp__conn_target_free(conn_target *target);
/* Begin again with what is left of conn->target. */
void mp__conn_try_again(mp__conn *conn);

/* password.c */
/* False where the configuration has it; else mp__conn_resolve follows, or its end. */
MP_MUST_CHECK bool mp__password_ask(mp__conn *conn);
void mp__password_cancel(mp__conn *conn);
/* It is open: nobody needs the password any more. */
void mp__password_settle(mp__conn *conn);
void mp__password_forget(mp__conn *conn);

/* connect_turn.c */
void mp__turn_begin(mp__conn *conn);

/* node.c */
void mp__node_forget(mp__conn *conn);

/* cancel_key.c */
/* To a connection that begins, until mp__cancel_key_settle. */
void mp__cancel_key_listen(mp__conn *conn);
/* It is open, or about to be finished. */
void mp__cancel_key_settle(mp__conn *conn);

/* cancel.c */
/* The timer's call: ask again while what is unwanted goes on. */
void mp__cancel_again(void *data);
/* Ask no more. */
void mp__cancel_forget(mp__conn *conn);

/* send.c: what kinds of requests are sent by; each gives false when libpq refused. */
MP_MUST_CHECK bool mp__send_sync(mp__conn *conn);
/* An unprepared statement without parameters, one more of the pipeline. `format` is its
 * rows'. */
MP_MUST_CHECK bool mp__send_text(mp__conn *conn, const char *text, int format);
/* Whether the server knows the question for a transaction's id. */
bool mp__send_knows_xid(const mp__conn *conn);
/* The question, ahead of what ends the transaction: one row, NULL where nothing was
 * written. The server answers it before it runs what follows (Flush), so that who loses
 * the connection meanwhile still knows which transaction to ask about. */
MP_MUST_CHECK bool mp__send_xid_question(mp__conn *conn);
/* Parse, unless the connection knows the statement; the name it then goes by, NULL when
 * libpq refused. */
MP_MUST_CHECK const char *mp__send_prepare(mp__conn *conn, mp__request *request);
/* The same for one statement of several; *parses tells whether a Parse went out. */
MP_MUST_CHECK const char *
mp__send_prepare_statement(mp__conn *conn, const mp_statement *statement, bool *parses);
/* Leave pipeline mode, whose queue must be empty. */
MP_MUST_CHECK bool mp__send_leave_pipeline(mp__conn *conn);

/* read_group.c: reads that are sent with one sync */
/* End what was sent of a request: by a sync of its own, or by the group's later. */
MP_MUST_CHECK bool mp__read_group_add(mp__conn *conn, mp__request *request);
/* Send the sync of an open group, if there is one. */
MP_MUST_CHECK bool mp__read_group_close(mp__conn *conn);
/* One of its commands has been answered in full. */
void mp__read_group_on_answer(mp__conn *conn, mp__request *request);
/* Its sync has come: complete what is held, or send each of them again alone. False when
 * the connection is no longer open. */
MP_MUST_CHECK bool mp__read_group_on_sync(mp__conn *conn);
/* request_describe.c: how one statement is described, alone or among several. */
MP_MUST_CHECK bool mp__send_description(mp__conn *conn, const mp_statement *statement,
                                        const char *name);
void mp__take_description(mp__request *request, mp_statement *statement, PGresult *pg);

/* receive.c: take in what has arrived and complete what it answers. */
void mp__conn_receive(mp__conn *conn);
/* Append a result to the request's own; the first error is the one that is kept. */
void mp__request_add_result(mp__request *request, PGresult *pg);
/* ... whose types are found in these, and whose columns are these (or NULL). */
void mp__request_add_rows(mp__request *request, PGresult *pg, mp_types *types,
                          mp_columns *columns);
void mp__request_add_error(mp__request *request, mp_error *error);

/* request_stream.c: ask for rows one by one, where the head of `sent` wants that; only
 * libpq's word about a result of which it has read nothing counts. */
void mp__stream_aim(mp__conn *conn);

/* request_copy.c */
/* Take in the data of a COPY; true when it has ended, and its results follow. */
MP_MUST_CHECK bool mp__copy_receive(mp__conn *conn);
/* Before libpq reads: look whether the server has refused what is being sent. */
void mp__copy_look(mp__conn *conn);
/* Of a lost connection: libpq keeps the server's last words while data may be sent. */
void mp__copy_break_off(mp__conn *conn);
/* The socket has taken all that was written. */
void mp__copy_drained(mp__conn *conn);

/* prepared.c */
MP_MUST_CHECK bool mp__prepared_has(mp__conn *conn, const mp_statement *statement);
/* Remember a statement as prepared; false without memory (it is then sent unnamed). */
MP_MUST_CHECK bool mp__prepared_add(mp__conn *conn, const mp_statement *statement);
/* Deallocate what is over the limit, when that is safe now. */
void mp__prepared_trim(mp__conn *conn);
void mp__prepared_clear(mp__conn *conn);

/* pg_error.c */
MP_MUST_CHECK mp_error *mp__error_from_result(const PGresult *result, const char *query);
/* Why connecting failed, with its SQLSTATE where the server gave one. */
MP_MUST_CHECK mp_error *mp__error_from_connect(PGconn *pg, const char *name);
MP_MUST_CHECK mp_error *mp__error_from_loss(PGconn *pg, const mp_error *last_words);

/* result.c */
/* Takes `pg` over and keeps `types` and `columns`, which are those of `pg` (or NULL).
 * NULL without memory. */
MP_MUST_CHECK mp_result *mp__result_new(PGresult *pg, mp_types *types,
                                        mp_columns *columns);
/* brief.c: a copy of a short one, for which `pg` has gone; else NULL, and nothing has. */
MP_MUST_CHECK mp_result *mp__result_brief(PGresult *pg, mp_types *types,
                                          mp_columns *columns);

/* statement.c: false without memory. */
MP_MUST_CHECK bool mp__statement_describe(mp_statement *statement,
                                          const PGresult *description);
/* By its parameters alone, from the text of an array of oids. */
MP_MUST_CHECK bool mp__statement_describe_wide(mp_statement *statement,
                                               const char *types);

/* params.c: what libpq's send functions take. */
typedef struct mp__param_arrays {
  const char *const *values;
  const int *lengths;
  const int *formats;
  int count;
} mp__param_arrays;
void mp__params_arrays(mp_params *params, mp__param_arrays *out);

#endif
