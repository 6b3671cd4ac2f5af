/* result.c - results to Lua: rows by name, tuples, columns, single values. */
#include "codec.h"
#include "error.h"

#include <lauxlib.h>

#include <limits.h>
#include <string.h>

typedef struct column {
  const mp_type *type; /* NULL: nobody knows it, and it came as text */
  mpl_decode decode;   /* of types that have one; NULL: by the type */
  bool is_binary;
} column;

#define FEW_COLUMNS 16

/* How to read a result. Many columns live in a userdata on the stack. */
typedef struct reader {
  lua_State *L;
  const mp_result *result;
  size_t column_count;
  const column *columns;
  column few[FEW_COLUMNS];
} reader;

static mpl_decode decode_of(const mp_type *type, bool is_binary) {
  const mpl_codec *codec = mp_type_codec(mpl_type_base(type));
  if (codec == NULL) return NULL;
  return is_binary ? codec->decode_binary : codec->decode_text;
}

/* Columns that are known already; `few` is not touched. */
static void use_columns(reader *from, lua_State *L, const mp_result *result,
                        const column *columns, size_t count) {
  from->L = L;
  from->result = result;
  from->column_count = count;
  from->columns = columns;
}

/* Pushes what the columns live in. */
static void open_reader(reader *from, lua_State *L, const mp_result *result) {
  size_t count = mp_result_column_count(result);
  column *columns = from->few;
  if (count <= FEW_COLUMNS)
    lua_pushnil(L);
  else
    columns = lua_newuserdatauv(L, count * sizeof(*columns), 0);
  use_columns(from, L, result, columns, count);
  for (size_t i = 0; i < count; i++) {
    bool is_binary = mp_result_column_format(result, i) == MP_FORMAT_BINARY;
    const mp_type *type =
        mp_types_find(mp_result_types(result), mp_result_column_type(result, i));
    columns[i] =
        (column){type, type == NULL ? NULL : decode_of(type, is_binary), is_binary};
  }
}

static bool decode_parts(mpl_decoder *from, const column *by, const char *bytes,
                         size_t length) {
  if (by->type == NULL) {
    lua_pushlstring(from->L, bytes, length);
    return true;
  }
  if (by->is_binary) return mpl_read_binary(from, by->type, bytes, length);
  return mpl_read_literal(from, by->type, bytes, length);
}

MPL_NORETURN static void raise_trouble(const reader *from, size_t at,
                                       const mpl_decoder *by) {
  const char *label = mp_result_column_name(from->result, at),
             *name = mp_type_name(from->columns[at].type);
  if (by->is_changed) mp_types_doubt(by->types);
  if (by->trouble != NULL) {
    const mp_type *type = mp_types_find(by->types, by->trouble_oid);
    mpl_raise(from->L, "decode", "cast it to text, or select its fields one by one",
              "column \"%s\": type %s %s", label,
              type == NULL ? name : mp_type_name(type), by->trouble);
  }
  if (by->is_changed)
    mpl_raise(from->L, "decode", "run the statement again: the types are read anew",
              "column \"%s\" does not fit %s as it was: the type has changed", label,
              name);
  mpl_raise(from->L, "decode", "cast the column to text and report what it holds",
            "column \"%s\" holds a malformed %s", label, name);
}

/* A value made of parts, or whose decoder has refused the bytes. */
static void push_by_type(const reader *from, size_t at, const mp_cell *cell) {
  const column *by = &from->columns[at];
  mpl_decoder decoder = {.L = from->L, .types = mp_result_types(from->result)};
  if (by->decode == NULL && decode_parts(&decoder, by, cell->bytes, cell->length)) return;
  raise_trouble(from, at, &decoder);
}

/* Push the value of a cell that is not NULL. */
static inline void push_value(const reader *from, size_t at, const mp_cell *cell) {
  mpl_decode decode = from->columns[at].decode;
  if (decode != NULL && decode(from->L, cell->bytes, cell->length)) return;
  push_by_type(from, at, cell);
}

/* The first cell of a row; false, and nothing pushed, for NULL. */
static bool push_first(const reader *from, size_t row) {
  mp_cell cell;
  mp_result_cells(from->result, row, 0, 1, &cell);
  if (cell.bytes == NULL) return false;
  push_value(from, 0, &cell);
  return true;
}

/* How many of the columns from `first` on are read in one go. */
static size_t few_from(const reader *from, size_t first) {
  size_t left = from->column_count - first;
  return left < FEW_COLUMNS ? left : FEW_COLUMNS;
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
  mp_cell cells[FEW_COLUMNS];
  lua_createtable(L, 0, (int)from->column_count);
  int table = lua_gettop(L);
  for (size_t first = 0; first < from->column_count; first += FEW_COLUMNS) {
    size_t count = few_from(from, first);
    mp_result_cells(from->result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL) continue;
      lua_pushvalue(L, names + (int)(first + i));
      push_value(from, first + i, &cells[i]);
      lua_rawset(L, table);
    }
  }
}

