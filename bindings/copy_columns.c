/* copy_columns.c - the columns that a COPY goes by: names, types, codecs. */
#include "copy.h"
#include "error.h"

static const mpl_class columns_class;

static mpl_copy_column column_of(const mp_statement *statement, size_t i) {
  uint32_t oid = mp_statement_column_type(statement, i);
  const mp_type *type = mpl_type_base(mp_types_find(mp_statement_types(statement), oid));
  const mpl_codec *codec = mp_type_codec(type);
  bool is_direct =
      codec != NULL && codec->string_use != MPL_STRING_CUSTOM && mp_type_is_binary(type);
  return (mpl_copy_column){type, codec, is_direct};
}

void mpl_copy_columns_push(lua_State *L, mp_statement *statement) {
  size_t count = mp_statement_column_count(statement);
  size_t size = sizeof(mpl_copy_columns) + count * sizeof(mpl_copy_column);
  mpl_copy_columns *columns = mpl_object_new(L, &columns_class, size, 1);
  columns->statement = mp_statement_retain(statement);
  columns->count = count;
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    columns->columns[i] = column_of(statement, i);
    lua_pushstring(L, mp_statement_column_name(statement, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setiuservalue(L, -2, 1);
}

mpl_copy_columns *mpl_copy_columns_check(lua_State *L, int index) {
  return mpl_object_check(L, index, &columns_class);
}

static int columns_gc(lua_State *L) {
  mpl_copy_columns *columns = lua_touserdata(L, 1);
  mp_statement_release(columns->statement);
  columns->statement = NULL;
  columns->count = 0;
  return 0;
}

/* columns:list() -> { { name =, binary = whether its values can be binary, parsed =
 * whether a string for it is text that the server must parse } } */
static int columns_list(lua_State *L) {
  const mpl_copy_columns *columns = mpl_copy_columns_check(L, 1);
  lua_getiuservalue(L, 1, 1);
  lua_createtable(L, (int)columns->count, 0);
  for (size_t i = 0; i < columns->count; i++) {
    const mpl_copy_column *column = &columns->columns[i];
    lua_createtable(L, 0, 3);
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, mp_type_is_binary(column->type));
    lua_setfield(L, -2, "binary");
    lua_pushboolean(L, column->codec == NULL ||
                           column->codec->string_use == MPL_STRING_PARSED);
    lua_setfield(L, -2, "parsed");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static const luaL_Reg columns_methods[] = {{"list", columns_list}, {NULL, NULL}};
static const luaL_Reg columns_events[] = {{"__gc", columns_gc}, {NULL, NULL}};
static const mpl_class columns_class = {"copy_columns", columns_methods, columns_events};

void mpl_copy_columns_open(lua_State *L) {
  mpl_class_open(L, &columns_class);
}
