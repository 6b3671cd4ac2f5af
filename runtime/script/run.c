/* run.c - a program: its main task, and the loop until every task has ended. */
#include "script/script_impl.h"

#include <moonpool/script.h>

#include <lauxlib.h>
#include <lua.h>

#include <string.h>

typedef struct program {
  const char *text, *chunkname;
  int argc;
  char *const *argv;
  mp_task *task;
} program;

/* Protected. Argument: the program. */
static int start(lua_State *L) {
  program *run = lua_touserdata(L, 1);
  if (luaL_loadbufferx(L, run->text, strlen(run->text), run->chunkname, "t") != LUA_OK)
    return lua_error(L);
  luaL_checkstack(L, run->argc + 4, "too many arguments");
  for (int i = 0; i < run->argc; i++)
    lua_pushstring(L, run->argv[i]);
  mp_task_spawn(L, run->argc, &run->task);
  return 0;
}

static bool start_main(mp_script *script, program *run) {
  lua_State *L = script->aux;
  lua_pushcfunction(L, start);
  lua_pushlightuserdata(L, run);
  if (lua_pcall(L, 1, 0, 0) == LUA_OK) return true;
  const char *message = lua_tostring(L, -1);
  mp__report_text(script, message != NULL ? message : "the program could not be started");
  lua_pop(L, 1);
  return false;
}

/* The loop has nothing under way, yet tasks wait: nothing will ever end their waits. */
static void break_deadlock(mp_script *script) {
  mp__report_text(script, "every task waits for another one: nothing can go on");
  script->failures++;
  mp_script_exit(script, 1, 0);
}

static int exit_code(const mp_script *script, const mp_task *main_task) {
  if (script->is_exiting) return script->exit_code;
  if (script->failures > 0) return 1;
  lua_State *co = main_task->co;
  bool has_result = main_task->status == MP_TASK_DONE && co != NULL && lua_gettop(co) > 0;
  return has_result && lua_isinteger(co, 1) ? (int)lua_tointeger(co, 1) : 0;
}

int mp_script_run(mp_script *script, const char *text, const char *chunkname, int argc,
                  char *const *argv) {
  program run = {.text = text, .chunkname = chunkname, .argc = argc, .argv = argv};
  bool is_started = start_main(script, &run);
  if (is_started) run.task->is_main = true;
  while (is_started && !mp_loop_run_until(script->loop, &script->is_idle)) {
    if (script->is_exiting) break;
    break_deadlock(script);
  }
  mp__report_unseen(script);
  int code = is_started ? exit_code(script, run.task) : 1;
  if (run.task != NULL) mp_task_release(run.task);
  return code;
}
