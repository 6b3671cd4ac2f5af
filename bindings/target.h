/* target.h - what runs statements: an engine, or a session with its own connection. */
#ifndef MPL_TARGET_H
#define MPL_TARGET_H

#include <moonpool/group.h>
#include <moonpool/session.h>
#include <moonpool/stream.h>

#include <lua.h>

typedef struct mpl_target {
  mp_engine *engine;   /* or NULL */
  mp_session *session; /* or NULL */
  bool is_pinned;      /* its caller must not wait behind others */
} mpl_target;

/* The target at `index`; raises bad_argument when it is none, or closed, or when the task
 * would wait behind what it is reading there itself. */
mpl_target mpl_target_check(lua_State *L, int index);
/* Open transactions and savepoints: 0 on an engine. */
uint32_t mpl_target_depth(const mpl_target *target);
/* What is sent now runs behind a COMMIT that was asked for. */
bool mpl_target_is_committing(const mpl_target *target);

/* The target once more after a wait; raises when the transaction it was called in, then
 * at `depth`, has ended meanwhile. */
mpl_target mpl_target_check_again(lua_State *L, int index, uint32_t depth);

int mpl_target_statement(const mpl_target *target, const char *sql, size_t length,
                         mp_statement **out, mp_error **error);
mp_error *mpl_target_refuse(const mpl_target *target, const mp_statement *statement);
mp_operation *mpl_target_describe(const mpl_target *target, mp_statement *statement,
                                  mp_describe_cb cb, void *data);
mp_operation *mpl_target_execute(const mpl_target *target, mp_statement *statement,
                                 mp_params *params, mp_result_cb cb, void *data);
mp_operation *mpl_target_execute_many(const mpl_target *target, mp_statement *statement,
                                      mp_params **params, size_t count, mp_result_cb cb,
                                      void *data);
/* NULL without memory. */
mp_stream *mpl_target_stream(const mpl_target *target, mp_statement *statement,
                             mp_params *params);
mp_operation *mpl_target_script(const mpl_target *target, const char *sql, size_t length,
                                mp_done_cb cb, void *data);
mp_operation *mpl_target_describe_group(const mpl_target *target, mp_group *group,
                                        mp_done_cb cb, void *data);
/* `scope` may be NULL. */
mp_operation *mpl_target_execute_group(const mpl_target *target, mp_group *group,
                                       const mp_group_scope *scope, mp_result_cb cb,
                                       void *data);

#endif
