/* session_impl.h - the body of a session, shared by the files of this folder alone. */
#ifndef MP_SESSION_SESSION_IMPL_H
#define MP_SESSION_SESSION_IMPL_H

#include "engine/engine.h"

#include <moonpool/hook.h>

struct mp_session {
  mp_engine *engine;
  mp__slot *slot;
  mp__conn *conn;
  mp__link operations;
  struct {
    mp_notification_cb notified; /* NULL: nobody listens */
    mp_ended_cb ended;
    void *data;
  } listener;
  uint32_t depth;
  bool altered;  /* the connection's settings may differ from the engine's */
  bool reshaped; /* the open transaction has changed the schema */
  bool retyped;  /* ... and types that the engine may know */
  mp__type_scope scope;
  bool lost;       /* the connection is gone, and one call was told */
  bool reads_only; /* the open transaction was begun READ ONLY */
  char *begun_by;  /* the label of the open transaction */
  mp_error *cause; /* the first error that failed the open transaction */

  mp_visit *visit; /* NULL: it has leased the connection */
  mp_loop_cb on_taken;
  void *on_taken_data;

  mp_session_lost_cb on_lost;
  void *on_lost_data;
};

/* session.c */
/* On a connection that is the caller's. NULL without memory. */
MP_MUST_CHECK mp_session *mp__session_new(mp_engine *engine, mp__slot *slot);
/* NULL when calls may go on, else why not. */
MP_MUST_CHECK mp_error *mp__session_refusal(const mp_session *session);
/* Start an operation of this session, or refuse it. */
void mp__session_start(mp_session *session, mp_operation *operation);
/* What a failed statement means for the session; gives the error to report (free it). */
MP_MUST_CHECK mp_error *mp__session_note(mp_operation *operation, const mp_error *error);
/* The first error that failed the open transaction is kept. */
void mp__session_note_cause(mp_session *session, const mp_error *error);
void mp__session_forget_cause(mp_session *session);
/* What it knew of types may be something else now. */
void mp__session_forget_types(mp_session *session);
/* The one way out of a transaction that has ended, or never began. */
void mp__session_leave(mp_session *session);

/* transaction.c */
/* `text` is the operation's from here on; NULL is a want of memory. */
MP_MUST_CHECK mp_operation *mp__transaction_start(mp_session *session,
                                                  const mp__operation_kind *kind,
                                                  char *text, mp_done_cb cb, void *data);
/* Takes over `error`. */
MP_MUST_CHECK mp_operation *mp__transaction_refuse(mp_session *session, mp_error *error,
                                                   mp_done_cb cb, void *data);
void mp__transaction_report(mp_operation *operation, mp_result *result,
                            const mp_error *error);
MP_MUST_CHECK mp_error *mp__no_transaction(void);
MP_MUST_CHECK mp_error *mp__savepoint_has_options(void);
bool mp__transaction_is_plain(const mp_transaction_options *options); /* or NULL */
/* One is about to be begun. */
void mp__transaction_note_begin(mp_session *session,
                                const mp_transaction_options *options);
/* Roll back to a savepoint that a group has begun, and release it, ahead of what is
 * queued. */
void mp__transaction_undo_first(mp_session *session, uint32_t savepoint);

/* group.c */
/* The group as a whole transaction. */
MP_MUST_CHECK mp_operation *mp__session_wrap_group(mp_session *session, mp_group *group,
                                                   const mp_transaction_options *options,
                                                   mp_result_cb cb, void *data);
/* The transaction that a failed group has begun is still open: it ends before anything
 * else runs. */
void mp__session_end_failed(mp_session *session);
/* The next call describes a stale statement anew. */
void mp__group_retire(mp_operation *operation, const mp_error *error);
void mp__session_note_touches(mp_session *session, const mp_group *group);

/* ending.c */
MP_MUST_CHECK mp_error *mp__rolled_back_error(const mp_session *session,
                                              const char *command);
/* The COMMIT was answered; one that failed before it was run has left a failed
 * transaction behind. */
void mp__session_leave_ended(mp_session *session);
extern const mp__operation_kind mp__ending_commit, mp__ending_prepare;

/* loss.c */
MP_MUST_CHECK mp_error *mp__tx_lost_error(const mp_session *session);
void mp__session_on_lost(void *session);
/* What a COMMIT or PREPARE TRANSACTION that went unanswered means. */
MP_MUST_CHECK mp_error *mp__end_loss(const mp_operation *operation, const mp_error *error,
                                     const char *command);

/* visit.c */
/* Its session is being closed. */
void mp__visit_forget_session(mp_visit *visit);

/* listen.c */
void mp__session_end_listening(mp_session *session);

/* statements.c: what running it means for the descriptions of later ones. */
void mp__session_note_touch(mp_session *session, const mp_statement *statement);
/* Which types the session may look up, before it describes something. */
void mp__session_note_scope(mp_session *session);

#endif
