/* script.c - a lua_State on a loop: opened or attached, run, and closed in the right
 * order. */
#include "base/alloc.h"
#include "script/script_impl.h"

#include <moonpool/script.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <stdio.h>
#include <stdlib.h>

enum {
  CLOSE_DRAIN_MS = 5000 /* for tasks, and again for what the script holds */
};

/* Lua's own multiplier (100) pays for 8 KiB with a step of 50,000 objects, and so walks
 * through the heap of ten thousand tasks almost at a stretch. With these a cycle takes as
 * long as half of the heap takes to be allocated again, in steps of a fraction of a
 * millisecond: the longest stall falls from 160 to 45 ms (Lua manual, section 2.5.1). */
enum { GC_PAUSE = 200, GC_STEP_MULTIPLIER = 12, GC_STEP_SIZE = 11 };

static const char script_key = 0; /* light userdata: the script */
static const char anchor_key = 0; /* full userdata that closes an attached script */
static const char aux_key = 0;

/* Of a state of ours. */
static void *allocate(void *script, void *block, size_t old_size, size_t new_size) {
  return mp__memory_change(&((mp_script *)script)->memory, block, old_size, new_size);
}

/* Asked several times for each statement: a state of ours has it where no table must be
 * searched. */
mp_script *mp_script_of(lua_State *L) {
  void *script_of_ours = NULL;
  if (lua_getallocf(L, &script_of_ours) == allocate) return script_of_ours;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &script_key);
  mp_script *script = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return script;
}

void mp_script_note_write(mp_script *script) {
  script->current->wrote = ++script->writes;
}

uint64_t mp_script_last_write(const mp_script *script, uint64_t *out) {
  *out = script->writes;
  return script->current->wrote;
}

uint64_t mp_script_current_task(const mp_script *script) {
  return script->current->id;
}

mp_loop *mp_script_loop(mp_script *script) {
  return script->loop;
}

lua_State *mp_script_state(mp_script *script) {
  return script->L;
}

/* Never reached unless a call outside of every protected one fails: a defect of ours. */
static int panic(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "moonpool: unprotected error in Lua: %s\n", message ? message : "?");
  return 0;
}

static void on_drained(void *data) {
  mp_script *script = data;
  script->is_idle = true;
}

static mp_script *new_script(mp_loop *loop) {
  mp_script *script = mp__alloc_zero(sizeof(*script));
  if (script == NULL) return NULL;
  script->loop = loop;
  script->is_idle = true;
  script->is_unheld = true;
  script->current = &script->root;
  mp__list_init(&script->live);
  mp__list_init(&script->daemons);
  mp__list_init(&script->leaving);
  for (int i = 0; i < QUEUE_COUNT; i++)
    mp__list_init(&script->queues[i]);
  mp__list_init(&script->unseen);
  mp__list_init(&script->parked);
  mp__list_init(&script->loading);
  script->last_job = &script->jobs;
  mp__deferred_init(&script->drain, mp__scheduler_drain, script);
  mp__timer_init(&script->drain_timer, on_drained, script);
  mp__task_init(script, &script->root);
  script->root.status = MP_TASK_RUNNING;
  script->root.shares = 1;
  return script;
}

static void set_up(lua_State *L, mp_script *script) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  script->L = lua_tothread(L, -1);
  script->aux = lua_newthread(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &aux_key);
  lua_pop(L, 1);
  lua_pushlightuserdata(L, script);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &script_key);
  mp__wait_setup(L, script);
  mp__task_handle_setup(L, script);
  mp__scope_setup(L);
  mp__coroutine_setup(L);
}

/* Protected: argument is the script. */
static int set_up_own(lua_State *L) {
  mp_script *script = lua_touserdata(L, 1);
  luaL_openlibs(L);
  set_up(L, script);
  mp__coroutine_replace(L);
  mp__chunk_replace(L);
  mp__require_replace(L);
  mp__exit_replace(L);
  return 0;
}

