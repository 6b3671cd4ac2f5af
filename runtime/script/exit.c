/* exit.c - the end of a run: cancel every task, wait for them a bounded time, keep the
 * code. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdlib.h>

enum { DRAIN_MS = 10000 };

void mp_script_exit(mp_script *script, int code, uint64_t drain_ms) {
  if (script->is_exiting) return;
  script->is_exiting = true;
  script->exit_code = code;
  mp__timer_start(script->loop, &script->drain_timer, drain_ms);
  mp__link *next = NULL;
  for (mp__link *at = script->live.next; at != &script->live; at = next) {
    next = at->next;
    mp_task_cancel(MP__CONTAINER(at, mp_task, link));
  }
}

static void finish_wait(mp_wait *wait, int status) {
  (void)status;
  mp_wait_done(wait);
}

static int never(lua_State *L, mp_wait *wait) {
  mp_wait_raise_ended(L, wait);
  return 0;
}

/* Nothing ends this wait: closing the script closes the task where it stands. */
static int leave(lua_State *L) {
  mp_script *script = mp_script_of(L);
  mp_scope_shield(L);
  mp_wait *wait = mp_wait_new(L, 0, NULL);
  mp_wait_begin_quiet(wait, finish_wait);
  mp__list_remove(&script->current->link);
  mp__list_push_back(&script->leaving, &script->current->link);
  script->is_idle = mp__list_is_empty(&script->live);
  return mp_wait_suspend(L, wait, never);
}

/* os.exit([code]) ends the run and does not return: every other task is cancelled, then
 * the to-be-closed variables of this one are closed. Where Lua cannot suspend it raises
 * instead. */
static int os_exit(lua_State *L) {
  int code = EXIT_SUCCESS;
  if (lua_isboolean(L, 1))
    code = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
  else
    code = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
  mp_script *script = mp_script_of(L);
  mp_script_exit(script, code, DRAIN_MS);
  if (script->current != &script->root && mp_wait_is_possible(L)) return leave(L);
  return mp_script_raise(L, "cancelled", NULL, "the program is exiting");
}

void mp__exit_replace(lua_State *L) {
  lua_getglobal(L, "os");
  lua_pushcfunction(L, os_exit);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);
}
