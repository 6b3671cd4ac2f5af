/* error.c - raising structured errors from bindings. */
#include "error.h"

#include <moonpool/script.h>

#include <lauxlib.h>

#include <stdarg.h>
#include <stdlib.h>

/* As in every duration of an option. */
#define MAX_SECONDS 1e9

void mpl_raise(lua_State *L, const char *kind, const char *hint, const char *format,
               ...) {
  va_list args;
  va_start(args, format);
  mp_script_vraise(L, kind, hint, format, args);
  va_end(args);
  abort();
}

void mpl_raise_error(lua_State *L, const mp_error *error) {
  mp_script_push_error(L, error);
  lua_error(L);
  abort();
}

static int slot_gc(lua_State *L) {
  mp_error **slot = lua_touserdata(L, 1);
  mp_error *error = *slot;
  *slot = NULL;
  mp_error_free(error);
  return 0;
}

mp_error **mpl_error_slot(lua_State *L) {
  mp_error **slot = lua_newuserdatauv(L, sizeof(mp_error *), 0);
  *slot = NULL;
  if (luaL_newmetatable(L, "moonpool.error_slot")) {
    lua_pushcfunction(L, slot_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return slot;
}

void mpl_raise_memory(lua_State *L) {
  mpl_raise(L, "out_of_memory", NULL, "not enough memory");
}

const char *mpl_check_text(lua_State *L, int index, const char *what, size_t *length) {
  if (lua_type(L, index) != LUA_TSTRING)
    mpl_raise(L, "bad_argument", NULL, "%s must be a string, got %s", what,
              luaL_typename(L, index));
  return lua_tolstring(L, index, length);
}

/* What was given where a number is expected; on the stack. */
static const char *describe(lua_State *L, int index) {
  if (lua_isnone(L, index)) return "nothing";
  if (lua_isnil(L, index)) return "nil";
  if (lua_type(L, index) == LUA_TNUMBER) return luaL_tolstring(L, index, NULL);
  return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}

double mpl_check_seconds(lua_State *L, int index, const char *what) {
  double seconds = lua_type(L, index) == LUA_TNUMBER ? lua_tonumber(L, index) : 0;
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  mpl_raise(L, "bad_argument", NULL,
            "%s must be a number of seconds > 0 and <= 1e9, got %s", what,
            describe(L, index));
}
