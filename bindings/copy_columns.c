/* copy_columns.c - the columns that a COPY goes by: names, types, codecs. */
#include "copy.h"
#include "error.h"

static const mpl_class columns_class;

/* The one place here that asks for codecs. */
static mpl_copy_column column_of(uint32_t type) {
  mpl_copy_column column = {.type = type};
  column.codec = mpl_codec_find(type, &column.is_array);
  return column;
}

void mpl_copy_columns_push(lua_State *L, const mp_result *result) {
  size_t count = mp_result_column_count(result);
  size_t size = sizeof(mpl_copy_columns) + count * sizeof(mpl_copy_column);
  mpl_copy_columns *columns = mpl_object_new(L, &columns_class, size, 1);
  columns->count = count;
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    columns->columns[i] = column_of(mp_result_column_type(result, i));
    lua_pushstring(L, mp_result_column_name(result, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setiuservalue(L, -2, 1);
}

const mpl_copy_columns *mpl_copy_columns_check(lua_State *L, int index) {
  return mpl_object_check(L, index, &columns_class);
}

/* columns:list() -> { { name =, binary = whether it has a codec, parsed = whether a
 * string for it is text that the server must parse } } */
static int columns_list(lua_State *L) {
  const mpl_copy_columns *columns = mpl_copy_columns_check(L, 1);
  lua_getiuservalue(L, 1, 1);
  lua_createtable(L, (int)columns->count, 0);
  for (size_t i = 0; i < columns->count; i++) {
    const mpl_copy_column *column = &columns->columns[i];
    lua_createtable(L, 0, 3);
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, column->codec != NULL);
    lua_setfield(L, -2, "binary");
    lua_pushboolean(L, column->codec == NULL || column->is_array ||
                           column->codec->string_use == MPL_STRING_PARSED);
    lua_setfield(L, -2, "parsed");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static const luaL_Reg columns_methods[] = {{"list", columns_list}, {NULL, NULL}};
static const luaL_Reg columns_events[] = {{NULL, NULL}};
static const mpl_class columns_class = {"copy_columns", columns_methods, columns_events};

void mpl_copy_columns_open(lua_State *L) {
  mpl_class_open(L, &columns_class);
}
