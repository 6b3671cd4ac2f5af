/* result_object.c - a whole result in Lua's hands: decoded when, and as far as, it is
 * asked for. */
#include "result_object.h"

#include "error.h"

static const mpl_class result_class;
static const char serial_key = 0; /* registry: the last number that was given */

static lua_Integer next_serial(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &serial_key);
  lua_Integer serial = lua_tointeger(L, -1) + 1;
  lua_pop(L, 1);
  lua_pushinteger(L, serial);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &serial_key);
  return serial;
}

/* The collector sees the userdata alone: it is told of the rest as of its own. */
static void tell_collector(lua_State *L, const mp_result *result) {
  size_t kilobytes = mp_result_memory(result) / 1024;
  if (kilobytes > 0 && lua_gc(L, LUA_GCISRUNNING)) lua_gc(L, LUA_GCSTEP, (int)kilobytes);
}

void mpl_push_result(lua_State *L, mp_result **result) {
  size_t count = mp_result_column_count(*result);
  lua_Integer serial = next_serial(L);
  mpl_result *box =
      mpl_object_new(L, &result_class, sizeof(*box) + count * sizeof(mpl_column), 0);
  box->serial = serial;
  box->column_count = count;
  mpl_columns_learn(box->columns, count, *result);
  box->result = *result;
  *result = NULL;
  (void)mp_result_pack(box->result);
  tell_collector(L, box->result);
}

mpl_result *mpl_result_check(lua_State *L, int index) {
  mpl_result *box = mpl_object_check(L, index, &result_class);
  if (box->result != NULL) return box;
  mpl_raise(L, "bad_argument", "keep it until nobody needs its rows any more",
            "the result was released");
}

mpl_reader mpl_result_reader(const mpl_result *box, lua_State *L) {
  return (mpl_reader){L, box->result, box->column_count, box->columns, NULL};
}

size_t mpl_result_check_row(lua_State *L, int index, const mpl_result *box) {
  lua_Integer count = (lua_Integer)mp_result_row_count(box->result);
  lua_Integer row = lua_isinteger(L, index) ? lua_tointeger(L, index) : 0;
  if (row >= 1 && row <= count) return (size_t)row - 1;
  mpl_raise(L, "bad_argument", "rows are counted from 1",
            "the result has %lld rows, and none at %s", (long long)count,
            luaL_tolstring(L, index, NULL));
}

size_t mpl_result_check_names(lua_State *L, int index, const mpl_result *box) {
  if (lua_type(L, index) != LUA_TTABLE)
    mpl_raise(L, "bad_argument", "give a name, or false, for each column",
              "names expected, got %s", luaL_typename(L, index));
  size_t count = lua_rawlen(L, index);
  if (count <= box->column_count) return count;
  mpl_raise(L, "bad_argument", "give a name, or false, for each column",
            "the result has %zu columns, got %zu names", box->column_count, count);
}

static int result_names(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, 1);
  lua_createtable(L, (int)box->column_count, 0);
  for (size_t i = 0; i < box->column_count; i++) {
    lua_pushstring(L, mp_result_column_name(box->result, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int result_rows(lua_State *L) {
  mpl_push_rows(L, mpl_result_check(L, 1)->result);
  return 1;
}

static int result_tuples(lua_State *L) {
  mpl_push_tuples(L, mpl_result_check(L, 1)->result);
  return 1;
}

static size_t check_column(lua_State *L, int index, const mpl_result *box) {
  lua_Integer at = lua_isinteger(L, index) ? lua_tointeger(L, index) : 0;
  if (at >= 1 && (size_t)at <= box->column_count) return (size_t)at - 1;
  mpl_raise(L, "bad_argument", "columns are counted from 1",
            "the result has %zu columns, and none at %s", box->column_count,
            luaL_tolstring(L, index, NULL));
}

/* result:column(at) -> its value of each row, mp.null for NULL */
static int result_column(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, 1);
  const mpl_reader from = mpl_result_reader(box, L);
  size_t at = check_column(L, 2, box);
  size_t count = mp_result_row_count(box->result);
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, (int)count, 0);
  for (size_t row = 0; row < count; row++) {
    mp_cell cell;
    mp_result_cells(box->result, row, at, 1, &cell);
    if (cell.bytes == NULL)
      mpl_push_null(L);
    else
      mpl_reader_push(&from, at, &cell);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  return 1;
}

static int result_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)mp_result_row_count(mpl_result_check(L, 1)->result));
  return 1;
}

static int result_release(lua_State *L) {
  mpl_result *box = mpl_object_check(L, 1, &result_class);
  mp_result_free(box->result);
  box->result = NULL;
  return 0;
}

static int result_tostring(lua_State *L) {
  const mpl_result *box = mpl_object_check(L, 1, &result_class);
  if (box->result == NULL)
    lua_pushliteral(L, "result(released)");
  else
    lua_pushfstring(L, "result(%I rows of %I columns)",
                    (LUAI_UACINT)mp_result_row_count(box->result),
                    (LUAI_UACINT)box->column_count);
  return 1;
}

static const luaL_Reg result_methods[] = {
    {"names", result_names},
    {"rows", result_rows},
    {"tuples", result_tuples},
    {"column", result_column},
    {"load", mpl_result_load},
    {"changes", mpl_result_changes},
    {"snapshot", mpl_result_snapshot},
    {"release", result_release},
    {NULL, NULL},
};
static const luaL_Reg result_events[] = {
    {"__len", result_length},
    {"__gc", result_release},
    {"__close", result_release},
    {"__tostring", result_tostring},
    {NULL, NULL},
};
static const mpl_class result_class = {"result", result_methods, result_events};

void mpl_open_result(lua_State *L) {
  mpl_class_open(L, &result_class);
}
