/* task_coroutine.c - the coroutine that a task runs in: a new one, or that of a task
 * which has ended.
 *
 * Making, tracing and collecting a coroutine costs more than the rest of a task. It
 * serves again once nobody can tell: nothing is left on its stack, and the program never
 * saw it. Only coroutine.running shows it, and that is ours in a state of ours alone. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

#include <string.h>

static lua_State *take_spare(mp_task *task) {
  mp_script *script = task->script;
  const mp__spare_coroutine *spare =
      &script->spare_coroutines[--script->spare_coroutine_count];
  task->co = spare->co;
  task->ref = spare->ref;
  return task->co;
}

/* As lua_newthread does: the debugger's hook is the spawner's, the extra space the main
 * thread's. */
static void make_as_new(lua_State *L, lua_State *co) {
  lua_sethook(co, lua_gethook(L), lua_gethookmask(L), lua_gethookcount(L));
  memcpy(lua_getextraspace(co), lua_getextraspace(mp_script_of(L)->L), LUA_EXTRASPACE);
}

void mp__task_take_coroutine(lua_State *L, mp_task *task) {
  if (task->script->spare_coroutine_count > 0) {
    make_as_new(L, take_spare(task));
    return;
  }
  lua_State *co = lua_newthread(L);
  task->ref = luaL_ref(L, LUA_REGISTRYINDEX);
  task->co = co;
}

/* A hook of its own is known to the debug library by the coroutine. */
static bool may_serve_again(const mp_task *task) {
  const mp_script *script = task->script;
  return script->owns_state && !script->is_closed && !task->is_exposed &&
         task->status == MP_TASK_DONE && lua_status(task->co) == LUA_OK &&
         lua_gethook(task->co) == NULL &&
         script->spare_coroutine_count < MP__SPARE_COROUTINES;
}

void mp__task_give_coroutine(mp_task *task) {
  mp_script *script = task->script;
  if (task->co == NULL) return;
  if (may_serve_again(task)) {
    lua_settop(task->co, 0);
    script->spare_coroutines[script->spare_coroutine_count++] =
        (mp__spare_coroutine){task->co, task->ref};
  } else {
    luaL_unref(script->L, LUA_REGISTRYINDEX, task->ref);
  }
  task->co = NULL;
  task->ref = LUA_NOREF;
}

void mp__task_spare_coroutine(mp_task *task) {
  if (may_serve_again(task) && lua_gettop(task->co) == 0) mp__task_give_coroutine(task);
}
