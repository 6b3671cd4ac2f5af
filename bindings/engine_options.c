/* engine_options.c - an engine's options, from a flat Lua table to the struct that C
 * takes. */
#include "engine.h"
#include "error.h"

#include <lauxlib.h>

#include <math.h>
#include <string.h>

typedef enum option_kind {
  OPTION_COUNT,   /* uint32_t */
  OPTION_BIG,     /* uint64_t, false for 0 */
  OPTION_SECONDS, /* uint64_t milliseconds, false for 0 */
  OPTION_FLAG,    /* bool */
  OPTION_TEXT
} option_kind;

typedef struct option_row {
  const char *name;
  option_kind kind;
  size_t offset;
} option_row;

#define ROW(name, kind, member)                                                          \
  { name, kind, offsetof(mp_engine_options, member) }

static const option_row rows[] = {
    ROW("pool_min", OPTION_COUNT, pool.min),
    ROW("pool_max", OPTION_COUNT, pool.max),
    ROW("pool_burst", OPTION_COUNT, pool.burst),
    ROW("pool_max_waiters", OPTION_COUNT, pool.max_waiters),
    ROW("pool_acquire_timeout", OPTION_SECONDS, pool.acquire_timeout_ms),
    ROW("pool_max_lifetime", OPTION_SECONDS, pool.max_lifetime_ms),
    ROW("pool_max_idle_time", OPTION_SECONDS, pool.max_idle_time_ms),
    ROW("pool_max_uses", OPTION_BIG, pool.max_uses),
    ROW("pool_check_after_idle", OPTION_SECONDS, pool.check_after_idle_ms),
    ROW("pool_leak_after", OPTION_SECONDS, pool.leak_after_ms),
    ROW("pipeline_max", OPTION_COUNT, pool.share_max),
    ROW("connect_timeout", OPTION_SECONDS, connect_timeout_ms),
    ROW("read_only", OPTION_FLAG, read_only),
    ROW("password", OPTION_TEXT, password),
    ROW("application_name", OPTION_TEXT, application_name),
};

MPL_NORETURN static void refuse(lua_State *L, const char *name) {
  mpl_raise(L, "bad_config", NULL, "option %s cannot be %s", name,
            luaL_tolstring(L, -1, NULL));
}

static uint64_t read_whole(lua_State *L, const char *name, lua_Integer max) {
  if (lua_isboolean(L, -1) && !lua_toboolean(L, -1)) return 0;
  int is_whole = 0;
  lua_Integer value = lua_tointegerx(L, -1, &is_whole);
  if (lua_type(L, -1) != LUA_TNUMBER || !is_whole || value < 0 || value > max)
    refuse(L, name);
  return (uint64_t)value;
}

static uint64_t read_ms(lua_State *L, const char *name) {
  if (lua_isboolean(L, -1) && !lua_toboolean(L, -1)) return 0;
  double seconds = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
  if (!(seconds > 0) || isinf(seconds)) refuse(L, name);
  return (uint64_t)fmin(ceil(seconds * 1000.0), 1e15);
}

static void read_row(lua_State *L, const option_row *row, mp_engine_options *options) {
  char *member = (char *)options + row->offset;
  uint64_t number = 0;
  uint32_t count = 0;
  switch (row->kind) {
  case OPTION_COUNT:
    count = (uint32_t)read_whole(L, row->name, UINT32_MAX);
    memcpy(member, &count, sizeof(count));
    return;
  case OPTION_BIG:
    number = read_whole(L, row->name, LUA_MAXINTEGER);
    memcpy(member, &number, sizeof(number));
    return;
  case OPTION_SECONDS:
    number = read_ms(L, row->name);
    memcpy(member, &number, sizeof(number));
    return;
  case OPTION_FLAG: {
    bool flag = lua_toboolean(L, -1);
    memcpy(member, &flag, sizeof(flag));
    return;
  }
  case OPTION_TEXT: {
    const char *text = lua_tostring(L, -1);
    memcpy(member, &text, sizeof(text));
    return;
  }
  }
}

static bool is_choice(lua_State *L, int index, const char *name, const char *choice) {
  lua_getfield(L, index, name);
  bool is = lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), choice) == 0;
  lua_pop(L, 1);
  return is;
}

static size_t count_pairs(lua_State *L, int index) {
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1))
    count++;
  return count;
}

/* Settings: a map of strings, kept alive by the options table. */
static void read_settings(lua_State *L, int index, mp_engine_options *options) {
  if (lua_getfield(L, index, "settings") != LUA_TTABLE) return;
  int table = lua_gettop(L);
  size_t count = count_pairs(L, table);
  mp_setting *settings = lua_newuserdatauv(L, (count + 1) * sizeof(*settings), 0);
  size_t i = 0;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1), i++) {
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
      mpl_raise(L, "bad_config", NULL, "settings must map names to strings");
    settings[i].name = lua_tostring(L, -2);
    settings[i].value = lua_tostring(L, -1);
  }
  options->settings = settings;
  options->setting_count = count;
}

void mpl_engine_read_options(lua_State *L, int index, mp_engine_options *options) {
  if (lua_isnoneornil(L, index)) return;
  luaL_checktype(L, index, LUA_TTABLE);
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    if (lua_getfield(L, index, rows[i].name) != LUA_TNIL) read_row(L, &rows[i], options);
    lua_pop(L, 1);
  }
  if (is_choice(L, index, "pool_order", "fifo")) options->pool.order = MP_POOL_FIFO;
  options->unnamed_statements = is_choice(L, index, "prepare", "unnamed");
  options->named_statements = is_choice(L, index, "prepare", "named");
  if (is_choice(L, index, "pooler", "none")) options->pooler = MP_POOLER_NONE;
  if (is_choice(L, index, "pooler", "transaction"))
    options->pooler = MP_POOLER_TRANSACTION;
  read_settings(L, index, options);
}
