/* report.c - errors that nobody awaited: one text each, to the script's error hook. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdio.h>
#include <string.h>

void mp__report_text(mp_script *script, const char *text) {
  if (script->options.on_error != NULL) {
    script->options.on_error(text, script->options.on_error_data);
    return;
  }
  fprintf(stderr, "%s\n", text);
}

void mp_script_report(mp_script *script, const char *text) {
  mp__report_text(script, text);
}

/* True for the error that a cancelled task is meant to end with. */
static bool is_expected(lua_State *L, const mp_task *task) {
  if (!task->is_cancelled || !lua_istable(L, -1)) return false;
  lua_pushliteral(L, "kind");
  lua_rawget(L, -2);
  bool expected = lua_isstring(L, -1) && strcmp(lua_tostring(L, -1), "cancelled") == 0;
  lua_pop(L, 1);
  return expected;
}

static void push_traceback(lua_State *L, const mp_task *task) {
  if (task->traceback != NULL) {
    lua_pushstring(L, task->traceback);
  } else if (lua_istable(L, -2)) {
    lua_pushliteral(L, "traceback");
    lua_rawget(L, -3);
  } else {
    lua_pushnil(L);
  }
}

/* Runs protected, because the error's __tostring may do anything. Argument: the task. */
static int report(lua_State *L) {
  mp_task *task = lua_touserdata(L, 1);
  if (!lua_checkstack(task->co, 1)) return luaL_error(L, "stack overflow");
  lua_pushvalue(task->co, -1);
  lua_xmove(task->co, L, 1);
  if (is_expected(L, task)) return 0;
  task->script->failures++;
  luaL_tolstring(L, -1, NULL);
  push_traceback(L, task);
  const char *traceback = lua_tostring(L, -1);
  lua_pushfstring(L, "%s%s%s", lua_tostring(L, -2), traceback != NULL ? "\n" : "",
                  traceback != NULL ? traceback : "");
  mp__report_text(task->script, lua_tostring(L, -1));
  return 0;
}

void mp__report_task(mp_task *task) {
  mp_script *script = task->script;
  lua_State *L = script->aux;
  mp__task_mark_seen(task);
  if (script->is_closed || !lua_checkstack(L, 4)) return;
  lua_pushcfunction(L, report);
  lua_pushlightuserdata(L, task);
  if (lua_pcall(L, 1, 0, 0) == LUA_OK) return;
  script->failures++;
  mp__report_text(script, "a task failed with an error that cannot be shown");
  lua_pop(L, 1);
}

void mp__report_unseen(mp_script *script) {
  for (mp__link *link = mp__list_first(&script->unseen); link != NULL;
       link = mp__list_first(&script->unseen))
    mp__report_task(MP__CONTAINER(link, mp_task, link));
}
