/* task.c - the life of a task: spawned, run to its end, awaited, released. */
#include "base/alloc.h"
#include "script/script_impl.h"

#include <moonpool/task.h>

#include <lauxlib.h>
#include <lua.h>

typedef struct await {
  mp__link link; /* in target->awaiters */
  mp_wait *wait;
  mp_task *target;
} await;

void mp__task_init(mp_script *script, mp_task *task) {
  task->script = script;
  task->id = ++script->last_task_id;
  task->ref = LUA_NOREF;
  mp__list_init(&task->link);
  mp__list_init(&task->ready);
  mp__list_init(&task->scopes);
  mp__list_init(&task->awaiters);
  task->owned.next = task->owned.prev = &task->owned;
}

bool mp__task_has_ended(const mp_task *task) {
  return task->status == MP_TASK_DONE || task->status == MP_TASK_FAILED;
}

static void enqueue(mp_task *task, task_queue queue) {
  task->status = MP_TASK_READY;
  mp__list_push_back(&task->script->queues[queue], &task->ready);
  mp__deferred_schedule(task->script->loop, &task->script->drain);
}

void mp__task_make_ready(mp_task *task, bool is_due) {
  if (task->co == NULL || task->status == MP_TASK_READY) return;
  enqueue(task, is_due ? QUEUE_DUE : QUEUE_READY);
  task->is_answered = true;
  mp__loop_add_backlog(task->script->loop, 1);
}

void mp__task_line_up(mp_task *task) {
  enqueue(task, QUEUE_LATER);
}

void mp__task_unready(mp_task *task) {
  if (mp__list_is_empty(&task->ready)) return;
  mp__list_remove(&task->ready);
  if (task->is_answered) mp__loop_add_backlog(task->script->loop, -1);
  task->is_answered = false;
}

void mp__task_release_owned(mp_task *task) {
  while (task->owned.next != &task->owned) {
    mp_owned *owned = task->owned.next;
    mp_disown(owned);
    owned->release(owned);
  }
}

static void drop_share(mp_task *task) {
  if (--task->shares > 0) return;
  if (task->status == MP_TASK_FAILED && !task->is_seen) mp__report_task(task);
  mp__list_remove(&task->link);
  mp__task_unready(task);
  mp__task_give_coroutine(task);
  mp__free(task->traceback);
  mp__memory_change(&task->script->memory, task, sizeof(*task), 0);
}

static void wake_awaiters(mp_task *task) {
  for (mp__link *link = mp__list_pop_front(&task->awaiters); link != NULL;
       link = mp__list_pop_front(&task->awaiters))
    mp_wait_done(MP__CONTAINER(link, await, link)->wait);
}

void mp__task_finish(mp_task *task, bool is_failing) {
  mp_script *script = task->script;
  mp__task_leave_handle(task, is_failing);
  task->status = is_failing ? MP_TASK_FAILED : MP_TASK_DONE;
  mp__list_remove(&task->link);
  /* A coroutine of it that was left behind may still hold these, until it is collected.
   */
  if (task->wait != NULL) mp__wait_set_task(task->wait, NULL);
  mp__scope_park_all(task);
  if (is_failing && !task->is_seen) mp__list_push_back(&script->unseen, &task->link);
  mp__task_release_owned(task);
  if (is_failing && task->is_main) mp__report_task(task);
  wake_awaiters(task);
  mp__task_spare_coroutine(task);
  script->is_idle = script->is_idle || mp__list_is_empty(&script->live);
  drop_share(task);
}

void mp__task_mark_seen(mp_task *task) {
  task->is_seen = true;
  if (task->status == MP_TASK_FAILED) mp__list_remove(&task->link);
}

/* Error objects carry their own traceback; for anything else it is kept beside the error.
 */
static int on_error(lua_State *L) {
  mp_task *task = mp_script_of(L)->current;
  if (lua_istable(L, 1)) return 1;
  luaL_traceback(L, L, NULL, 1);
  mp__free(task->traceback);
  task->traceback = mp__strdup(lua_tostring(L, -1));
  lua_settop(L, 1);
  return 1;
}

