/* transaction.c - the transactions and savepoints on a session: begun and ended. */
#include "transaction.h"

#include "error.h"
#include "session.h"
#include "step.h"

#include <lauxlib.h>

static void free_step(void *data) {
  mp_error_free(((mpl_step *)data)->error);
}

static mp_wait *begin_wait(lua_State *L) {
  mp_wait *wait = mp_wait_new(L, sizeof(mpl_step), free_step);
  mp_wait_begin(wait, mpl_step_cancel);
  return wait;
}

static int finish(lua_State *L, mp_wait *wait) {
  mpl_step_check(L, wait);
  return 0;
}

static mp_toggle opt_toggle(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return MP_TOGGLE_DEFAULT;
  return lua_toboolean(L, index) ? MP_TOGGLE_ON : MP_TOGGLE_OFF;
}

/* session:session_begin([isolation [, read_only [, deferrable [, label]]]]) */
static int session_begin(lua_State *L) {
  static const char *const names[] = {"default", "read committed", "repeatable read",
                                      "serializable", NULL};
  mp_session *session = mpl_session_check_free(L);
  mp_transaction_options options = MP_TRANSACTION_OPTIONS_INIT;
  options.isolation = (mp_isolation)luaL_checkoption(L, 2, "default", names);
  options.read_only = opt_toggle(L, 3);
  options.deferrable = opt_toggle(L, 4);
  options.label = luaL_optstring(L, 5, NULL);
  mp_wait *wait = begin_wait(L);
  return mpl_step_suspend(
      L, wait, mp_session_begin(session, &options, mpl_step_done, wait), finish);
}

static int finish_commit(lua_State *L, mp_wait *wait) {
  mp_script_note_write(mp_script_of(L));
  return finish(L, wait);
}

/* session:session_commit(): the innermost transaction or savepoint */
static int session_commit(lua_State *L) {
  mp_session *session = mpl_session_check_free(L);
  mp_wait *wait = begin_wait(L);
  return mpl_step_suspend(L, wait, mp_session_commit(session, mpl_step_done, wait),
                          finish_commit);
}

/* session:session_prepare(gid): ends the transaction as prepared */
static int session_prepare(lua_State *L) {
  size_t length = 0;
  mp_session *session = mpl_session_check(L);
  const char *gid = mpl_check_text(L, 2, "the gid", &length);
  mp_wait *wait = begin_wait(L);
  return mpl_step_suspend(
      L, wait, mp_session_prepare(session, gid, length, mpl_step_done, wait), finish);
}

/* session:session_rollback(): the innermost transaction or savepoint */
static int session_rollback(lua_State *L) {
  mp_session *session = mpl_session_check(L);
  mpl_session_end_readings(L, 1);
  mp_wait *wait = begin_wait(L);
  return mpl_step_suspend(L, wait, mp_session_rollback(session, mpl_step_done, wait),
                          finish);
}

static void ignore(const mp_error *error, void *data) {
  (void)error;
  (void)data;
}

/* session:session_rollback_soon(depth): undo, without waiting, until fewer than `depth`
 * transactions are open */
static int session_rollback_soon(lua_State *L) {
  mpl_session_end_readings(L, 1);
  lua_Integer target = luaL_optinteger(L, 2, 1);
  if (target < 1) target = 1;
  mp_session *session;
  while ((session = mpl_session_peek(L, 1)) != NULL &&
         mp_session_depth(session) >= target) {
    if (mp_session_rollback(session, ignore, NULL) == NULL) mpl_raise_memory(L);
  }
  return 0;
}

/* session:depth() -> open transactions and savepoints */
static int session_depth(lua_State *L) {
  lua_pushinteger(L, mp_session_depth(mpl_session_check(L)));
  return 1;
}

static const luaL_Reg methods[] = {
    {"session_begin", session_begin},
    {"session_commit", session_commit},
    {"session_prepare", session_prepare},
    {"session_rollback", session_rollback},
    {"session_rollback_soon", session_rollback_soon},
    {"depth", session_depth},
    {NULL, NULL},
};

void mpl_open_transactions(lua_State *L) {
  luaL_setfuncs(L, methods, 0);
}
