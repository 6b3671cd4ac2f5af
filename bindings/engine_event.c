/* engine_event.c - what happens to an engine by itself, told to a function of Lua's in a
 * task of its own: C must not call it where it happens. */
#include "engine_event.h"

#include "engine.h"
#include "error.h"

#include <moonpool/task.h>

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

/* Events that are not told yet hold a share each, and so do sessions. */
enum { SHARES_MAX = 10000 };

static const char *const names[] = {"connect", "acquire", "close"};

typedef struct told {
  mp_job job;
  mpl_hooks *hooks;
  const char *name;
  double seconds;
  mp_error *error;
  char *texts[3]; /* see `keys` */
} told;

static const char *const keys[] = {"where", "label", "traceback"};
static const char left_out_name[] = "left_out";

/* Those that were left out since it was told last. */
static lua_Integer take_left_out(mpl_hooks *hooks) {
  mpl_left_out *left_out = mpl_hooks_left_out(hooks);
  uint64_t count = left_out->count - left_out->told;
  left_out->told = left_out->count;
  left_out->is_telling = false;
  return (lua_Integer)count;
}

static void push_event(lua_State *L, const told *event) {
  lua_createtable(L, 0, 4);
  lua_pushnumber(L, event->seconds);
  lua_setfield(L, -2, "seconds");
  if (event->name == left_out_name) {
    lua_pushinteger(L, take_left_out(event->hooks));
    lua_setfield(L, -2, "count");
  }
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
    if (event->texts[i] == NULL) continue;
    lua_pushstring(L, event->texts[i]);
    lua_setfield(L, -2, strcmp(event->name, "close") == 0 ? "reason" : keys[i]);
  }
  if (event->error == NULL) return;
  mp_script_push_error(L, event->error);
  lua_setfield(L, -2, "error");
}

static int body(lua_State *L) {
  const told *event = lua_touserdata(L, 1);
  if (!mpl_hooks_push_engine(L, event->hooks)) return 0;
  if (lua_getiuservalue(L, -1, MPL_ENGINE_TELLER) != LUA_TFUNCTION) return 0;
  lua_pushstring(L, event->name);
  push_event(L, event);
  lua_call(L, 2, 0);
  return 0;
}

static void ended(mp_job *job) {
  told *event = (told *)(void *)job;
  mpl_hooks_drop(event->hooks);
  mp_error_free(event->error);
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
    free(event->texts[i]);
  free(event);
}

static void launch(told *event, mpl_hooks *hooks, const char *name) {
  event->job = (mp_job){.body = body, .ended = ended};
  event->hooks = mpl_hooks_keep(hooks);
  event->name = name;
  mp_job_start(mpl_hooks_script(hooks), &event->job);
}

/* Told once for all that follow until its task runs, behind those that wait. */
static void leave_out(mpl_hooks *hooks) {
  mpl_left_out *left_out = mpl_hooks_left_out(hooks);
  left_out->count++;
  told *event = left_out->is_telling ? NULL : calloc(1, sizeof(*event));
  if (event == NULL) return;
  left_out->is_telling = true;
  launch(event, hooks, left_out_name);
}

/* Takes over `error`. Over the bound, or without memory, it is left out. */
static void start(mpl_hooks *hooks, const char *name, double seconds, mp_error *error,
                  const char *const *texts) {
  told *event = mpl_hooks_shares(hooks) < SHARES_MAX ? calloc(1, sizeof(*event)) : NULL;
  if (event == NULL) {
    mp_error_free(error);
    leave_out(hooks);
    return;
  }
  event->seconds = seconds;
  event->error = error;
  for (size_t i = 0; texts != NULL && i < sizeof(keys) / sizeof(keys[0]); i++) {
    if (texts[i] != NULL) event->texts[i] = strdup(texts[i]);
  }
  launch(event, hooks, name);
}

static void on_event(const mp_pool_event *event, void *data) {
  const char *texts[3] = {event->reason, NULL, NULL};
  start(data, names[event->kind], event->seconds,
        event->error == NULL ? NULL : mp_error_copy(event->error), texts);
}

static void on_leak(const mp_pool_lease *lease, void *data) {
  const char *texts[3] = {lease->where, lease->label, lease->traceback};
  start(data, "leak", lease->seconds, NULL, texts);
}

bool mpl_engine_tell_lost(mpl_hooks *hooks, const mp_error *error) {
  if (!mpl_hooks_has_teller(hooks)) return false;
  start(hooks, "lost", 0, mp_error_copy(error), NULL);
  return true;
}

int mpl_engine_events_left_out(lua_State *L) {
  if (mpl_engine_test(L, 1) == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  lua_pushinteger(L, (lua_Integer)mpl_hooks_left_out(mpl_engine_hooks(L, 1))->count);
  return 1;
}

void mpl_engine_tell(lua_State *L, mpl_hooks *hooks, mp_engine *engine) {
  unsigned kinds = 0;
  luaL_checktype(L, 2, LUA_TFUNCTION);
  luaL_checktype(L, 3, LUA_TTABLE);
  for (int kind = MP_POOL_CONNECT; kind <= MP_POOL_CLOSE; kind++) {
    if (lua_getfield(L, 3, names[kind]) != LUA_TNIL) kinds |= MP_POOL_EVENT_BIT(kind);
    lua_pop(L, 1);
  }
  lua_pushvalue(L, 2);
  lua_setiuservalue(L, 1, MPL_ENGINE_TELLER);
  mpl_hooks_set_teller(hooks);
  mp_pool_on_event(mp_engine_pool(engine), kinds, on_event, hooks);
  mp_pool_on_leak(mp_engine_pool(engine), on_leak, hooks);
}
