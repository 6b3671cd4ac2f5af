/* task.c - tasks for Lua: spawn, await, cancel, sleep, deadline, shield. */
#include "task.h"

#include "error.h"
#include "object.h"

#include <moonpool/script.h>

typedef struct mpl_task {
  mpl_object object;
  mp_task_handle handle;
} mpl_task;

static const mpl_class task_class;

static const mp_task_handle *check_handle(lua_State *L, int index) {
  const mpl_task *box = mpl_object_check(L, index, &task_class);
  if (box->handle.task == NULL && !box->handle.is_over)
    mpl_raise(L, "bad_argument", NULL, "this task was never started");
  return &box->handle;
}

static void check_function(lua_State *L, int index, const char *what) {
  if (lua_type(L, index) == LUA_TFUNCTION) return;
  mpl_raise(L, "bad_argument", NULL, "%s expects a function, got %s", what,
            luaL_typename(L, index));
}

/* spawn(fn, ...) -> task */
static int spawn(lua_State *L) {
  check_function(L, 1, "spawn");
  mpl_task *box = mpl_object_new(L, &task_class, sizeof(*box), 1);
  lua_insert(L, 1);
  mp_task_spawn_held(L, lua_gettop(L) - 2, &box->handle);
  return 1;
}

/* spawn_daemon(fn, ...): a task that a program ends without */
static int spawn_daemon(lua_State *L) {
  spawn(L);
  mp_task_detach(check_handle(L, -1)->task);
  return 0;
}

/* task:await() -> results of its function; raises its error */
static int task_await(lua_State *L) {
  return mp_task_await_held(L, check_handle(L, 1));
}

/* task:join() -> true, or false and its error */
static int task_join(lua_State *L) {
  return mp_task_join_held(L, check_handle(L, 1));
}

/* task:cancel() */
static int task_cancel(lua_State *L) {
  const mp_task_handle *handle = check_handle(L, 1);
  if (handle->task != NULL) mp_task_cancel(handle->task);
  return 0;
}

/* task:status() -> "ready" | "running" | "waiting" | "done" | "failed" */
static int task_status(lua_State *L) {
  static const char *const names[] = {"ready", "running", "waiting", "done", "failed"};
  const mp_task_handle *handle = check_handle(L, 1);
  lua_pushstring(
      L, names[handle->task == NULL ? MP_TASK_DONE : mp_task_get_status(handle->task)]);
  return 1;
}

static int task_tostring(lua_State *L) {
  task_status(L);
  lua_pushfstring(L, "task(%s)", lua_tostring(L, -1));
  return 1;
}

static const luaL_Reg task_methods[] = {
    {"await", task_await},   {"join", task_join}, {"cancel", task_cancel},
    {"status", task_status}, {NULL, NULL},
};
static const luaL_Reg task_events[] = {
    {"__tostring", task_tostring},
    {NULL, NULL},
};
static const mpl_class task_class = {"task", task_methods, task_events};

static int call_ended(lua_State *L, int status, lua_KContext context) {
  (void)status;
  return lua_gettop(L) - (int)context;
}

/* Call the function at `index` with the arguments up to the scope, which stays below the
 * call. */
static int call_in_scope(lua_State *L, int index) {
  int scope = lua_gettop(L);
  luaL_checkstack(L, scope, "too many arguments");
  for (int i = index; i < scope; i++)
    lua_pushvalue(L, i);
  lua_callk(L, scope - index - 1, LUA_MULTRET, scope, call_ended);
  return call_ended(L, LUA_OK, scope);
}

/* deadline(seconds, fn, ...) -> results of fn; its waits raise timeout when the time is
 * over */
static int deadline(lua_State *L) {
  double seconds = mpl_check_seconds(L, 1, "a deadline");
  check_function(L, 2, "deadline");
  mp_scope_deadline(L, seconds);
  return call_in_scope(L, 2);
}

/* shield(fn, ...) -> results of fn; cancelling and deadlines around it do not reach its
 * waits */
static int shield(lua_State *L) {
  check_function(L, 1, "shield");
  mp_scope_shield(L);
  return call_in_scope(L, 1);
}

/* sleep(seconds); 0 lets other tasks go first */
static int sleep_for(lua_State *L) {
  if (lua_isinteger(L, 1) && lua_tointeger(L, 1) == 0) return mp_task_sleep(L, 0);
  return mp_task_sleep(L, mpl_check_seconds(L, 1, "the time to sleep"));
}

/* can_wait() -> whether a wait here would be refused for the place it is in */
static int can_wait(lua_State *L) {
  lua_pushboolean(L, mp_wait_is_possible(L));
  return 1;
}

/* last_write() -> number of this task's last write, and of anybody's */
static int last_write(lua_State *L) {
  uint64_t all = 0;
  lua_pushinteger(L, (lua_Integer)mp_script_last_write(mp_script_of(L), &all));
  lua_pushinteger(L, (lua_Integer)all);
  return 2;
}

/* note_write(): this task has written, or may have */
static int note_write(lua_State *L) {
  mp_script_note_write(mp_script_of(L));
  return 0;
}

static const luaL_Reg functions[] = {
    {"note_write", note_write},     {"last_write", last_write}, {"spawn", spawn},
    {"spawn_daemon", spawn_daemon}, {"deadline", deadline},     {"shield", shield},
    {"sleep", sleep_for},           {"can_wait", can_wait},     {NULL, NULL},
};

void mpl_open_task(lua_State *L) {
  mpl_class_open(L, &task_class);
  luaL_setfuncs(L, functions, 0);
  mp_script_push_coroutine(L);
  lua_setfield(L, -2, "coroutine");
}
