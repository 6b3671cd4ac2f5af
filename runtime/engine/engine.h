/* engine.h - the bodies of engine and operation, for this folder and the session above
 * it. */
#ifndef MP_ENGINE_ENGINE_H
#define MP_ENGINE_ENGINE_H

#include "base/map.h"
#include "engine/statistics.h"
#include "pg/group.h"
#include "pool/pool.h"

#include <moonpool/hook.h>
#include <moonpool/session.h>

typedef enum operation_phase {
  OPERATION_NEW,
  OPERATION_FOLLOWING, /* another one asks the same of the server (describe.c) */
  OPERATION_WAITING,   /* in the pool's queue */
  OPERATION_RUNNING,   /* its request is with the connection */
  OPERATION_ENDED /* its callback ran or is scheduled; the request may still be draining
                   */
} operation_phase;

/* What distinguishes one kind of operation from another. */
typedef struct mp__operation_kind {
  /* A connection is there: submit the request, or finish. */
  void (*begin)(mp_operation *operation);
  /* The request completed: finish (taking over `result`), or go on. */
  void (*step)(mp_operation *operation, mp_result *result, const mp_error *error);
  /* Hand the outcome to the user; `result` is the user's now. */
  void (*report)(mp_operation *operation, mp_result *result, const mp_error *error);
  /* Its user lets go of it and is told `error`, which may be amended. NULL: the server is
   * told to stop; else this sees to what it leaves behind, on its session. */
  void (*leave)(mp_operation *operation, mp_error *error);
  bool is_commit; /* never abandoned while the server may be committing */
  bool may_stop;  /* of a commit: cancelling asks the server to stop first */
} mp__operation_kind;

/* The types that a session knows apart from its engine. */
typedef struct mp__type_scope {
  mp_types *types; /* or NULL */
  bool is_private; /* its transaction has changed the schema: the engine's are not its */
  bool keeps_to_itself; /* what it loads may look different to others */
} mp__type_scope;

struct mp_operation {
  const mp__operation_kind *kind;
  mp_engine *engine;
  struct mp_session *session; /* whose connection it runs on; NULL: it leases one */
  operation_phase phase;
  bool loads_types;      /* its request reads the catalogue */
  bool has_loaded_types; /* ... has done so: what is unknown now stays unknown */
  bool asks;             /* for all in `shared` */
  bool shares;           /* a plain read that others may be beside */
  mp__link link;         /* in engine->operations or session->operations */
  mp__link shared;       /* in statement->describers */
  mp__link loading;      /* in engine->type_followers */
  mp__type_scope *scope; /* of its session, which knows types of its own */

  mp__acquire acquire;
  uint64_t task;      /* who asks */
  mp__holder *holder; /* of the session that it opens */
  mp__slot *slot;     /* leased for this operation alone */
  mp__conn *conn;     /* where its request is */
  mp__request request;
  uint64_t begun_us;      /* mp__clock_us */
  uint32_t round_trip_us; /* of the connection it ended on */
  unsigned moves;         /* to another connection, unsent */
  unsigned repeats;       /* after a stale plan */
  uint32_t number;        /* of the transaction level it is about (session) */
  int ended_by;           /* what a commit under way was asked to end with */
  bool counts_by_text;    /* its text is what the statistics know it by */
  uint64_t rows;          /* that were handed over as they came */
  bool submitted;
  bool reporting; /* `ended` is scheduled */

  mp_statement *statement;
  mp_params **params;
  size_t param_sets;
  mp_params *one[1]; /* what `params` points to for a single execution */
  char *text;        /* of scripts and commands, owned */
  mp_group *group;   /* a share */

  union {
    mp_result_cb result;
    mp_describe_cb describe;
    mp_done_cb done;
    void (*session)(struct mp_session *session, const mp_error *error, void *data);
  } callback;
  void *data;

  mp__deferred ended; /* reports `failure` or `outcome`, outside the caller's call */
  mp_error *failure;
  void *outcome;
  mp__timer patience; /* bounds the drain after a cancel on a session's connection */
};

enum { MP__RECENT_TEXTS = 64 }; /* a power of two */

