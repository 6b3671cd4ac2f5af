/* deep_equal.c - whether two values say the same, tables by what is in them. */
#include "deep_equal.h"

#include "interval.h"
#include "values.h"

#include <lauxlib.h>

/* Comparing the two kinds of timestamps raises. */
static int compare(lua_State *L) {
  lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPEQ));
  return 1;
}

static bool is_equal_by_metamethod(lua_State *L, int a, int b) {
  lua_pushcfunction(L, compare);
  lua_pushvalue(L, a);
  lua_pushvalue(L, b);
  bool ok = lua_pcall(L, 2, 1, 0) == LUA_OK;
  bool is_equal = ok && lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is_equal;
}

/* A month and 30 days compare as equal, and are not the same. */
static bool are_userdata_equal(lua_State *L, int a, int b) {
  const mp_interval *left = mpl_test_interval(L, a), *right = mpl_test_interval(L, b);
  if (left == NULL || right == NULL) return is_equal_by_metamethod(L, a, b);
  return left->months == right->months && left->days == right->days &&
         left->microseconds == right->microseconds;
}

static bool are_numbers_equal(lua_State *L, int a, int b) {
  if (lua_rawequal(L, a, b)) return true;
  return !lua_rawequal(L, a, a) && !lua_rawequal(L, b, b);
}

static size_t count_fields(lua_State *L, int index) {
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1))
    count++;
  return count;
}

/* What is unmarked is written by its content, of which an empty one has none. */
static bool do_marks_agree(lua_State *L, int a, int b, bool is_empty) {
  mpl_json_mark left = mpl_json_get_mark(L, a), right = mpl_json_get_mark(L, b);
  if (left == right) return true;
  return !is_empty && (left == MPL_JSON_UNMARKED || right == MPL_JSON_UNMARKED);
}

static bool are_fields_equal(lua_State *L, int a, int b) {
  int top = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, a) != 0; lua_settop(L, top + 1)) {
    lua_pushvalue(L, top + 1);
    lua_rawget(L, b);
    if (mpl_deep_equal(L, top + 2, top + 3)) continue;
    lua_settop(L, top);
    return false;
  }
  return true;
}

static bool are_tables_equal(lua_State *L, int a, int b) {
  if (lua_rawequal(L, a, b)) return true;
  if (luaL_getmetafield(L, a, "__eq") != LUA_TNIL) {
    lua_pop(L, 1);
    return is_equal_by_metamethod(L, a, b);
  }
  size_t count = count_fields(L, a);
  if (count != count_fields(L, b) || !do_marks_agree(L, a, b, count == 0)) return false;
  return are_fields_equal(L, a, b);
}

/* It ends: a decoded value, which one of them is, contains itself nowhere. */
bool mpl_deep_equal(lua_State *L, int a, int b) {
  int type = lua_type(L, a);
  if (type != lua_type(L, b)) return false;
  luaL_checkstack(L, 12, "values too deep to compare");
  if (type == LUA_TNUMBER) return are_numbers_equal(L, a, b);
  if (type == LUA_TUSERDATA) return are_userdata_equal(L, a, b);
  if (type == LUA_TTABLE) return are_tables_equal(L, a, b);
  return lua_rawequal(L, a, b) == 1;
}