int mp_script_open(mp_loop *loop, const mp_script_options *options, mp_script **out) {
  mp_script *script = new_script(loop);
  if (script == NULL) return MP_OUT_OF_MEMORY;
  script->options = *options;
  script->owns_state = true;
  lua_State *L = lua_newstate(allocate, script);
  if (L == NULL) goto fail;
  lua_atpanic(L, panic);
  mp__warning_setup(L, script);
  lua_gc(L, LUA_GCINC, GC_PAUSE, GC_STEP_MULTIPLIER, GC_STEP_SIZE);
  lua_pushcfunction(L, set_up_own);
  lua_pushlightuserdata(L, script);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) goto fail;
  *out = script;
  return MP_OK;

fail:
  if (L != NULL) lua_close(L);
  mp__memory_clear(&script->memory);
  mp__free(script);
  return MP_OUT_OF_MEMORY;
}

void mp_script_hold(mp_script *script) {
  script->holds++;
  script->is_unheld = false;
  mp__loop_hold(script->loop);
}

void mp_script_unhold(mp_script *script) {
  script->holds--;
  script->is_unheld = script->holds == 0;
  mp__loop_unhold(script->loop);
}

static void wait_for_holds(mp_script *script) {
  if (script->is_unheld) return;
  if (mp_loop_is_running(script->loop)) return;
  (void)mp_loop_run_until(script->loop, &script->is_unheld);
}

/* What has not ended in time: its to-be-closed variables run, but can no longer wait. */
static void abandon_tasks(mp_script *script) {
  mp__list_move_all(&script->leaving, &script->live);
  mp__list_move_all(&script->daemons, &script->live);
  for (mp__link *link = mp__list_first(&script->live); link != NULL;
       link = mp__list_first(&script->live)) {
    mp_task *task = MP__CONTAINER(link, mp_task, link);
    mp__task_unready(task);
    mp__task_leave_handle(task, false);
    if (script->owns_state) lua_resetthread(task->co);
    task->is_seen = true;
    mp__task_finish(task, false);
  }
}

static void free_script(mp_script *script) {
  mp__jobs_begin(script); /* ends them: it is closed */
  mp__deferred_cancel(script->loop, &script->drain);
  mp__timer_stop(script->loop, &script->drain_timer);
  mp__wait_free_spares(script);
  mp__memory_clear(&script->memory);
  mp__free(script);
}

void mp_script_leave_memory(mp_script *script) {
  mp__memory_leave(&script->memory);
}

void mp_script_close(mp_script *script) {
  script->is_idle = script->is_exiting || mp__list_is_empty(&script->live);
  mp_script_exit(script, 0, CLOSE_DRAIN_MS);
  if (!script->is_idle) (void)mp_loop_run_until(script->loop, &script->is_idle);
  mp__report_unseen(script);
  script->is_closed = true;
  abandon_tasks(script);
  mp__task_release_owned(&script->root);
  wait_for_holds(script);
  lua_close(script->L);
  wait_for_holds(script);
  free_script(script);
}

/* The last finaliser of an attached state: no Lua runs any more. */
static int anchor_gc(lua_State *L) {
  mp_script **anchor = lua_touserdata(L, 1);
  mp_script *script = *anchor;
  if (script == NULL) return 0;
  *anchor = NULL;
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &script_key);
  mp_loop *loop = script->loop;
  void (*on_close)(mp_loop *) = script->on_close;
  mp__report_unseen(script);
  script->is_closed = true;
  abandon_tasks(script);
  mp__task_release_owned(&script->root);
  wait_for_holds(script);
  free_script(script);
  if (on_close != NULL) on_close(loop);
  return 0;
}

mp_script *mp_script_attach(lua_State *L, mp_loop *loop,
                            void (*on_close)(mp_loop *loop)) {
  mp_script **anchor = lua_newuserdatauv(L, sizeof(mp_script *), 0);
  *anchor = NULL;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, anchor_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &anchor_key);

  mp_script *script = new_script(loop);
  if (script == NULL) luaL_error(L, "not enough memory");
  *anchor = script;
  script->options = (mp_script_options)MP_SCRIPT_OPTIONS_INIT;
  script->on_close = on_close;
  set_up(L, script);
  return script;
}
