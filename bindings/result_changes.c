/* result_changes.c - an object against the row it came from: a result is the snapshot of
 * what was loaded. */
#include "cell_equal.h"
#include "result_object.h"

/* The columns whose names stand in the list at `names`, of an object and its row. */
typedef struct comparison {
  mpl_reader reader;
  size_t row, name_count;
  int object, names;
} comparison;

/* The next column from *at on whose field has changed; its name is pushed. */
static bool push_changed(const comparison *of, size_t *at) {
  lua_State *L = of->reader.L;
  for (; *at < of->name_count; ++*at) {
    mp_cell cell;
    if (lua_rawgeti(L, of->names, (lua_Integer)*at + 1) == LUA_TSTRING) {
      lua_pushvalue(L, -1);
      lua_rawget(L, of->object);
      mp_result_cells(of->reader.result, of->row, *at, 1, &cell);
      if (!mpl_cell_equal(&of->reader, *at, &cell)) {
        lua_pop(L, 1);
        return true;
      }
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  return false;
}

/* result:changes(row, object, names) -> nil, or the names of the fields that differ */
int mpl_result_changes(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, 1);
  comparison of = {.reader = mpl_result_reader(box, L),
                   .row = mpl_result_check_row(L, 2, box),
                   .object = 3,
                   .names = 4};
  luaL_checktype(L, 3, LUA_TTABLE);
  of.name_count = mpl_result_check_names(L, 4, box);
  luaL_checkstack(L, 16, NULL);
  lua_settop(L, 4);
  lua_pushnil(L);
  lua_Integer count = 0;
  for (size_t at = 0; push_changed(&of, &at); at++) {
    if (count == 0) {
      lua_newtable(L);
      lua_replace(L, 5);
    }
    lua_rawseti(L, 5, ++count);
  }
  return 1;
}

/* result:snapshot(row, names) -> the fields as they were loaded */
int mpl_result_snapshot(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, 1);
  const mpl_reader from = mpl_result_reader(box, L);
  size_t row = mpl_result_check_row(L, 2, box);
  size_t count = mpl_result_check_names(L, 3, box);
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    mp_cell cell;
    mp_result_cells(box->result, row, i, 1, &cell);
    bool is_wanted = lua_rawgeti(L, 3, (lua_Integer)i + 1) == LUA_TSTRING;
    if (!is_wanted || cell.bytes == NULL) {
      lua_pop(L, 1);
      continue;
    }
    mpl_reader_push(&from, i, &cell);
    lua_rawset(L, -3);
  }
  return 1;
}
