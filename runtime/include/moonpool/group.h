/* moonpool/group.h - several executions of different statements in one round trip, all or
 * nothing.
 *
 * Outside a transaction a group is wrapped in one of its own; inside one it is a part of
 * it, and its failure fails that, unless a scope says otherwise. Errors tell by
 * mp_error_index which execution it was. */
#ifndef MOONPOOL_GROUP_H
#define MOONPOOL_GROUP_H

#include <moonpool/session.h>

MP_BEGIN_C

typedef struct mp_group mp_group;

/* An empty group; NULL without memory. Release it; what is under way keeps its own share.
 */
MP_EXTERN mp_group *mp_group_new(void);
MP_EXTERN void mp_group_release(mp_group *group);

/* Add a statement (which is retained); *index is what mp_group_add_execution calls it.
 * One that is executed several times is best added once. */
MP_EXTERN MP_MUST_CHECK int
mp_group_add_statement(mp_group *group, mp_statement *statement, size_t *index);
MP_EXTERN size_t mp_group_statement_count(const mp_group *group);
MP_EXTERN mp_statement *mp_group_statement(const mp_group *group, size_t index);
/* Every statement of it has been described. */
MP_EXTERN bool mp_group_is_described(const mp_group *group);

/* Append an execution of statement `index`. Takes over `params`, whether it succeeds or
 * not. */
MP_EXTERN MP_MUST_CHECK int mp_group_add_execution(mp_group *group, size_t index,
                                                   mp_params *params);
MP_EXTERN size_t mp_group_execution_count(const mp_group *group);

/* Learn the types of all its statements that are not described yet, in one round trip. */
MP_EXTERN mp_operation *mp_engine_describe_group(mp_engine *engine, mp_group *group,
                                                 mp_done_cb cb, void *data);
MP_EXTERN mp_operation *mp_session_describe_group(mp_session *session, mp_group *group,
                                                  mp_done_cb cb, void *data);
/* Run the executions in their order: the result of the first is the callback's, those of
 * the others follow by mp_result_next. Outside a transaction a lost COMMIT is
 * MP_COMMIT_UNKNOWN, and cancelling asks the server to stop, and reports what came of it.
 */
MP_EXTERN mp_operation *mp_engine_execute_group(mp_engine *engine, mp_group *group,
                                                mp_result_cb cb, void *data);
MP_EXTERN mp_operation *mp_session_execute_group(mp_session *session, mp_group *group,
                                                 mp_result_cb cb, void *data);

typedef enum mp_group_begin {
  MP_GROUP_BEGIN_NOTHING,
  MP_GROUP_BEGIN_TRANSACTION, /* where none is open */
  MP_GROUP_BEGIN_SAVEPOINT    /* inside one */
} mp_group_begin;

typedef enum mp_group_finish {
  MP_GROUP_FINISH_NOTHING,
  MP_GROUP_FINISH_COMMIT, /* the transaction, in which no older savepoint is open */
  MP_GROUP_FINISH_RELEASE /* the savepoint that it begins, or else the innermost one */
} mp_group_finish;

/* What goes in front of a group's executions and behind them, in the same round trip. */
typedef struct mp_group_scope {
  size_t size; /* set by MP_GROUP_SCOPE_INIT; lets the struct grow */
  mp_group_begin begin;
  mp_group_finish finish;
  const mp_transaction_options *options; /* of the transaction begun; may be NULL */
} mp_group_scope;
#define MP_GROUP_SCOPE_INIT                                                              \
  { .size = sizeof(mp_group_scope) }

/* As mp_session_execute_group, within a scope; a group without executions begins and
 * finishes all the same. What has become of the session's transactions when it is
 * reported:
 *
 * - success: what was begun is open, what was finished is not.
 * - an execution failed: what the group began is undone, before anything else runs: with
 *   a savepoint the transaction goes on as it was before, also where a COMMIT was to
 *   follow; with a transaction none is open. Where it began nothing the open transaction
 *   has failed, and is its owner's to roll back.
 * - the COMMIT failed: no transaction is open. Errors as for mp_session_commit: a lost
 *   connection is MP_COMMIT_UNKNOWN with the transaction's id where it is known.
 *
 * Cancelling asks the server to stop, and reports what came of it. Describe the group
 * before: a description that fails does so outside of what the group begins.
 * MP_BAD_ARGUMENT: the scope does not fit the transactions that are open when it is
 * called. */
MP_EXTERN mp_operation *mp_session_execute_group_in(mp_session *session, mp_group *group,
                                                    const mp_group_scope *scope,
                                                    mp_result_cb cb, void *data);
/* On an engine a group has a whole transaction: its options are all that a scope may set.
 */
MP_EXTERN mp_operation *mp_engine_execute_group_in(mp_engine *engine, mp_group *group,
                                                   const mp_group_scope *scope,
                                                   mp_result_cb cb, void *data);

MP_END_C

#endif