/* Where a text was last seen: a program's own texts stay where they are. */
typedef struct mp__recent_text {
  const char *sql; /* not ours: only its address counts */
  mp_statement *statement;
} mp__recent_text;

struct mp_engine {
  mp_loop *loop;
  mp__config *config;
  mp_pool *pool;
  uint32_t references; /* the user's, each operation, each session */
  mp__type_codec type_codec;
  void *type_codec_data;
  mp_types *builtin_types;
  mp_types *types;         /* these and, once loaded, the database's own */
  bool is_loading_types;   /* an operation does, on its connection */
  mp__link type_followers; /* operations that wait for it */
  mp__deferred type_waking;
  bool read_only;
  mp_hooks hooks; /* session/visit.c */
  uint64_t (*current_task)(void *data);
  void *current_task_data;

  mp__map *statements;      /* text -> statement, holding one reference each */
  mp__link statement_order; /* least recently used first */
  size_t statement_max;
  mp__recent_text recent_texts[MP__RECENT_TEXTS];
  mp__statistics *statistics;

  mp__link operations;
  mp__link spares; /* ended operations, kept for the next */
  size_t spare_count;
  bool closing;
  mp__timer drain;
  mp_loop_cb closed;
  void *closed_data;
};

void mp__engine_retain(mp_engine *engine);
void mp__engine_drop(mp_engine *engine);
uint64_t mp__engine_task(const mp_engine *engine);

/* operation.c */
void mp__operation_free_spares(mp_engine *engine);
/* NULL without memory. */
MP_MUST_CHECK mp_operation *mp__operation_new(mp_engine *engine,
                                              const mp__operation_kind *kind, void *data);
/* Get a connection, then begin. */
void mp__operation_start(mp_operation *operation);
/* The same again, for one that follows. */
void mp__operation_resume(mp_operation *operation);
/* Let one that followed with a connection of its own go on with its next step. */
void mp__operation_step(mp_operation *operation);
/* Leave the pool's queue: another one's answer will do. */
void mp__operation_follow(mp_operation *operation);
/* Begin on a session's connection. */
void mp__operation_start_on(mp_operation *operation, mp__conn *conn,
                            struct mp_session *session, mp__link *list);
/* Submit `operation->request`, whose kind and content are set. */
void mp__operation_submit(mp_operation *operation);
/* Take the request back: true when it was not sent. */
bool mp__operation_withdraw(mp_operation *operation);
/* The one end: gives back the connection, then reports. Takes over `result`, copies
 * `error`. */
void mp__operation_finish(mp_operation *operation, mp_result *result,
                          const mp_error *error);
/* The same for a refusal inside the call that started it: reports from the loop's top.
 * Takes over `error`. */
void mp__operation_refuse(mp_operation *operation, mp_error *error);
/* Success with something made, reported from the loop's top. A connection it leased must
 * have been taken over. */
void mp__operation_yield(mp_operation *operation, void *outcome);
/* It has ended; tell so from the loop's top, with an error (taken over) or none. */
void mp__operation_report_later(mp_operation *operation, mp_error *error);
/* Give its own connection back; on a session's it still has to see its request end. */
void mp__operation_release_slot(mp_operation *operation);

/* cancel.c */
/* Let go of the session it ran on, whose connection is about to go back, and tell its
 * user `error`, which is taken over. */
void mp__operation_abandon(mp_operation *operation, mp_error *error);
mp_error *mp__operation_interruption(const mp_operation *operation, int status);

/* failover.c */
void mp__failover_note(mp_engine *engine, const mp__conn *conn, const mp_error *error);

/* execute.c: shared with sessions. */
void mp__execute_prepare(mp_operation *operation, mp_statement *statement,
                         mp_params **params, size_t count);
void mp__execute_begin(mp_operation *operation);
mp_error *mp__loss_of(const mp_operation *operation, const mp_error *error);
/* For the step of an execution: true when it goes on with what mp__execute_repeat began.
 */
MP_MUST_CHECK bool mp__execute_goes_on(mp_operation *operation, mp_result **result,
                                       const mp_error **error);
