/* task_handle.c - what a program has of a task: a userdata without a finaliser.
 *
 * It stands on the stack of the task's coroutine until the task has ended. What that ends
 * with goes to the userdata's user value. The collector finds out for us only that nobody
 * asks for an error any more, which is then reported. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

/* Has the finaliser, and holds the userdata that holds it: neither goes alone. To give
 * the userdata one this late the collector would look through all that is younger. */
typedef struct keeper {
  mp_task_handle *handle;
} keeper;

static int keeper_gc(lua_State *L) {
  const keeper *self = lua_touserdata(L, 1);
  mp_task *task = self->handle->task;
  *self->handle = (mp_task_handle){.task = NULL};
  mp_task_release(task);
  return 0;
}

void mp__task_handle_setup(lua_State *L, mp_script *script) {
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, keeper_gc);
  lua_setfield(L, -2, "__gc");
  script->keeper_class = luaL_ref(L, LUA_REGISTRYINDEX);
}

static void keep_error(lua_State *L, mp_task *task, int holder) {
  luaL_checkstack(L, 4, NULL);
  keeper *made = lua_newuserdatauv(L, sizeof(*made), 1);
  made->handle = task->handle;
  lua_pushvalue(L, holder);
  lua_setiuservalue(L, -2, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, task->script->keeper_class);
  lua_setmetatable(L, -2);
  lua_setiuservalue(L, holder, 1);
  task->is_kept = true;
}

/* Several go in a table. */
static void move_results(lua_State *L, int holder, int count) {
  if (count > 1) {
    luaL_checkstack(L, 4, NULL);
    int first = lua_gettop(L) - count + 1;
    lua_createtable(L, count, 0);
    lua_insert(L, first);
    for (int i = count; i > 0; i--)
      lua_rawseti(L, first, i);
  }
  lua_setiuservalue(L, holder, 1);
}

int mp__task_hand_over(lua_State *L, mp_task *task, int holder, int count) {
  if (task->handle == NULL || count == 0) return count;
  if (task->is_failing) {
    keep_error(L, task, holder);
    return count;
  }
  move_results(L, holder, count);
  task->result_count = count;
  return 0;
}

/* An error that came past the body is reported, as if nobody had the handle. */
void mp__task_leave_handle(mp_task *task, bool is_failing) {
  mp_task_handle *handle = task->handle;
  task->handle = NULL;
  if (handle == NULL || task->is_kept) return;
  *handle = (mp_task_handle){
      .is_over = !is_failing, .result_count = task->result_count, .wrote = task->wrote};
  mp_task_release(task);
}

int mp__task_push_results(lua_State *L, int count) {
  if (count == 0) return 0;
  lua_getiuservalue(L, 1, 1);
  if (count == 1) return 1;
  luaL_checkstack(L, count + 1, "too many results of a task");
  int list = lua_gettop(L);
  for (int i = 1; i <= count; i++)
    lua_rawgeti(L, list, i);
  return count;
}

static void inherit_writes(lua_State *L, const mp_task_handle *handle) {
  mp_task *current = mp_script_of(L)->current;
  if (handle->wrote > current->wrote) current->wrote = handle->wrote;
}

int mp_task_await_held(lua_State *L, const mp_task_handle *handle) {
  if (handle->task != NULL) return mp_task_await(L, handle->task);
  inherit_writes(L, handle);
  return mp__task_push_results(L, handle->result_count);
}

int mp_task_join_held(lua_State *L, const mp_task_handle *handle) {
  if (handle->task != NULL) return mp_task_join(L, handle->task);
  inherit_writes(L, handle);
  lua_pushboolean(L, true);
  return 1;
}
