/* wait.c - suspending a task until an operation in C has ended. */
#include "base/alloc.h"
#include "script/script_impl.h"

#include <moonpool/wait.h>

#include <lauxlib.h>
#include <lua.h>

enum { SPARE_WAITS = 64, SPARE_BOXES = 64 };

typedef struct wait_box {
  mp_wait *wait;
} wait_box;

void mp__wait_set_task(mp_wait *wait, mp_task *task) {
  if (wait->task != NULL) wait->task->wait = NULL;
  wait->task = task;
  if (task != NULL) task->wait = wait;
}

static mp_wait *take_wait(mp_script *script) {
  mp_wait *wait = script->spare_waits;
  if (wait == NULL) return mp__alloc_zero(sizeof(*wait));
  script->spare_waits = wait->next_spare;
  script->spare_wait_count--;
  *wait = (mp_wait){.script = script};
  return wait;
}

/* Each statement needs one: a few are kept. */
static void give_wait(mp_wait *wait) {
  mp_script *script = wait->script;
  if (script->spare_wait_count >= SPARE_WAITS) {
    mp__free(wait);
    return;
  }
  wait->next_spare = script->spare_waits;
  script->spare_waits = wait;
  script->spare_wait_count++;
}

void mp__wait_free_spares(mp_script *script) {
  for (mp_wait *wait = script->spare_waits; wait != NULL; wait = script->spare_waits) {
    script->spare_waits = wait->next_spare;
    mp__free(wait);
  }
}

static void drop_share(mp_wait *wait) {
  if (--wait->shares > 0) return;
  if (wait->free_data != NULL) wait->free_data(wait->data.bytes);
  give_wait(wait);
}

/* The owner is gone: the operation ends unseen. A task that still waits here (its nested
 * coroutine was closed by others) goes on, so that it can find out. */
static void end_box(wait_box *box) {
  mp_wait *wait = box->wait;
  box->wait = NULL;
  mp_task *task = wait->task;
  mp__wait_set_task(wait, NULL);
  if (task != NULL) mp__task_make_ready(task, false);
  mp__wait_end(wait, MP_CANCELLED);
  drop_share(wait);
}

/* Of a coroutine that nobody will resume. */
static int box_gc(lua_State *L) {
  wait_box *box = lua_touserdata(L, 1);
  if (box->wait != NULL) end_box(box);
  return 0;
}

/* The collector looks at every object with a finaliser in one go, so that a new one for
 * each statement would stall everything else: a few boxes serve again and again. They
 * stand on a stack of their own, which has room for them all: storing one cannot raise.
 */
static int box_close(lua_State *L) {
  wait_box *box = lua_touserdata(L, 1);
  if (box->wait == NULL) return 0;
  mp_script *script = box->wait->script;
  end_box(box);
  if (script->is_closed || lua_gettop(script->spare_boxes) == SPARE_BOXES) return 0;
  lua_settop(L, 1);
  lua_xmove(L, script->spare_boxes, 1);
  return 0;
}

/* Push a box whose wait is NULL; who is taken from the spares is not kept by them. */
static wait_box *push_box(lua_State *L, mp_script *script) {
  if (lua_gettop(script->spare_boxes) > 0) {
    lua_xmove(script->spare_boxes, L, 1);
    return lua_touserdata(L, -1);
  }
  wait_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
  box->wait = NULL;
  lua_rawgeti(L, LUA_REGISTRYINDEX, script->box_class);
  lua_setmetatable(L, -2);
  return box;
}

/* Each statement asks for these: by their numbers they are found at once. */
void mp__wait_setup(lua_State *L, mp_script *script) {
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, box_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, box_close);
  lua_setfield(L, -2, "__close");
  lua_pushliteral(L, "moonpool.wait");
  lua_setfield(L, -2, "__name");
  script->box_class = luaL_ref(L, LUA_REGISTRYINDEX);
  script->spare_boxes = lua_newthread(L);
  if (!lua_checkstack(script->spare_boxes, SPARE_BOXES)) luaL_error(L, "no memory");
  (void)luaL_ref(L, LUA_REGISTRYINDEX);
}

static bool is_possible(const mp_script *script, lua_State *L) {
  if (script->forbidding > 0) return false;
  if (script->current == &script->root) return !mp_loop_is_running(script->loop);
  return L == script->running && lua_isyieldable(L);
}

static int raise_impossible(lua_State *L, const mp_script *script) {
  const char *hint =
      script->owns_state || script->current == &script->root
          ? "collect what is needed first, and wait outside of the callback"
          : "use mp.coroutine for coroutines that wait, and wait outside of callbacks";
  return mp_script_raise(L, "bad_argument", hint,
                         "cannot wait here: Lua cannot suspend inside table.sort, "
                         "string.gsub, a message handler, __gc, or a callback from C");
}