/* What an execution's end tells about the types that the engine knows. */
void mp__execute_note_types(mp_operation *operation, const mp_error *error);
/* What was prepared no longer fits, or is not there: nothing was done. */
bool mp__is_stale_plan(const mp_operation *operation, const mp_error *error);
/* Then it has begun once more, described and prepared anew; not inside a transaction,
 * which has failed by then. */
MP_MUST_CHECK bool mp__execute_repeat(mp_operation *operation, const mp_error *error,
                                      bool in_transaction);

/* describe.c: shared with groups. */
MP_MUST_CHECK bool mp__describe_is_asked(const mp_statement *statement);
/* `asker` asks for it: all others follow. */
void mp__describe_follow(mp_statement *statement, const void *asker);
/* It has ended: who followed is served, or asks by itself. */
void mp__describe_unfollow(mp_statement *statement);

/* begin.c */
/* The text of BEGIN; `options` may be NULL. */
void mp__begin_text(const mp_transaction_options *options, char *out, size_t size);

/* group.c: shared with sessions. */
/* BEGIN, with its options or NULL, to COMMIT. */
void mp__group_frame_transaction(mp__group_frame *frame,
                                 const mp_transaction_options *options);
void mp__group_prepare(mp_operation *operation, mp_group *group,
                       const mp__group_frame *frame);
void mp__group_begin(mp_operation *operation);
/* A stale plan may be tried anew, once, where the group can undo what it has begun. */
MP_MUST_CHECK bool mp__group_may_repeat(const mp_operation *operation,
                                        const mp_error *error);
void mp__group_repeat(mp_operation *operation);
/* A cancel that has reached the server: who asked for it, and why. Else a copy. */
MP_MUST_CHECK mp_error *mp__group_interruption(const mp_operation *operation,
                                               const mp_error *error);
/* What the failure of a transaction of its own means. */
MP_MUST_CHECK mp_error *mp__group_failure(const mp_operation *operation,
                                          const mp_error *error);

/* script.c: shared with sessions. */
void mp__script_begin(mp_operation *operation);
MP_MUST_CHECK mp_error *mp__script_check(const char *sql,
                                         size_t length); /* NULL: it may run */

/* describe_group.c: for the step of such a description: true while types must be loaded
 * first, and then its step runs again. Takes the result over. */
MP_MUST_CHECK bool mp__describe_group_goes_on(mp_operation *operation, mp_result **result,
                                              const mp_error **error);

/* type_catalog.c */
MP_MUST_CHECK bool mp__type_catalog_open(mp_engine *engine); /* false without memory */
void mp__type_catalog_close(mp_engine *engine);
/* The engine's types may have changed: read them anew when they are needed. */
void mp__type_catalog_forget(mp_engine *engine);
/* For the step of an operation whose request described its statement, or read the
 * catalogue: true while types must be loaded first, and then its step runs again; false
 * when the statement's description is complete, or *error tells why not. Takes the result
 * over. */
MP_MUST_CHECK bool mp__type_catalog_step(mp_operation *operation, mp_result **result,
                                         const mp_error **error);
/* It ends while others may wait for the types that it loads. */
void mp__type_catalog_leave(mp_operation *operation);
/* Whether a statement's types are still what the engine knows. */
MP_MUST_CHECK bool mp__type_catalog_agrees(mp_engine *engine,
                                           const mp_statement *statement);
/* pooler.c */
/* NULL, or why a script must not run behind the engine's pooler. */
MP_MUST_CHECK mp_error *mp__script_refuse_pooled(const mp_engine *engine,
                                                 const char *text, size_t length,
                                                 bool in_transaction);

/* statement_cache.c */
MP_MUST_CHECK int mp__statement_make(const char *sql, size_t length, mp_statement **out,
                                     mp_error **error);
void mp__statement_cache_clear(mp_engine *engine);
/* Its plan is stale: who asks for the text from here on describes it anew; who has it
 * already encoded for it, and goes on with the types of that time. */
void mp__statement_cache_retire(mp_engine *engine, mp_statement *statement);
/* NULL, or why it must not run on a shared connection. */
MP_MUST_CHECK mp_error *mp__statement_refusal(const mp_statement *statement);

#endif
