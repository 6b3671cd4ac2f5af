/* engine.c - engines for Lua: opened, closed, collected. */
#include "engine.h"

#include "custom_codec.h"
#include "engine_event.h"
#include "error.h"
#include "hook.h"
#include "notice.h"
#include "object.h"
#include "observer.h"
#include "pool.h"
#include "session.h"
#include "statement.h"
#include "statistics.h"

#include <moonpool/script.h>

#include <stdlib.h>
#include <string.h>

enum { DRAIN_MS = 5000 };

/* Outlives its userdata, which may be collected while the engine closes. */
typedef struct engine_state {
  mp_owned owned; /* by the script, so that it is closed before that */
  mp_script *script;
  mp_engine *engine; /* NULL once it is gone */
  bool is_closing;
  unsigned shares; /* of the userdata, of the closing, and of each wait for its end */
  struct closer *closers;
  mpl_notices *notices; /* NULL until somebody asks for them */
  mpl_custom_codec *codecs;
  mpl_hooks *hooks;
  struct engine_state *companions, *next_companion; /* that close with it */
} engine_state;

typedef struct closer { /* data of a wait for the end of closing */
  struct closer *next;
  mp_wait *wait;
  engine_state *state;
} closer;

typedef struct mpl_engine {
  mpl_object object;
  engine_state *state;
} mpl_engine;

static const mpl_class engine_class;

static void drop_share(engine_state *state) {
  if (--state->shares > 0) return;
  mpl_notices_free(state->notices);
  mpl_custom_free(state->codecs);
  mpl_hooks_drop(state->hooks);
  free(state);
}

static void on_closed(void *data) {
  engine_state *state = data;
  state->engine = NULL;
  mpl_notices_end(state->notices);
  while (state->closers != NULL) {
    closer *first = state->closers;
    state->closers = first->next;
    mp_wait_done(first->wait);
  }
  mp_script_unhold(state->script);
  drop_share(state);
}

static void start_closing(engine_state *state, uint64_t drain_ms);

static void close_companions(engine_state *state, uint64_t drain_ms) {
  while (state->companions != NULL) {
    engine_state *first = state->companions;
    state->companions = first->next_companion;
    start_closing(first, drain_ms);
    drop_share(first);
  }
}

static void start_closing(engine_state *state, uint64_t drain_ms) {
  mp_disown(&state->owned);
  if (state->is_closing || state->engine == NULL) return;
  state->is_closing = true;
  close_companions(state, drain_ms);
  state->shares++;
  mp_script_hold(state->script);
  mp_engine_close(state->engine, drain_ms, on_closed, state);
}

static void release(mp_owned *owned) {
  start_closing((engine_state *)(void *)((char *)owned - offsetof(engine_state, owned)),
                0);
}

static int engine_gc(lua_State *L) {
  mpl_engine *box = lua_touserdata(L, 1);
  engine_state *state = box->state;
  box->state = NULL;
  if (state == NULL) return 0;
  start_closing(state, 0);
  mpl_custom_forget(L, state->codecs);
  drop_share(state);
  return 0;
}

static void cancel_close(mp_wait *wait, int status) {
  (void)status;
  closer *data = mp_wait_data(wait);
  closer **at = &data->state->closers;
  while (*at != data)
    at = &(*at)->next;
  *at = data->next;
  mp_wait_done(wait);
}

static void free_close(void *data) {
  engine_state *state = ((closer *)data)->state;
  if (state != NULL) drop_share(state);
}

static int closed(lua_State *L, mp_wait *wait) {
  (void)L;
  (void)wait;
  return 0;
}

/* Where it cannot wait, the closing goes on by itself. */
static int close_within(lua_State *L, uint64_t drain_ms) {
  mpl_engine *box = mpl_object_check(L, 1, &engine_class);
  engine_state *state = box->state;
  if (state == NULL || state->engine == NULL) return 0;
  start_closing(state, drain_ms);
  if (!mp_wait_is_possible(L)) return 0;
  mp_scope_shield(L);
  mp_wait *wait = mp_wait_new(L, sizeof(closer), free_close);
  closer *data = mp_wait_data(wait);
  *data = (closer){.next = state->closers, .wait = wait, .state = state};
  state->shares++;
  state->closers = data;
  mp_wait_begin(wait, cancel_close);
  return mp_wait_suspend(L, wait, closed);
}