void mp_wait_check(lua_State *L) {
  mp_script *script = mp_script_of(L);
  if (script == NULL || script->is_closed)
    mp_script_raise(L, "shutting_down", NULL, "Moonpool is closed in this Lua state");
  int caller = mp_loop_check_caller(script->loop);
  if (caller != MP_OK)
    mp_script_raise(L, mp_status_name(caller), NULL,
                    "this Lua state belongs to another thread or process");
  if (!is_possible(script, L)) raise_impossible(L, script);
  const mp_scope *scope = NULL;
  int status = mp__scope_pending(script->current, &scope);
  if (status != MP_OK) mp__scope_raise(L, status, scope);
}

bool mp_wait_is_possible(lua_State *L) {
  const mp_script *script = mp_script_of(L);
  return script != NULL && !script->is_closed && is_possible(script, L);
}

mp_wait *mp_wait_new(lua_State *L, size_t size, mp_wait_free_cb free_data) {
  mp_wait_check(L);
  if (size > MP_WAIT_DATA_MAX) luaL_error(L, "a wait carries %d bytes", MP_WAIT_DATA_MAX);
  mp_script *script = mp_script_of(L);
  wait_box *box = push_box(L, script);
  lua_toclose(L, -1);

  mp_wait *wait = take_wait(script);
  if (wait == NULL)
    mp_script_raise(L, "out_of_memory", NULL, "not enough memory to wait");
  wait->script = script;
  wait->free_data = free_data;
  wait->shares = 1;
  box->wait = wait;
  return wait;
}

void *mp_wait_data(mp_wait *wait) {
  return wait->data.bytes;
}

void mp_wait_begin_quiet(mp_wait *wait, mp_wait_cancel_cb cancel) {
  wait->cancel = cancel;
  wait->state = WAIT_UNDER_WAY;
  wait->ended_by = MP_OK;
  wait->is_done = wait->is_of_time = false;
  wait->shares++;
}

void mp_wait_begin(mp_wait *wait, mp_wait_cancel_cb cancel) {
  mp_wait_begin_quiet(wait, cancel);
  wait->holds_loop = true;
  mp__loop_hold(wait->script->loop);
}

void mp_wait_done(mp_wait *wait) {
  wait->state = WAIT_DONE;
  wait->is_done = true;
  if (wait->holds_loop) mp__loop_unhold(wait->script->loop);
  wait->holds_loop = false;
  if (wait->task != NULL) mp__task_make_ready(wait->task, wait->is_of_time);
  drop_share(wait);
}

void mp__wait_end(mp_wait *wait, int status) {
  if (wait->state != WAIT_UNDER_WAY || wait->ended_by != MP_OK) return;
  wait->ended_by = status;
  if (wait->cancel != NULL) wait->cancel(wait, status);
}

/* Code outside of any task has nobody to yield to: it runs the loop itself. */
static int block(lua_State *L, mp_wait *wait) {
  mp_script *script = wait->script;
  mp__wait_set_task(wait, &script->root);
  bool is_done = mp_loop_run_until(script->loop, &wait->is_done);
  mp__wait_set_task(wait, NULL);
  if (!is_done)
    return mp_script_raise(L, "bad_argument",
                           "something else must be under way to end it",
                           "this wait would never end: nothing is under way");
  return wait->resumed(L, wait);
}

static int go_on(lua_State *L, int status, lua_KContext context) {
  (void)status;
  /* What a continuation's context is for. */
  mp_wait *wait = (mp_wait *)context; /* NOLINT(performance-no-int-to-ptr) */
  return wait->resumed(L, wait);
}

int mp_wait_suspend(lua_State *L, mp_wait *wait, mp_wait_resumed_cb resumed) {
  mp_script *script = wait->script;
  wait->resumed = resumed;
  if (wait->state == WAIT_DONE) return resumed(L, wait);
  if (!is_possible(script, L)) return raise_impossible(L, script);
  if (script->current == &script->root) return block(L, wait);
  script->yielding = wait;
  return lua_yieldk(L, 0, (lua_KContext)wait, go_on);
}

int mp_wait_forbid(lua_State *L, int arg_count, int result_count) {
  mp_script *script = mp_script_of(L);
  script->forbidding++;
  int status = lua_pcall(L, arg_count, result_count, 0);
  script->forbidding--;
  return status;
}

int mp_wait_ended_by(const mp_wait *wait) {
  return wait->ended_by;
}

void mp_wait_raise_ended(lua_State *L, const mp_wait *wait) {
  if (wait->ended_by == MP_OK) return;
  const mp_scope *scope = NULL;
  mp__scope_pending(wait->script->current, &scope);
  mp__scope_raise(L, wait->ended_by, scope);
}
