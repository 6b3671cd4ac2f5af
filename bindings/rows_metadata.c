/* rows_metadata.c - count, command and columns of rows, read through their metatable: few
 * ask for the columns, so that these are made when somebody does. */
#include "reader.h"

#include <lauxlib.h>

#include <string.h>

static const char rows_class_key = 0; /* registry: what rows have besides */

int mpl_set_rows_class(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &rows_class_key);
  return 0;
}

/* Upvalues of read_metadata. `columns` is their description, or the table made of it. */
enum { COUNT = 1, COMMAND, COLUMNS };

/* Push what is known of the columns as one string: of each its oid, and its type's and
 * its own name with a NUL behind each. */
static void push_description(const mpl_reader *from) {
  mpl_buffer out;
  mpl_buffer_init(from->L, &out);
  for (size_t i = 0; i < from->column_count; i++) {
    const mp_type *type = from->columns[i].type;
    const char *type_name = type == NULL ? "???" : mp_type_name(type);
    const char *name = mp_result_column_name(from->result, i);
    mpl_buffer_u32(&out, mp_result_column_type(from->result, i));
    mpl_buffer_append(&out, type_name, strlen(type_name) + 1);
    mpl_buffer_append(&out, name, strlen(name) + 1);
  }
  lua_pushlstring(from->L, out.data, out.length);
  lua_remove(from->L, out.slot);
}

/* Push { name =, oid =, type = }; gives what stands behind its description. */
static const char *push_column(lua_State *L, const char *at) {
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, mpl_get_u32(at));
  lua_setfield(L, -2, "oid");
  const char *type_name = at + 4, *name = type_name + strlen(type_name) + 1;
  lua_pushstring(L, type_name);
  lua_setfield(L, -2, "type");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "name");
  return name + strlen(name) + 1;
}

static void push_columns(lua_State *L) {
  size_t length = 0;
  lua_pushvalue(L, lua_upvalueindex(COLUMNS));
  if (lua_istable(L, -1)) return;
  const char *at = lua_tolstring(L, -1, &length), *end = at + length;
  lua_newtable(L);
  for (lua_Integer i = 1; at < end; i++) {
    at = push_column(L, at);
    lua_rawseti(L, -2, i);
  }
  lua_pushvalue(L, -1);
  lua_replace(L, lua_upvalueindex(COLUMNS));
}

/* Push what the class of rows has under the key at 2. */
static void push_of_class(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &rows_class_key) == LUA_TNIL) return;
  if (lua_getfield(L, -1, "__index") == LUA_TNIL) return;
  lua_pushvalue(L, 2);
  lua_gettable(L, -2);
}

/* The __index of rows(rows, key). */
static int read_metadata(lua_State *L) {
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (strcmp(key, "count") == 0) {
    lua_pushvalue(L, lua_upvalueindex(COUNT));
  } else if (strcmp(key, "command") == 0) {
    lua_pushvalue(L, lua_upvalueindex(COMMAND));
  } else if (strcmp(key, "columns") == 0) {
    push_columns(L);
  } else {
    push_of_class(L);
  }
  return 1;
}

void mpl_set_rows_metadata(const mpl_reader *from) {
  lua_State *L = from->L;
  bool has_rows = from->column_count > 0;
  lua_createtable(L, 0, 1);
  lua_pushinteger(L, has_rows ? (lua_Integer)mp_result_row_count(from->result)
                              : (lua_Integer)mp_result_affected(from->result));
  lua_pushstring(L, mp_result_command(from->result));
  push_description(from);
  lua_pushcclosure(L, read_metadata, COLUMNS);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}
