/* observer.c - a function of Lua's that is told of each statement of an engine. */
#include "observer.h"

#include "engine.h"
#include "error.h"
#include "session.h"

#include <moonpool/system.h>

#include <lauxlib.h>

int mpl_engine_observe(lua_State *L) {
  if (mpl_engine_test(L, 1) == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  lua_settop(L, 2);
  lua_setiuservalue(L, 1, MPL_ENGINE_OBSERVER);
  return 0;
}

/* Push the observer of the target at `index`, which may be closed; false, and nothing
 * pushed, where there is none. */
static bool push_observer(lua_State *L, int index, bool is_session) {
  if (is_session) {
    lua_getiuservalue(L, index, 1);
    index = lua_gettop(L);
  }
  bool found = lua_getiuservalue(L, index, MPL_ENGINE_OBSERVER) == LUA_TFUNCTION;
  if (is_session) lua_remove(L, index);
  if (!found) lua_pop(L, 1);
  return found;
}

bool mpl_observer_exists(lua_State *L, int index, const mpl_target *target) {
  bool found = push_observer(L, index, target->session != NULL);
  if (found) lua_pop(L, 1);
  return found;
}

static double seconds(uint64_t us) {
  return (double)us / 1e6;
}

/* The parameters, with their number as `n`, and the text at 0. */
void mpl_observer_keep_call(lua_State *L, int param_count) {
  lua_createtable(L, param_count, 2);
  lua_pushvalue(L, 2);
  lua_rawseti(L, -2, 0);
  lua_pushinteger(L, param_count);
  lua_setfield(L, -2, "n");
  for (int i = 1; i <= param_count; i++) {
    lua_pushvalue(L, 2 + i);
    lua_rawseti(L, -2, i);
  }
}

static int push_params(lua_State *L, int kept) {
  lua_getfield(L, kept, "n");
  int count = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  luaL_checkstack(L, count, "too many parameters");
  for (int i = 1; i <= count; i++)
    lua_rawgeti(L, kept, i);
  return count;
}

void mpl_observer_tell_stream(lua_State *L, int target, size_t rows, double waited) {
  int kept = lua_gettop(L) - 1, error = lua_gettop(L);
  luaL_checkstack(L, 16, NULL);
  if (!push_observer(L, target, mpl_session_is(L, target))) return;
  lua_rawgeti(L, kept, 0);
  lua_pushvalue(L, error);
  lua_pushinteger(L, (lua_Integer)rows);
  lua_pushnumber(L, 0);
  lua_pushnumber(L, waited);
  lua_pushnumber(L, 0);
  lua_pushnumber(L, 0);
  (void)lua_pcall(L, 7 + push_params(L, kept), 0, 0);
  lua_settop(L, error);
}

/* The queue is what is left of the whole: describing a new text is part of it. */
void mpl_observer_tell(lua_State *L, const mpl_observation *seen, int param_count) {
  int error = lua_gettop(L);
  double now = mp_system_hrtime(), server = seconds(seen->timing.server_us),
         network = seconds(seen->timing.network_us);
  double queue = seen->decoding - seen->begun - server - network;
  luaL_checkstack(L, param_count + 16, "too many parameters");
  if (!push_observer(L, 1, mpl_session_is(L, 1))) return;
  lua_pushvalue(L, 2);
  lua_pushvalue(L, error);
  lua_pushinteger(L, (lua_Integer)seen->rows);
  lua_pushnumber(L, queue > 0 ? queue : 0);
  lua_pushnumber(L, server);
  lua_pushnumber(L, network);
  lua_pushnumber(L, now - seen->decoding);
  for (int i = 0; i < param_count; i++)
    lua_pushvalue(L, 3 + i);
  (void)lua_pcall(L, 7 + param_count, 0, 0);
  lua_settop(L, error);
}
