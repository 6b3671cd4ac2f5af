/* changed_row.c - an object against the row of a result that it came from: its fields are
 * compared with the row's cells as they came. */
#include "changed_row.h"

#include "cell_equal.h"
#include "error.h"

static void read_names(mpl_changed_row *of, size_t count) {
  lua_State *L = of->reader.L;
  of->name_count = count;
  of->columns = lua_newuserdatauv(L, (count + 1) * sizeof(*of->columns), 0);
  lua_replace(L, MPL_COLUMNS);
  lua_pushnil(L);
  lua_replace(L, MPL_LISTED);
  for (size_t i = 0; i < count; i++) {
    bool is_name = lua_rawgeti(L, MPL_NAMES, (lua_Integer)i + 1) == LUA_TSTRING;
    of->columns[i] =
        (mpl_row_column){.name = is_name ? lua_topointer(L, -1) : NULL, .visited = i};
    lua_pop(L, 1);
  }
}

/* The metatable on top takes the place of the one before. */
static void take_metatable(lua_State *L, mpl_changed_row *of) {
  lua_replace(L, MPL_METATABLE);
  if (!lua_istable(L, MPL_METATABLE))
    mpl_raise(L, "bad_argument", "give it what sessions keep of their objects",
              "find_changed met an object without a metatable");
  lua_pushliteral(L, "result");
  lua_rawget(L, MPL_METATABLE);
  lua_replace(L, MPL_RESULT);
  lua_pushliteral(L, "names");
  lua_rawget(L, MPL_METATABLE);
  lua_replace(L, MPL_NAMES);
  of->box = mpl_result_check(L, MPL_RESULT);
  of->reader = mpl_result_reader(of->box, L);
  of->row_count = (lua_Integer)mp_result_row_count(of->box->result);
  read_names(of, mpl_result_check_names(L, MPL_NAMES, of->box));
  of->metatable = lua_topointer(L, MPL_METATABLE);
}

/* Read the row's cells: what the object lacks of them has changed. */
static void read_row(mpl_changed_row *of) {
  mp_cell cells[MPL_FEW_COLUMNS];
  size_t row = (size_t)of->row - 1;
  for (size_t first = 0; first < of->name_count; first += MPL_FEW_COLUMNS) {
    size_t left = of->name_count - first;
    size_t count = left < MPL_FEW_COLUMNS ? left : MPL_FEW_COLUMNS;
    mp_result_cells(of->reader.result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      mpl_row_column *at = &of->columns[first + i];
      at->cell = cells[i];
      at->is_changed = cells[i].bytes != NULL && at->name != NULL;
    }
  }
}

/* Long strings are not one for all that are equal. */
static bool is_named(const mpl_changed_row *of, size_t at) {
  if (of->columns[at].name == NULL) return false;
  lua_rawgeti(of->reader.L, MPL_NAMES, (lua_Integer)at + 1);
  bool is_it = lua_rawequal(of->reader.L, -1, MPL_FIELD);
  lua_pop(of->reader.L, 1);
  return is_it;
}

/* The column of the field at MPL_FIELD; name_count where it is none's. Objects of one
 * result have their fields in one order, so that a look at where the last one had it is
 * enough.
 */
static size_t find_column(mpl_changed_row *of, size_t number) {
  size_t *guess = number < of->name_count ? &of->columns[number].visited : NULL;
  if (guess != NULL && of->columns[*guess].name == lua_topointer(of->reader.L, MPL_FIELD))
    return *guess;
  size_t at = 0;
  while (at < of->name_count && !is_named(of, at))
    at++;
  if (guess != NULL && at < of->name_count) *guess = at;
  return at;
}

/* Compare each of the object's fields with its column; whether there is one that is no
 * column of the row. */
static bool compare_fields(mpl_changed_row *of) {
  lua_State *L = of->reader.L;
  bool is_holding = false;
  size_t number = 0;
  read_row(of);
  for (lua_pushnil(L); lua_next(L, MPL_OBJECT) != 0; lua_settop(L, MPL_FIELD)) {
    size_t at = find_column(of, number++);
    if (at == of->name_count)
      is_holding = true;
    else
      of->columns[at].is_changed =
          !mpl_cell_equal(&of->reader, at, &of->columns[at].cell);
  }
  return is_holding;
}

bool mpl_changed_row_compare(lua_State *L, mpl_changed_row *of, lua_Integer row) {
  if (!lua_getmetatable(L, MPL_OBJECT)) lua_pushnil(L);
  bool is_known = of->metatable != NULL && lua_topointer(L, -1) == of->metatable;
  if (!is_known) take_metatable(L, of);
  if (row < 1 || row > of->row_count) {
    lua_pushinteger(L, row);
    (void)mpl_result_check_row(L, -1, of->box);
  }
  of->row = row;
  lua_settop(L, MPL_ENTRY);
  return compare_fields(of);
}

bool mpl_changed_row_differs(const mpl_changed_row *of) {
  for (size_t i = 0; i < of->name_count; i++)
    if (of->columns[i].is_changed) return true;
  return false;
}

static bool is_listed(const mpl_changed_row *of) {
  if (lua_isnil(of->reader.L, MPL_LISTED)) return false;
  for (size_t i = 0; i < of->name_count; i++)
    if (of->columns[i].is_changed != of->columns[i].was_changed) return false;
  return true;
}

void mpl_changed_row_push_names(mpl_changed_row *of) {
  lua_State *L = of->reader.L;
  if (!is_listed(of)) {
    lua_Integer count = 0;
    lua_newtable(L);
    for (size_t i = 0; i < of->name_count; i++) {
      of->columns[i].was_changed = of->columns[i].is_changed;
      if (!of->columns[i].is_changed) continue;
      lua_rawgeti(L, MPL_NAMES, (lua_Integer)i + 1);
      lua_rawseti(L, -2, ++count);
    }
    lua_replace(L, MPL_LISTED);
  }
  lua_pushvalue(L, MPL_LISTED);
}

void mpl_changed_row_push_copy(const mpl_changed_row *of) {
  lua_State *L = of->reader.L;
  lua_createtable(L, 0, (int)of->name_count);
  for (size_t i = 0; i < of->name_count; i++) {
    const mp_cell *cell = &of->columns[i].cell;
    if (cell->bytes == NULL || of->columns[i].name == NULL) continue;
    lua_rawgeti(L, MPL_NAMES, (lua_Integer)i + 1);
    mpl_reader_push(&of->reader, i, cell);
    lua_rawset(L, -3);
  }
}