/* `n` is read through the metatable: a hash part in each row costs as much as four of
 * its values. Pushes it, and gives its slot. */
static int push_tuple_metatable(const reader *from) {
  lua_State *L = from->L;
  lua_createtable(L, 0, 1);
  lua_createtable(L, 0, 1);
  lua_pushinteger(L, (lua_Integer)from->column_count);
  lua_setfield(L, -2, "n");
  lua_setfield(L, -2, "__index");
  return lua_gettop(L);
}

static void push_tuple(const reader *from, size_t row, int metatable) {
  lua_State *L = from->L;
  mp_cell cells[FEW_COLUMNS];
  lua_createtable(L, (int)from->column_count, 0);
  for (size_t first = 0; first < from->column_count; first += FEW_COLUMNS) {
    size_t count = few_from(from, first);
    mp_result_cells(from->result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL) continue;
      push_value(from, first + i, &cells[i]);
      lua_rawseti(L, -2, (lua_Integer)(first + i) + 1);
    }
  }
  lua_pushvalue(L, metatable);
  lua_setmetatable(L, -2);
}

/* Push { { name =, oid =, type = }, ... }. */
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
    lua_pushstring(L, by->type == NULL ? "???" : mp_type_name(by->type));
    lua_setfield(L, -2, "type");
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
  reader from;
  open_reader(&from, L, result);
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
  reader from;
  open_reader(&from, L, result);
  int metatable = push_tuple_metatable(&from);
  size_t count = mp_result_row_count(result);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    push_tuple(&from, row, metatable);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  set_metadata(&from);
  keep(L, top);
}

void mpl_push_column(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  reader from;
  open_reader(&from, L, result);
  size_t count = from.column_count == 0 ? 0 : mp_result_row_count(result);
  lua_createtable(L, table_size(count), 0);
  for (size_t row = 0; row < count; row++) {
    if (!push_first(&from, row)) mpl_push_null(L);
    lua_rawseti(L, -2, (lua_Integer)row + 1);
  }
  keep(L, top);
}

void mpl_push_row(lua_State *L, const mp_result *result, size_t row) {
  int top = lua_gettop(L);
  reader from;
  open_reader(&from, L, result);
  int names = push_names(&from);
  push_named_row(&from, row, names);
  keep(L, top);
}

/* Columns that outlive the result they were learned from, with their types. */
typedef struct kept_columns {
  mp_types *types;
  column columns[];
} kept_columns;

static int release_columns(lua_State *L) {
  kept_columns *kept = lua_touserdata(L, 1);
  mp_types_release(kept->types);
  kept->types = NULL;
  return 0;
}

void mpl_push_row_reader(lua_State *L, const mp_result *result) {
  reader from;
  open_reader(&from, L, result);
  size_t size = from.column_count * sizeof(column);
  kept_columns *kept = lua_newuserdatauv(L, sizeof(*kept) + size, 0);
  kept->types = NULL;
  if (size > 0) memcpy(kept->columns, from.columns, size);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, release_columns);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  kept->types = mp_types_retain(mp_result_types(result));
  lua_remove(L, -2);
  lua_createtable(L, (int)from.column_count, 0);
  for (size_t i = 0; i < from.column_count; i++) {
    lua_pushstring(L, mp_result_column_name(result, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

void mpl_read_row(lua_State *L, int columns, const mp_result *result, size_t row) {
  const kept_columns *kept = lua_touserdata(L, columns);
  reader from;
  use_columns(&from, L, result, kept->columns, mp_result_column_count(result));
  mp_cell cells[FEW_COLUMNS];
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, 0, (int)from.column_count);
  int table = lua_gettop(L);
  for (size_t first = 0; first < from.column_count; first += FEW_COLUMNS) {
    size_t count = few_from(&from, first);
    mp_result_cells(result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL) continue;
      lua_rawgeti(L, columns + 1, (lua_Integer)(first + i) + 1);
      push_value(&from, first + i, &cells[i]);
      lua_rawset(L, table);
    }
  }
}

void mpl_push_value(lua_State *L, const mp_result *result) {
  int top = lua_gettop(L);
  reader from;
  open_reader(&from, L, result);
  bool any = from.column_count > 0 && mp_result_row_count(result) > 0;
  if (!any || !push_first(&from, 0)) lua_pushnil(L);
  keep(L, top);
}
