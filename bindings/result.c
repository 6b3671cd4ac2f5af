/* result.c - results to Lua: rows by name, tuples, columns, single values. */
#include "codec_types.h"
#include "reader.h"

#include <lauxlib.h>

#include <limits.h>
#include <string.h>

/* A reader whose columns are its own: many live in a userdata on the stack. */
typedef struct own_reader {
  mpl_reader reader;
  mpl_column few[MPL_FEW_COLUMNS];
} own_reader;

/* Pushes what the columns live in. */
static const mpl_reader *open_reader(own_reader *own, lua_State *L,
                                     const mp_result *result) {
  size_t count = mp_result_column_count(result);
  const mpl_column *known = mpl_columns_known(result);
  if (known != NULL || count <= MPL_FEW_COLUMNS) lua_pushnil(L);
  if (known == NULL) {
    mpl_column *columns = count <= MPL_FEW_COLUMNS
                              ? own->few
                              : lua_newuserdatauv(L, count * sizeof(*columns), 0);
    mpl_columns_learn(columns, count, result);
    known = columns;
  }
  own->reader = (mpl_reader){L, result, count, known, NULL};
  return &own->reader;
}

/* The first cell of a row; false, and nothing pushed, for NULL. */
static bool push_first(const mpl_reader *from, size_t row) {
  mp_cell cell;
  mp_result_cells(from->result, row, 0, 1, &cell);
  if (cell.bytes == NULL) return false;
  mpl_reader_push(from, 0, &cell);
  return true;
}

static int table_size(size_t count) {
  return count > INT_MAX ? INT_MAX : (int)count;
}

static void push_named_row(const mpl_reader *from, size_t row, int names) {
  lua_State *L = from->L;
  mp_cell cells[MPL_FEW_COLUMNS];
  lua_createtable(L, 0, (int)from->column_count);
  int table = lua_gettop(L);
  for (size_t first = 0; first < from->column_count; first += MPL_FEW_COLUMNS) {
    size_t count = mpl_reader_few(from, first);
    mp_result_cells(from->result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL) continue;
      lua_pushvalue(L, names + (int)(first + i));
      mpl_reader_push(from, first + i, &cells[i]);
      lua_rawset(L, table);
    }
  }
}

/* `n` is read through the metatable: a hash part in each row costs as much as four of
 * its values. Pushes it, and gives its slot. */
static int push_tuple_metatable(const mpl_reader *from) {
  lua_State *L = from->L;
  lua_createtable(L, 0, 1);
  lua_createtable(L, 0, 1);
  lua_pushinteger(L, (lua_Integer)from->column_count);
  lua_setfield(L, -2, "n");
  lua_setfield(L, -2, "__index");
  return lua_gettop(L);
}

static void push_tuple(const mpl_reader *from, size_t row, int metatable) {
  lua_State *L = from->L;
  mp_cell cells[MPL_FEW_COLUMNS];
  lua_createtable(L, (int)from->column_count, 0);
  for (size_t first = 0; first < from->column_count; first += MPL_FEW_COLUMNS) {
    size_t count = mpl_reader_few(from, first);
    mp_result_cells(from->result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL) continue;
      mpl_reader_push(from, first + i, &cells[i]);
      lua_rawseti(L, -2, (lua_Integer)(first + i) + 1);
    }
  }
  lua_pushvalue(L, metatable);
  lua_setmetatable(L, -2);
}

/* What was pushed last takes the place of all that was pushed since `top`. */
static void keep(lua_State *L, int top) {
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}

void mpl_push_rows(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  own_reader own;
  const mpl_reader *from = open_reader(&own, L, result);
  size_t count = mp_result_row_count(result);
  mpl_reader_open_repeats(&own.reader, count);
  int names = mpl_reader_push_names(from);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    push_named_row(from, row, names);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  mpl_set_rows_metadata(from);
  keep(L, top);
}

