/* result_changes.c - an object against the row it came from: a result is the snapshot of
 * what was loaded. */
#include "cell_equal.h"
#include "result_object.h"

/* The stack of changes; of snapshot the names are in the place of the object. */
enum { RESULT = 1, ROW, OBJECT, NAMES, CHANGED };

/* A row, and the names of its columns in the list at `names`. */
typedef struct named_row {
  mpl_reader reader;
  size_t row, name_count;
  int names;
} named_row;

static named_row open_row(lua_State *L, int names) {
  const mpl_result *box = mpl_result_check(L, RESULT);
  size_t row = mpl_result_check_row(L, ROW, box);
  size_t count = mpl_result_check_names(L, names, box);
  luaL_checkstack(L, 16, NULL);
  return (named_row){mpl_result_reader(box, L), row, count, names};
}

/* Read the cells from the column `first` on that one look is for; how many. */
static size_t read_few(const named_row *of, size_t first, mp_cell *cells) {
  size_t left = of->name_count - first;
  size_t count = left < MPL_FEW_COLUMNS ? left : MPL_FEW_COLUMNS;
  mp_result_cells(of->reader.result, of->row, first, count, cells);
  return count;
}

/* Push the column's name; false, and nothing pushed, where it has none. */
static bool push_name(const named_row *of, size_t at) {
  lua_State *L = of->reader.L;
  if (lua_rawgeti(L, of->names, (lua_Integer)at + 1) == LUA_TSTRING) return true;
  lua_pop(L, 1);
  return false;
}

/* Whether the object's field is what the cell says; its name is on top. */
static bool is_same(const named_row *of, size_t at, const mp_cell *cell) {
  lua_State *L = of->reader.L;
  lua_pushvalue(L, -1);
  lua_rawget(L, OBJECT);
  bool is_same = mpl_cell_equal(&of->reader, at, cell);
  lua_pop(L, 1);
  return is_same;
}

/* The name on top joins the list of those that have changed. */
static void note_changed(lua_State *L) {
  if (lua_isnil(L, CHANGED)) {
    lua_newtable(L);
    lua_replace(L, CHANGED);
  }
  lua_rawseti(L, CHANGED, (lua_Integer)lua_rawlen(L, CHANGED) + 1);
}

/* result:changes(row, object, names) -> nil, or the names of the fields that differ */
int mpl_result_changes(lua_State *L) {
  mp_cell cells[MPL_FEW_COLUMNS];
  const named_row of = open_row(L, NAMES);
  luaL_checktype(L, OBJECT, LUA_TTABLE);
  lua_settop(L, NAMES);
  lua_pushnil(L);
  for (size_t first = 0; first < of.name_count; first += MPL_FEW_COLUMNS) {
    size_t count = read_few(&of, first, cells);
    for (size_t i = 0; i < count; i++) {
      if (!push_name(&of, first + i)) continue;
      if (is_same(&of, first + i, &cells[i]))
        lua_pop(L, 1);
      else
        note_changed(L);
    }
  }
  return 1;
}

/* result:snapshot(row, names) -> the fields as they were loaded */
int mpl_result_snapshot(lua_State *L) {
  mp_cell cells[MPL_FEW_COLUMNS];
  const named_row of = open_row(L, OBJECT);
  lua_createtable(L, 0, (int)of.name_count);
  for (size_t first = 0; first < of.name_count; first += MPL_FEW_COLUMNS) {
    size_t count = read_few(&of, first, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL || !push_name(&of, first + i)) continue;
      mpl_reader_push(&of.reader, first + i, &cells[i]);
      lua_rawset(L, -3);
    }
  }
  return 1;
}
