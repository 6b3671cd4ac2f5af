/* target.c - what runs statements: an engine, or a session with its own connection. */
#include "target.h"

#include "engine.h"
#include "error.h"
#include "session.h"

#include <moonpool/task.h>

#include <lauxlib.h>

mpl_target mpl_target_check(lua_State *L, int index) {
  mpl_target target = {NULL, NULL, false};
  target.engine = mpl_engine_test(L, index);
  if (target.engine != NULL) {
    target.is_pinned = mp_is_pinned(L);
    return target;
  }
  target.session = mpl_session_test(L, index);
  if (target.session != NULL) {
    mpl_session_check_unread(L, index);
    return target;
  }
  mpl_raise(L, "bad_argument", "call methods with a colon, object:method(...)",
            "engine or connection expected, got %s", luaL_typename(L, index));
}

uint32_t mpl_target_depth(const mpl_target *target) {
  return target->session != NULL ? mp_session_depth(target->session) : 0;
}

bool mpl_target_is_committing(const mpl_target *target) {
  return target->session != NULL && mp_session_is_committing(target->session);
}

mpl_target mpl_target_check_again(lua_State *L, int index, uint32_t depth) {
  mpl_target target = mpl_target_check(L, index);
  bool is_same = mpl_target_depth(&target) >= depth;
  if (depth == 0 || (is_same && !mpl_target_is_committing(&target))) return target;
  mpl_raise(L, "bad_argument", "let the tasks of a transaction end before it does",
            "another task ended the transaction before this statement was sent");
}

int mpl_target_statement(const mpl_target *target, const char *sql, size_t length,
                         mp_statement **out, mp_error **error) {
  if (target->session != NULL)
    return mp_session_statement(target->session, sql, length, out, error);
  return mp_engine_statement(target->engine, sql, length, out, error);
}

mp_error *mpl_target_refuse(const mpl_target *target, const mp_statement *statement) {
  if (target->session != NULL) return mp_session_refuse(target->session, statement);
  mp_error *error = mp_engine_refuse_pooled(target->engine, statement, false);
  if (error == NULL) error = mp_engine_refuse(statement);
  return error != NULL ? error : mp_engine_refuse_write(target->engine, statement);
}

mp_operation *mpl_target_describe(const mpl_target *target, mp_statement *statement,
                                  mp_describe_cb cb, void *data) {
  if (target->session != NULL)
    return mp_session_describe(target->session, statement, cb, data);
  return mp_engine_describe(target->engine, statement, cb, data);
}

mp_operation *mpl_target_execute(const mpl_target *target, mp_statement *statement,
                                 mp_params *params, mp_result_cb cb, void *data) {
  if (target->session != NULL)
    return mp_session_execute(target->session, statement, params, cb, data);
  if (target->is_pinned)
    return mp_engine_execute_alone(target->engine, statement, params, cb, data);
  return mp_engine_execute(target->engine, statement, params, cb, data);
}

mp_operation *mpl_target_execute_many(const mpl_target *target, mp_statement *statement,
                                      mp_params **params, size_t count, mp_result_cb cb,
                                      void *data) {
  if (target->session != NULL)
    return mp_session_execute_many(target->session, statement, params, count, cb, data);
  return mp_engine_execute_many(target->engine, statement, params, count, cb, data);
}

mp_stream *mpl_target_stream(const mpl_target *target, mp_statement *statement,
                             mp_params *params) {
  if (target->session != NULL)
    return mp_session_stream(target->session, statement, params);
  return mp_engine_stream(target->engine, statement, params);
}

mp_operation *mpl_target_script(const mpl_target *target, const char *sql, size_t length,
                                mp_done_cb cb, void *data) {
  if (target->session != NULL)
    return mp_session_script(target->session, sql, length, cb, data);
  return mp_engine_script(target->engine, sql, length, cb, data);
}

mp_operation *mpl_target_describe_group(const mpl_target *target, mp_group *group,
                                        mp_done_cb cb, void *data) {
  if (target->session != NULL)
    return mp_session_describe_group(target->session, group, cb, data);
  return mp_engine_describe_group(target->engine, group, cb, data);
}

mp_operation *mpl_target_execute_group(const mpl_target *target, mp_group *group,
                                       const mp_group_scope *scope, mp_result_cb cb,
                                       void *data) {
  if (target->session != NULL && scope != NULL)
    return mp_session_execute_group_in(target->session, group, scope, cb, data);
  if (target->session != NULL)
    return mp_session_execute_group(target->session, group, cb, data);
  if (scope != NULL)
    return mp_engine_execute_group_in(target->engine, group, scope, cb, data);
  return mp_engine_execute_group(target->engine, group, cb, data);
}