/* engine:close([seconds]): let work under way end for that long, cancel the rest,
 * disconnect. */
static int engine_close(lua_State *L) {
  if (lua_isnoneornil(L, 2)) return close_within(L, DRAIN_MS);
  return close_within(L,
                      (uint64_t)(mpl_check_seconds(L, 2, "the time to drain") * 1000.0));
}

static int engine_leave(lua_State *L) {
  return close_within(L, DRAIN_MS);
}

mp_engine *mpl_engine_test(lua_State *L, int index) {
  mpl_engine *box = mpl_object_test(L, index, &engine_class);
  if (box == NULL) return NULL;
  if (box->state != NULL && box->state->engine != NULL && !box->state->is_closing)
    return box->state->engine;
  mpl_raise(L, "bad_argument", "open another engine with mp.engine",
            "the engine is closed");
}

/* engine:codec_set(name, encode, decode, is_binary): for values of the type of this name
 */
static int engine_codec_set(lua_State *L) {
  mp_engine *engine = mpl_engine_test(L, 1);
  if (engine == NULL) luaL_argerror(L, 1, "engine expected");
  const mpl_engine *box = mpl_object_check(L, 1, &engine_class);
  const char *name = luaL_checkstring(L, 2);
  mp_format format = lua_toboolean(L, 5) ? MP_FORMAT_BINARY : MP_FORMAT_TEXT;
  mpl_custom_add(L, &box->state->codecs, name, format, 3, 4);
  if (mp_engine_renew_types(engine) != MP_OK) mpl_raise_memory(L);
  return 0;
}

