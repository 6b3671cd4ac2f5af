/* result.c - results to Lua: rows by name, tuples, columns, single values. */
#include "codec.h"
#include "error.h"

#include <lauxlib.h>

#include <limits.h>

typedef struct column {
  const mpl_codec *codec; /* NULL: as text */
  bool is_array, is_binary;
} column;

/* How to read a result; the columns live in a userdata on the stack. */
typedef struct reader {
  lua_State *L;
  const mp_result *result;
  size_t column_count;
  const column *columns;
} reader;

/* Pushes the columns' userdata. */
static reader open_reader(lua_State *L, const mp_result *result) {
  size_t count = mp_result_column_count(result);
  column *columns = lua_newuserdatauv(L, (count + 1) * sizeof(*columns), 0);
  for (size_t i = 0; i < count; i++) {
    bool is_array = false;
    const mpl_codec *codec = mpl_codec_find(mp_result_column_type(result, i), &is_array);
    bool is_binary = mp_result_column_format(result, i) == MP_FORMAT_BINARY;
    columns[i] = (column){codec, is_array, is_binary};
  }
  return (reader){L, result, count, columns};
}

static bool decode(lua_State *L, const column *by, const char *bytes, size_t length) {
  if (by->codec == NULL) {
    lua_pushlstring(L, bytes, length);
    return true;
  }
  if (by->is_array && by->is_binary)
    return mpl_array_decode_binary(L, by->codec, bytes, length);
  if (by->is_array) return mpl_array_decode_text(L, by->codec, bytes, length);
  if (by->is_binary) return by->codec->decode_binary(L, bytes, length);
  return by->codec->decode_text(L, bytes, length);
}

/* Push the cell's value; false, and nothing pushed, for NULL. */
static bool push_cell(const reader *from, size_t row, size_t at) {
  size_t length = 0;
  const char *bytes = mp_result_cell(from->result, row, at, &length);
  const column *by = &from->columns[at];
  if (bytes == NULL) return false;
  if (decode(from->L, by, bytes, length)) return true;
  mpl_raise(from->L, "decode", "cast the column to text and report what it holds",
            "column \"%s\" holds a malformed %s%s",
            mp_result_column_name(from->result, at), by->codec->name,
            by->is_array ? "[]" : "");
}

static int table_size(size_t count) {
  return count > INT_MAX ? INT_MAX : (int)count;
}

/* Push every column's name, once for all rows; the slot of the first. */
static int push_names(const reader *from) {
  int first = lua_gettop(from->L) + 1;
  luaL_checkstack(from->L, (int)from->column_count + 16,
                  "a result with too many columns");
  for (size_t i = 0; i < from->column_count; i++) {
    lua_pushstring(from->L, mp_result_column_name(from->result, i));
  }
  return first;
}

static void push_named_row(const reader *from, size_t row, int names) {
  lua_State *L = from->L;
  lua_createtable(L, 0, (int)from->column_count);
  int table = lua_gettop(L);
  for (size_t i = 0; i < from->column_count; i++) {
    lua_pushvalue(L, names + (int)i);
    if (push_cell(from, row, i))
      lua_rawset(L, table);
    else
      lua_pop(L, 1);
  }
}

static void push_tuple(const reader *from, size_t row) {
  lua_State *L = from->L;
  lua_createtable(L, (int)from->column_count, 1);
  for (size_t i = 0; i < from->column_count; i++) {
    if (push_cell(from, row, i)) lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushinteger(L, (lua_Integer)from->column_count);
  lua_setfield(L, -2, "n");
}

/* Push { { name =, oid =, type = }, ... }; the type is absent where it has no row here.
 */
static void push_columns(const reader *from) {
  lua_State *L = from->L;
  lua_createtable(L, (int)from->column_count, 0);
  for (size_t i = 0; i < from->column_count; i++) {
    const column *by = &from->columns[i];
    lua_createtable(L, 0, 3);
    lua_pushstring(L, mp_result_column_name(from->result, i));
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, mp_result_column_type(from->result, i));
    lua_setfield(L, -2, "oid");
    if (by->codec != NULL) {
      lua_pushfstring(L, "%s%s", by->codec->name, by->is_array ? "[]" : "");
      lua_setfield(L, -2, "type");
    }
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* count, command and columns are read from the table on top through its metatable. */
static void set_metadata(const reader *from) {
  lua_State *L = from->L;
  size_t rows = mp_result_row_count(from->result);
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, from->column_count > 0
                         ? (lua_Integer)rows
                         : (lua_Integer)mp_result_affected(from->result));
  lua_setfield(L, -2, "count");
  lua_pushstring(L, mp_result_command(from->result));
  lua_setfield(L, -2, "command");
  push_columns(from);
  lua_setfield(L, -2, "columns");
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}

/* What was pushed last takes the place of all that was pushed since `top`. */
static void keep(lua_State *L, int top) {
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
}

void mpl_push_rows(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  reader from = open_reader(L, result);
  int names = push_names(&from);
  size_t count = mp_result_row_count(result);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    push_named_row(&from, row, names);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  set_metadata(&from);
  keep(L, top);
}

void mpl_push_tuples(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  reader from = open_reader(L, result);
  size_t count = mp_result_row_count(result);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    push_tuple(&from, row);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  set_metadata(&from);
  keep(L, top);
}

void mpl_push_column(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  reader from = open_reader(L, result);
  size_t count = from.column_count == 0 ? 0 : mp_result_row_count(result);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    if (!push_cell(&from, row, 0)) mpl_push_null(L);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  keep(L, top);
}

void mpl_push_row(lua_State *L, const mp_result *result, size_t row) {
  int top = lua_gettop(L);
  reader from = open_reader(L, result);
  int names = push_names(&from);
  push_named_row(&from, row, names);
  keep(L, top);
}

void mpl_push_row_reader(lua_State *L, const mp_result *result) {
  reader from = open_reader(L, result);
  lua_createtable(L, (int)from.column_count, 0);
  for (size_t i = 0; i < from.column_count; i++) {
    lua_pushstring(L, mp_result_column_name(result, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

void mpl_read_row(lua_State *L, int columns, const mp_result *result, size_t row) {
  reader from = {L, result, mp_result_column_count(result), lua_touserdata(L, columns)};
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, 0, (int)from.column_count);
  int table = lua_gettop(L);
  for (size_t i = 0; i < from.column_count; i++) {
    lua_rawgeti(L, columns + 1, (lua_Integer)i + 1);
    if (push_cell(&from, row, i))
      lua_rawset(L, table);
    else
      lua_pop(L, 1);
  }
}

void mpl_push_value(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  reader from = open_reader(L, result);
  bool any = from.column_count > 0 && mp_result_row_count(result) > 0;
  if (!any || !push_cell(&from, 0, 0)) lua_pushnil(L);
  keep(L, top);
}
