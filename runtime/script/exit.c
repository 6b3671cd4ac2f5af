/* exit.c - the end of a run: cancel every task, wait for them a bounded time, keep the code. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "script/script_impl.h"

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

/* os.exit([code]) ends the run: it raises here, and at each further wait of any task. */
static int os_exit(lua_State *L) {
  int code = EXIT_SUCCESS;
  if (lua_isboolean(L, 1)) code = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
  else code = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
  mp_script_exit(mp_script_of(L), code, DRAIN_MS);
  return mp_script_raise(L, "cancelled", NULL, "the program is exiting");
}

void mp__exit_replace(lua_State *L) {
  lua_getglobal(L, "os");
  lua_pushcfunction(L, os_exit);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);
}
