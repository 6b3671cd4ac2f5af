/* error_object.c - makes the errors that C raises in Lua: what errors.new does for Lua,
 * at a small part of its cost, as thousands of waits may end with an error in one moment.
 */
#include "error_object.h"

#include "traceback.h"

#include <moonpool/script.h>

#include <lauxlib.h>

enum { CLASS = 1, HINTS, LIBRARY, UPVALUES = LIBRARY };
enum { ERROR = 1 };

static void set_default(lua_State *L, const char *field, const char *text) {
  if (lua_getfield(L, ERROR, field) == LUA_TNIL) {
    lua_pushstring(L, text);
    lua_setfield(L, ERROR, field);
  }
  lua_pop(L, 1);
}

static void set_hint(lua_State *L) {
  if (lua_getfield(L, ERROR, "hint") == LUA_TNIL) {
    lua_getfield(L, ERROR, "kind");
    if (lua_rawget(L, lua_upvalueindex(HINTS)) == LUA_TNIL)
      lua_getfield(L, lua_upvalueindex(HINTS), "server_error");
    lua_setfield(L, ERROR, "hint");
  }
  lua_settop(L, ERROR);
}

/* adopt(fields) -> error: the table that the core has just made becomes it. */
static int adopt(lua_State *L) {
  lua_settop(L, ERROR);
  set_default(L, "kind", "server_error");
  set_default(L, "message", "no message");
  set_hint(L);
  mpl_push_place(L, lua_tostring(L, lua_upvalueindex(LIBRARY)));
  lua_setfield(L, ERROR, "traceback");
  lua_setfield(L, ERROR, "where");
  lua_pushvalue(L, lua_upvalueindex(CLASS));
  lua_setmetatable(L, ERROR);
  return 1;
}

int mpl_set_error_class(lua_State *L) {
  luaL_checktype(L, CLASS, LUA_TTABLE);
  luaL_checktype(L, HINTS, LUA_TTABLE);
  luaL_checktype(L, LIBRARY, LUA_TSTRING);
  lua_settop(L, UPVALUES);
  lua_pushcclosure(L, adopt, UPVALUES);
  mp_script_set_error_constructor(L);
  return 0;
}
