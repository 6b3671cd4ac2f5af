/* description.c - what the server says about a statement, for Lua. */
#include "description.h"

static void push_type(lua_State *L, const mp_statement *statement, uint32_t oid) {
  const mp_type *type = mp_types_find(mp_statement_types(statement), oid);
  lua_pushstring(L, type == NULL ? "???" : mp_type_name(type));
}

static void push_params(lua_State *L, const mp_statement *statement) {
  size_t count = mp_statement_param_count(statement);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    push_type(L, statement, mp_statement_param_type(statement, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_columns(lua_State *L, const mp_statement *statement) {
  size_t count = mp_statement_column_count(statement);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    uint32_t oid = mp_statement_column_type(statement, i);
    lua_createtable(L, 0, 3);
    lua_pushstring(L, mp_statement_column_name(statement, i));
    lua_setfield(L, -2, "name");
    push_type(L, statement, oid);
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, oid);
    lua_setfield(L, -2, "oid");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

void mpl_push_description(lua_State *L, const mp_statement *statement) {
  lua_createtable(L, 0, 2);
  push_params(L, statement);
  lua_setfield(L, -2, "params");
  push_columns(L, statement);
  lua_setfield(L, -2, "columns");
}
