/* statistics.c - what an engine's statements have come to, for Lua. */
#include "statistics.h"

#include "engine.h"
#include "error.h"

#include <moonpool/statistics.h>

#include <lauxlib.h>

#include <math.h>

typedef struct list_box {
  mp_fingerprints *list;
} list_box;

static int free_list(lua_State *L) {
  list_box *box = lua_touserdata(L, 1);
  mp_fingerprints_free(box->list);
  box->list = NULL;
  return 0;
}

static list_box *push_box(lua_State *L) {
  list_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
  box->list = NULL;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, free_list);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  return box;
}

static mp_engine *check_engine(lua_State *L) {
  mp_engine *engine = mpl_engine_test(L, 1);
  if (engine != NULL) return engine;
  mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
}

static void set_count(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_seconds(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* The bound of the last bucket is infinite. */
static void set_histogram(lua_State *L, const char *name, const mp_histogram *histogram) {
  lua_createtable(L, MP_HISTOGRAM_BUCKETS + 1, 1);
  set_seconds(L, "seconds", histogram->seconds);
  for (size_t i = 0; i <= MP_HISTOGRAM_BUCKETS; i++) {
    double bound = i < MP_HISTOGRAM_BUCKETS ? mp_histogram_bound(i) : (double)INFINITY;
    lua_createtable(L, 0, 2);
    set_seconds(L, "bound", bound);
    set_count(L, "count", histogram->counts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

int mpl_engine_statistics(lua_State *L) {
  mp_engine_statistics sums;
  mp_engine_get_statistics(check_engine(L), &sums);
  lua_createtable(L, 0, 7);
  set_count(L, "reads", sums.reads);
  set_count(L, "writes", sums.writes);
  set_count(L, "others", sums.others);
  set_count(L, "errors", sums.errors);
  set_count(L, "rows", sums.rows);
  set_histogram(L, "queue", &sums.queue);
  set_histogram(L, "run", &sums.run);
  return 1;
}

static void push_fingerprint(lua_State *L, const mp_fingerprint *from) {
  lua_createtable(L, 0, 7);
  lua_pushstring(L, from->text);
  lua_setfield(L, -2, "sql");
  set_count(L, "calls", from->calls);
  set_count(L, "errors", from->errors);
  set_count(L, "rows", from->rows);
  set_seconds(L, "queue", from->queue_seconds);
  set_seconds(L, "run", from->run_seconds);
  set_seconds(L, "longest", from->longest_seconds);
}

int mpl_engine_fingerprints(lua_State *L) {
  mp_engine *engine = check_engine(L);
  list_box *box = push_box(L);
  box->list = mp_engine_fingerprints(engine);
  if (box->list == NULL) mpl_raise_memory(L);
  size_t count = mp_fingerprints_count(box->list);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push_fingerprint(L, mp_fingerprints_get(box->list, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}