void mpl_push_tuples(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  own_reader own;
  const mpl_reader *from = open_reader(&own, L, result);
  size_t count = mp_result_row_count(result);
  mpl_reader_open_repeats(&own.reader, count);
  int metatable = push_tuple_metatable(from);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    push_tuple(from, row, metatable);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  mpl_set_rows_metadata(from);
  keep(L, top);
}

void mpl_push_column(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  own_reader own;
  const mpl_reader *from = open_reader(&own, L, result);
  size_t count = from->column_count == 0 ? 0 : mp_result_row_count(result);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    if (!push_first(from, row)) mpl_push_null(L);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  keep(L, top);
}

void mpl_push_row(lua_State *L, const mp_result *result, size_t row) {
  int top = lua_gettop(L);
  own_reader own;
  const mpl_reader *from = open_reader(&own, L, result);
  int names = mpl_reader_push_names(from);
  push_named_row(from, row, names);
  keep(L, top);
}

/* Columns that outlive the result they were learned from, with their types. */
struct mpl_row_reader {
  mp_types *types;
  size_t column_count;
  int *patience; /* by column, behind them: with texts that do not come again */
  mpl_column columns[];
};

static int release_columns(lua_State *L) {
  mpl_row_reader *kept = lua_touserdata(L, 1);
  mp_types_release(kept->types);
  kept->types = NULL;
  return 0;
}

void mpl_push_row_reader(lua_State *L, const mp_result *result) {
  size_t count = mp_result_column_count(result);
  size_t column_size = sizeof(mpl_column) + sizeof(int);
  mpl_row_reader *kept = lua_newuserdatauv(L, sizeof(*kept) + count * column_size, 0);
  kept->types = NULL;
  kept->column_count = count;
  kept->patience = (int *)(void *)(kept->columns + count);
  mpl_columns_learn(kept->columns, count, result);
  for (size_t i = 0; i < count; i++)
    kept->patience[i] = kept->columns[i].decode == mpl_decode_text ? MPL_PATIENCE : 0;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, release_columns);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  kept->types = mp_types_retain(mp_result_types(result));
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushstring(L, mp_result_column_name(result, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* Behind the names stands the last text of each column. */
static void push_text(const mpl_reader *from, const mpl_row_reader *by, int names,
                      size_t at, const mp_cell *cell) {
  lua_State *L = from->L;
  size_t length = 0;
  lua_Integer place = (lua_Integer)(by->column_count + at) + 1;
  lua_rawgeti(L, names, place);
  const char *last = lua_tolstring(L, -1, &length);
  bool is_same =
      last != NULL && length == cell->length && memcmp(last, cell->bytes, length) == 0;
  by->patience[at] += is_same ? by->patience[at] < MPL_PATIENCE_MAX : -1;
  if (is_same) return;
  lua_pop(L, 1);
  mpl_reader_push(from, at, cell);
  lua_pushvalue(L, -1);
  lua_rawseti(L, names, place);
}

void mpl_read_row(lua_State *L, const mpl_row_reader *by, int names,
                  const mp_result *result, size_t row) {
  const mpl_reader reading = {L, result, by->column_count, by->columns, NULL};
  const mpl_reader *from = &reading;
  mp_cell cells[MPL_FEW_COLUMNS];
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, 0, (int)from->column_count);
  int table = lua_gettop(L);
  for (size_t first = 0; first < from->column_count; first += MPL_FEW_COLUMNS) {
    size_t count = mpl_reader_few(from, first);
    mp_result_cells(result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL) continue;
      lua_rawgeti(L, names, (lua_Integer)(first + i) + 1);
      if (by->patience[first + i] > 0)
        push_text(from, by, names, first + i, &cells[i]);
      else
        mpl_reader_push(from, first + i, &cells[i]);
      lua_rawset(L, table);
    }
  }
}

void mpl_push_value(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  own_reader own;
  const mpl_reader *from = open_reader(&own, L, result);
  bool any = from->column_count > 0 && mp_result_row_count(result) > 0;
  if (!any || !push_first(from, 0)) lua_pushnil(L);
  keep(L, top);
}
