/* pool.c - pools for Lua: what an engine's pool is doing. */
#include "pool.h"

#include "engine.h"
#include "error.h"
#include "object.h"

typedef struct mpl_pool {
  mpl_object object; /* its user value is the engine, which keeps the pool */
} mpl_pool;

static const mpl_class pool_class;

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

/* The statistics of the pool at 1. */
static mp_pool_stats check_stats(lua_State *L) {
  mp_pool_stats stats;
  mpl_object_check(L, 1, &pool_class);
  lua_getiuservalue(L, 1, 1);
  mp_engine *engine = mpl_engine_test(L, -1);
  lua_pop(L, 1);
  mp_pool_get_stats(mp_engine_pool(engine), &stats);
  return stats;
}

/* pool:stats() -> table of counts */
static int pool_stats(lua_State *L) {
  mp_pool_stats stats = check_stats(L);
  lua_createtable(L, 0, 13);
  set_integer(L, "total", stats.total);
  set_integer(L, "idle", stats.idle);
  set_integer(L, "in_use", stats.in_use);
  set_integer(L, "connecting", stats.connecting);
  set_integer(L, "waiting", stats.waiting);
  set_integer(L, "max", stats.max);
  set_integer(L, "acquired", stats.acquired);
  set_integer(L, "connected", stats.connected);
  set_integer(L, "connect_failures", stats.connect_failures);
  set_integer(L, "closed", stats.closed);
  set_integer(L, "lost", stats.lost);
  set_integer(L, "acquire_timeouts", stats.acquire_timeouts);
  lua_pushnumber(L, stats.wait_seconds);
  lua_setfield(L, -2, "wait_seconds");
  return 1;
}

static const luaL_Reg pool_methods[] = {{"stats", pool_stats}, {NULL, NULL}};
static const luaL_Reg pool_events[] = {{NULL, NULL}};
static const mpl_class pool_class = {"pool", pool_methods, pool_events};

int mpl_engine_pool(lua_State *L) {
  if (mpl_engine_test(L, 1) == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  mpl_object_new(L, &pool_class, sizeof(mpl_pool), 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

void mpl_open_pool(lua_State *L) {
  mpl_class_open(L, &pool_class);
}
