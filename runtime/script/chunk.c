/* chunk.c - load, loadfile and dofile that take text only: bytecode is refused. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

#include <string.h>

static bool refuses_text(lua_State *L, int index) {
  const char *mode = luaL_optstring(L, index, "t");
  return strchr(mode, 't') == NULL;
}

static int refuse(lua_State *L) {
  lua_pushnil(L);
  lua_pushliteral(L, "attempt to load a binary chunk (only text chunks are loaded)");
  return 2;
}

/* load(chunk [, chunkname [, mode [, env]]]); the original is the upvalue. */
static int load_text(lua_State *L) {
  if (refuses_text(L, 3)) return refuse(L);
  if (lua_gettop(L) < 3) lua_settop(L, 3);
  lua_pushliteral(L, "t");
  lua_replace(L, 3);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* loadfile([filename [, mode [, env]]]) */
static int load_file(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  bool has_env = !lua_isnone(L, 3);
  if (refuses_text(L, 2)) return refuse(L);
  if (luaL_loadfilex(L, path, "t") != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_env) {
    lua_pushvalue(L, 3);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  return 1;
}

static int file_done(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  return lua_gettop(L) - 1;
}

/* dofile([filename]); the file may wait. */
static int do_file(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  lua_settop(L, 1);
  if (luaL_loadfilex(L, path, "t") != LUA_OK) return lua_error(L);
  lua_callk(L, 0, LUA_MULTRET, 0, file_done);
  return file_done(L, LUA_OK, 0);
}

void mp__chunk_replace(lua_State *L) {
  lua_getglobal(L, "load");
  lua_pushcclosure(L, load_text, 1);
  lua_setglobal(L, "load");
  lua_register(L, "loadfile", load_file);
  lua_register(L, "dofile", do_file);
}
