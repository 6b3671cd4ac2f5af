/* pool.c - pools for Lua: what an engine's pool is doing. */
#include "pool.h"

#include "engine.h"
#include "error.h"
#include "object.h"

#include <string.h>

typedef struct mpl_pool {
  mpl_object object; /* its user value is the engine, which keeps the pool */
} mpl_pool;

static const mpl_class pool_class;

static void set_integer(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static mp_pool *check_pool(lua_State *L) {
  mpl_object_check(L, 1, &pool_class);
  lua_getiuservalue(L, 1, 1);
  mp_engine *engine = mpl_engine_test(L, -1);
  lua_pop(L, 1);
  return mp_engine_pool(engine);
}

/* pool:stats() -> table of counts */
static int pool_stats(lua_State *L) {
  mp_pool_stats stats;
  mp_pool_get_stats(check_pool(L), &stats);
  lua_createtable(L, 0, 17);
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
  set_integer(L, "deadlocks", stats.deadlocks);
  set_integer(L, "leaks", stats.leaks);
  set_integer(L, "invalidations", stats.invalidations);
  set_integer(L, "idle_checks", stats.idle_checks);
  lua_pushnumber(L, stats.wait_seconds);
  lua_setfield(L, -2, "wait_seconds");
  return 1;
}

/* pool:losses() -> how often connections were lost, cheaply */
static int pool_losses(lua_State *L) {
  mp_pool_stats stats;
  mp_pool_get_stats(check_pool(L), &stats);
  lua_pushinteger(L, (lua_Integer)stats.lost);
  return 1;
}

/* pool:recycle_over([seconds]) */
static int pool_recycle(lua_State *L) {
  double seconds = 0;
  if (!lua_isnoneornil(L, 2)) seconds = mpl_check_seconds(L, 2, "the time to recycle");
  mp_pool_recycle(check_pool(L), (uint64_t)(seconds * 1000.0));
  return 0;
}

static void set_text(lua_State *L, const char *name, const char *value) {
  if (value == NULL) return;
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void push_lease(lua_State *L, const mp_pool_lease *lease) {
  lua_createtable(L, 0, 4);
  lua_pushnumber(L, lease->seconds);
  lua_setfield(L, -2, "seconds");
  set_text(L, "label", lease->label);
  set_text(L, "where", lease->where);
  set_text(L, "traceback", lease->traceback);
}

static size_t size_of_text(const char *text) {
  return text == NULL ? 0 : strlen(text) + 1;
}

static const char *keep_text(char **free_space, const char *text) {
  size_t size = size_of_text(text);
  if (size == 0) return NULL;
  char *kept = memcpy(*free_space, text, size);
  *free_space += size;
  return kept;
}

/* Push a userdata that holds the leases and their texts. Whatever Lua makes may collect
 * garbage, which gives connections back: from the second look on Lua is not called. */
static const mp_pool_lease *push_leases(lua_State *L, const mp_pool *pool,
                                        size_t *count) {
  size_t room = mp_pool_leases(pool, NULL, 0);
  mp_pool_lease *leases = lua_newuserdatauv(L, (room + 1) * sizeof(*leases), 0);
  size_t found = mp_pool_leases(pool, leases, room), size = 0;
  if (found > room) found = room;
  for (size_t i = 0; i < found; i++) {
    size += size_of_text(leases[i].label) + size_of_text(leases[i].where) +
            size_of_text(leases[i].traceback);
  }
  size_t bytes = (room + 1) * sizeof(*leases);
  leases = lua_newuserdatauv(L, bytes + size, 0);
  char *texts = (char *)leases + bytes;
  *count = mp_pool_leases(pool, leases, found);
  if (*count > found) *count = found;
  for (size_t i = 0; i < *count; i++) {
    leases[i].label = keep_text(&texts, leases[i].label);
    leases[i].where = keep_text(&texts, leases[i].where);
    leases[i].traceback = keep_text(&texts, leases[i].traceback);
  }
  return leases;
}

/* pool:held() -> connections that somebody keeps, the oldest lease first */
static int pool_held(lua_State *L) {
  const mp_pool *pool = check_pool(L);
  size_t count = 0;
  const mp_pool_lease *leases = push_leases(L, pool, &count);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push_lease(L, &leases[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static const luaL_Reg pool_methods[] = {{"stats", pool_stats},
                                        {"losses", pool_losses},
                                        {"recycle_over", pool_recycle},
                                        {"held", pool_held},
                                        {NULL, NULL}};
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
