/* shape.c - the answers that statement methods give: rows, one row, a value, a count. */
#include "shape.h"

#include "codec.h"
#include "error.h"
#include "result_object.h"

static int push_rows(lua_State *L, mp_result **result) {
  mpl_push_rows(L, *result);
  return 1;
}

static int push_tuples(lua_State *L, mp_result **result) {
  mpl_push_tuples(L, *result);
  return 1;
}

static int push_column(lua_State *L, mp_result **result) {
  mpl_push_column(L, *result);
  return 1;
}

static void check_single(lua_State *L, const mp_result *result) {
  size_t count = mp_result_row_count(result);
  if (count <= 1) return;
  mpl_raise(L, "multiple_rows", NULL,
            "the statement gave %zu rows where at most one is expected", count);
}

static int push_one(lua_State *L, mp_result **result) {
  check_single(L, *result);
  if (mp_result_row_count(*result) == 0)
    lua_pushnil(L);
  else
    mpl_push_row(L, *result, 0);
  return 1;
}

static int push_get(lua_State *L, mp_result **result) {
  if (mp_result_row_count(*result) == 0)
    mpl_raise(L, "not_found", NULL, "the statement gave no row where one is expected");
  return push_one(L, result);
}

static int push_value(lua_State *L, mp_result **result) {
  check_single(L, *result);
  mpl_push_value(L, *result);
  return 1;
}

static int push_affected(lua_State *L, mp_result **result) {
  lua_pushinteger(L, (lua_Integer)mp_result_affected(*result));
  return 1;
}

static int push_many(lua_State *L, mp_result **result) {
  lua_Integer i = 0;
  lua_newtable(L);
  for (const mp_result *at = *result; at != NULL; at = mp_result_next(at)) {
    mpl_push_rows(L, at);
    lua_rawseti(L, -2, ++i);
  }
  return 1;
}

static int push_result(lua_State *L, mp_result **result) {
  mpl_push_result(L, result);
  return 1;
}

const mpl_shape mpl_shapes[] = {
    {"query", false, push_rows},
    {"one", false, push_one},
    {"get", false, push_get},
    {"value", false, push_value},
    {"column", false, push_column},
    {"tuples", false, push_tuples},
    {"exec", false, push_affected},
    {"many", true, push_many},
    {"result", false, push_result},
    {"stream", false, NULL},
    {NULL, false, NULL},
};