enum { HOLDER = 1, HANDLER }; /* the stack of task_main, and then what its body gives */

static int body_ended(lua_State *L, int status, lua_KContext context) {
  mp_task *task = mp_script_of(L)->current;
  int count = lua_gettop(L) - HANDLER;
  (void)context;
  task->is_failing = status != LUA_OK && status != LUA_YIELD;
  return mp__task_hand_over(L, task, HOLDER, count);
}

static int raise_cancelled(lua_State *L) {
  return mp__scope_raise(L, MP_CANCELLED, NULL);
}

/* The body of every coroutine: its holder (or nil), function and arguments are on its
 * stack. */
static int task_main(lua_State *L) {
  mp_task *task = mp_script_of(L)->current;
  if (task->is_cancelled) {
    lua_settop(L, HOLDER);
    lua_pushcfunction(L, raise_cancelled);
  }
  lua_pushcfunction(L, on_error);
  lua_insert(L, HANDLER);
  int status =
      lua_pcallk(L, lua_gettop(L) - HANDLER - 1, LUA_MULTRET, HANDLER, 0, body_ended);
  return body_ended(L, status, 0);
}

/* Nothing is left behind when it raises. */
static mp_task *new_task(lua_State *L, mp_script *script) {
  mp_task origin = {.script = script, .status = MP_TASK_DONE};
  mp__task_take_coroutine(L, &origin);
  mp_task *task = mp__memory_change(&script->memory, NULL, 0, sizeof(*task));
  if (task == NULL) {
    mp__task_give_coroutine(&origin);
    mp_script_raise(L, "out_of_memory", NULL, "not enough memory for a task");
  }
  *task = origin;
  mp__task_init(script, task);
  task->ref = origin.ref;
  task->shares = 1;
  task->is_pinned = mp_is_pinned(L);
  task->wrote = script->current->wrote;
  return task;
}

/* With the holder below the function. */
static mp_task *spawn(lua_State *L, int arg_count) {
  mp_script *script = mp_script_of(L);
  luaL_checktype(L, -arg_count - 1, LUA_TFUNCTION);
  if (script == NULL || script->is_exiting || script->is_closed)
    mp_script_raise(L, "shutting_down", NULL, "no task can be started any more");
  mp_task *task = new_task(L, script);
  if (!lua_checkstack(task->co, arg_count + 3)) {
    drop_share(task);
    luaL_error(L, "too many arguments for a task");
  }
  lua_pushcfunction(task->co, task_main);
  lua_xmove(L, task->co, arg_count + 2);
  task->arg_count = arg_count + 2;
  task->shares++;
  mp__list_push_back(&script->live, &task->link);
  script->is_idle = false;
  mp__task_line_up(task);
  return task;
}

void mp_task_spawn(lua_State *L, int arg_count, mp_task **slot) {
  lua_pushnil(L);
  lua_insert(L, -arg_count - 2);
  *slot = spawn(L, arg_count);
}

void mp_task_spawn_held(lua_State *L, int arg_count, mp_task_handle *handle) {
  lua_pushvalue(L, -arg_count - 2);
  lua_insert(L, -arg_count - 2);
  mp_task *task = spawn(L, arg_count);
  handle->task = task;
  task->handle = handle;
  task->is_held = true;
}

void mp_task_detach(mp_task *task) {
  mp_script *script = task->script;
  if (mp__task_has_ended(task)) return;
  mp__list_remove(&task->link);
  mp__list_push_back(&script->daemons, &task->link);
  script->is_idle = script->is_idle || mp__list_is_empty(&script->live);
}

void mp_task_release(mp_task *task) {
  drop_share(task);
}

mp_task_status mp_task_get_status(const mp_task *task) {
  return task->status;
}

bool mp_task_is_cancelled(const mp_task *task) {
  return task->is_cancelled;
}