/* engine:adopt(other): the other closes when this one does */
static int engine_adopt(lua_State *L) {
  mpl_engine *box = mpl_object_check(L, 1, &engine_class);
  if (mpl_engine_test(L, 1) == NULL || mpl_engine_test(L, 2) == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected");
  engine_state *other = ((mpl_engine *)lua_touserdata(L, 2))->state;
  other->shares++;
  other->next_companion = box->state->companions;
  box->state->companions = other;
  return 0;
}

/* tostring(engine): never a password */
static int engine_tostring(lua_State *L) {
  mpl_engine *box = mpl_object_check(L, 1, &engine_class);
  if (box->state == NULL || box->state->engine == NULL) {
    lua_pushliteral(L, "engine(closed)");
    return 1;
  }
  mp_pool_stats stats;
  mp_engine *engine = box->state->engine;
  mp_pool_get_stats(mp_engine_pool(engine), &stats);
  lua_pushfstring(L, "engine(%s, %d/%d in use)", mp_engine_name(engine),
                  (int)stats.in_use, (int)stats.max);
  return 1;
}

/* engine:name() -> "user@host:port/database" */
static int engine_name(lua_State *L) {
  const mp_engine *engine = mpl_engine_test(L, 1);
  if (engine == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  lua_pushstring(L, mp_engine_name(engine));
  return 1;
}

struct mpl_hooks *mpl_engine_hooks(lua_State *L, int index) {
  return ((mpl_engine *)lua_touserdata(L, index))->state->hooks;
}

/* engine:tell(fn, names) */
static int engine_tell(lua_State *L) {
  mp_engine *engine = mpl_engine_test(L, 1);
  if (engine == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  lua_settop(L, 3);
  mpl_engine_tell(L, mpl_engine_hooks(L, 1), engine);
  return 0;
}

/* engine:is_pooled() -> whether a pooler is between here and the server, as far as is
 * known */
static int engine_is_pooled(lua_State *L) {
  const mp_engine *engine = mpl_engine_test(L, 1);
  if (engine == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  lua_pushboolean(L, mp_engine_is_pooled(engine));
  return 1;
}

/* engine:next_notice() -> what a server said, as a table; false once the engine is
 * closed, true where there was nothing after all */
static int engine_next_notice(lua_State *L) {
  mpl_engine *box = mpl_object_check(L, 1, &engine_class);
  engine_state *state = box->state;
  if (state == NULL || state->engine == NULL) return 0;
  if (state->notices == NULL) state->notices = mpl_notices_new(state->engine);
  if (state->notices == NULL) mpl_raise_memory(L);
  return mpl_notices_next(L, state->notices);
}

static const luaL_Reg engine_methods[] = {
    {"name", engine_name},
    {"tell", engine_tell},
    {"events_left_out", mpl_engine_events_left_out},
    {"is_pooled", engine_is_pooled},
    {"next_notice", engine_next_notice},
    {"close", engine_close},
    {"codec_set", engine_codec_set},
    {"pool", mpl_engine_pool},
    {"session_open", mpl_session_open},
    {"observe", mpl_engine_observe},
    {"statistics", mpl_engine_statistics},
    {"fingerprints", mpl_engine_fingerprints},
    {"adopt", engine_adopt},
    {NULL, NULL},
};
static const luaL_Reg engine_events[] = {
    {"__gc", engine_gc},
    {"__close", engine_leave},
    {"__tostring", engine_tostring},
    {NULL, NULL},
};
static const mpl_class engine_class = {"engine", engine_methods, engine_events};

static const char *check_url(lua_State *L) {
  size_t length = 0;
  const char *url = mpl_check_text(L, 1, "the URL", &length);
  const char *nul = memchr(url, '\0', length);
  if (nul == NULL) return url;
  mpl_raise(L, "bad_config", "take it out",
            "the database URL contains a NUL byte at offset %d", (int)(nul - url));
}

static uint64_t current_task(void *script) {
  return mp_script_current_task(script);
}

int mpl_engine_open(lua_State *L) {
  mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
  lua_settop(L, 2);
  if (!lua_isnoneornil(L, 1)) options.url = check_url(L);
  mpl_engine_read_options(L, 2, &options);

  mpl_engine *box =
      mpl_object_new(L, &engine_class, sizeof(*box), MPL_ENGINE_USER_VALUES);
  engine_state *state = calloc(1, sizeof(*state));
  if (state == NULL) mpl_raise_memory(L);
  state->shares = 1;
  box->state = state;
  options.type_codec = mpl_type_codec;
  options.type_codec_data = &state->codecs;
  state->script = mp_script_of(L);
  if (state->script == NULL)
    mpl_raise(L, "shutting_down", NULL, "Moonpool is closed in this Lua state");
  options.current_task = current_task;
  options.current_task_data = state->script;
  int engine = lua_gettop(L);
  state->hooks = mpl_hooks_new(L, engine);
  if (state->hooks == NULL) mpl_raise_memory(L);
  mp_error **error = mpl_error_slot(L);
  mpl_hooks_read(L, state->hooks, 2, &options);
  mp_loop *loop = mp_script_loop(state->script);
  if (mp_engine_open(loop, &options, &state->engine, error) != MP_OK)
    mpl_raise_error(L, *error);
  mpl_hooks_install(L, state->hooks, engine, state->engine);
  lua_pop(L, 1);
  mp_own_by_script(L, &state->owned, release);
  return 1;
}

/* engine_reconfigure(engine, url_or_nil, flat_options) */
static int engine_reconfigure(lua_State *L) {
  mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
  lua_settop(L, 3);
  mp_engine *engine = mpl_engine_test(L, 1);
  if (engine == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  mpl_hooks *hooks = mpl_engine_hooks(L, 1);
  lua_pushvalue(L, 1);
  lua_remove(L, 1);
  if (!lua_isnoneornil(L, 1)) options.url = check_url(L);
  mpl_engine_read_options(L, 2, &options);
  mp_error **error = mpl_error_slot(L);
  mpl_hooks_read(L, hooks, 2, &options);
  if (mp_engine_reconfigure(engine, &options, error) != MP_OK) mpl_raise_error(L, *error);
  mpl_hooks_install(L, hooks, 3, engine);
  return 0;
}

void mpl_open_engine(lua_State *L) {
  mpl_class_open(L, &engine_class);
  mpl_class_push_methods(L, &engine_class);
  mpl_open_statements(L);
  lua_pop(L, 1);
  lua_pushcfunction(L, mpl_engine_open);
  lua_setfield(L, -2, "engine_open");
  lua_pushcfunction(L, engine_reconfigure);
  lua_setfield(L, -2, "engine_reconfigure");
}