void mp_task_cancel(mp_task *task) {
  if (mp__task_has_ended(task)) return;
  const mp_scope *scope = NULL;
  task->is_cancelled = true;
  if (task->wait != NULL && mp__scope_pending(task, &scope) == MP_CANCELLED)
    mp__wait_end(task->wait, MP_CANCELLED);
}

static void cancel_await(mp_wait *wait, int status) {
  (void)status;
  await *data = mp_wait_data(wait);
  mp__list_remove(&data->link);
  mp_wait_done(wait);
}

mp_task *mp__task_awaited(const mp_task *task) {
  if (task->wait == NULL || task->wait->cancel != cancel_await) return NULL;
  return ((await *)mp_wait_data(task->wait))->target;
}

static void free_await(void *data) {
  mp_task *target = ((await *)data)->target;
  if (target != NULL) drop_share(target);
}

static void refuse_cycle(lua_State *L, const mp_task *task) {
  const mp_task *current = task->script->current;
  for (const mp_task *at = task; at != NULL; at = mp__task_awaited(at)) {
    if (at != current) continue;
    mp_script_raise(L, "bad_argument",
                    "let each task await only tasks that do not await it",
                    at == task ? "a task cannot await itself"
                               : "these tasks would await each other for ever");
  }
}

static int await_end(lua_State *L, mp_task *task, mp_wait_resumed_cb resumed) {
  refuse_cycle(L, task);
  mp_wait *wait = mp_wait_new(L, sizeof(await), free_await);
  await *data = mp_wait_data(wait);
  data->wait = wait;
  data->target = task;
  task->shares++;
  mp_wait_begin_quiet(wait, cancel_await);
  mp__list_push_back(&task->awaiters, &data->link);
  return mp_wait_suspend(L, wait, resumed);
}

/* Push copies of what the ended task left on its stack; several awaiters may ask for it.
 */
static int push_results(lua_State *L, mp_task *task) {
  if (task->is_held && task->status == MP_TASK_DONE)
    return mp__task_push_results(L, task->result_count);
  int count = task->co == NULL ? 0 : lua_gettop(task->co);
  if (count == 0) return 0;
  luaL_checkstack(L, count + 1, "too many results of a task");
  if (!lua_checkstack(task->co, count))
    return luaL_error(L, "too many results of a task");
  for (int i = 1; i <= count; i++)
    lua_pushvalue(task->co, i);
  lua_xmove(task->co, L, count);
  return count;
}

static void inherit_writes(const mp_task *task) {
  mp_task *current = task->script->current;
  if (task->wrote > current->wrote) current->wrote = task->wrote;
}

static int push_outcome(lua_State *L, mp_task *task) {
  inherit_writes(task);
  int count = push_results(L, task);
  if (task->status == MP_TASK_DONE) return count;
  mp__task_mark_seen(task);
  return lua_error(L);
}

static int on_awaited(lua_State *L, mp_wait *wait) {
  mp_task *target = ((await *)mp_wait_data(wait))->target;
  if (!mp__task_has_ended(target)) mp_wait_raise_ended(L, wait);
  return push_outcome(L, target);
}

int mp_task_await(lua_State *L, mp_task *task) {
  return mp__task_has_ended(task) ? push_outcome(L, task)
                                  : await_end(L, task, on_awaited);
}

static int push_verdict(lua_State *L, mp_task *task) {
  inherit_writes(task);
  lua_pushboolean(L, task->status == MP_TASK_DONE);
  if (task->status == MP_TASK_DONE) return 1;
  mp__task_mark_seen(task);
  if (!lua_checkstack(task->co, 1)) return luaL_error(L, "stack overflow");
  lua_pushvalue(task->co, -1);
  lua_xmove(task->co, L, 1);
  return 2;
}

static int on_joined(lua_State *L, mp_wait *wait) {
  mp_task *target = ((await *)mp_wait_data(wait))->target;
  if (!mp__task_has_ended(target)) mp_wait_raise_ended(L, wait);
  return push_verdict(L, target);
}

int mp_task_join(lua_State *L, mp_task *task) {
  return mp__task_has_ended(task) ? push_verdict(L, task) : await_end(L, task, on_joined);
}
