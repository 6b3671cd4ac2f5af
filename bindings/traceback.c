/* traceback.c - where Lua is, at little cost: no tables, no names of modules' functions.
 */
#include "traceback.h"

#include <moonpool/export.h>

#include <lauxlib.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LEVELS_MAX = 22, TEXT_MAX = 4096 };

typedef struct text {
  char *at;
  size_t left;
} text;

MP_PRINTF(2, 3) static void add(text *out, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int length = vsnprintf(out->at, out->left, format, args);
  va_end(args);
  if (length < 0) return;
  size_t taken = (size_t)length < out->left ? (size_t)length : out->left - 1;
  out->at += taken;
  out->left -= taken;
}

static void add_level(text *out, const lua_Debug *level) {
  add(out, "\n\t%s:", level->short_src);
  if (level->currentline > 0) add(out, "%d:", level->currentline);
  if (level->what[0] == 'm') {
    add(out, " in main chunk");
  } else if (level->name != NULL) {
    add(out, " in %s '%s'", level->namewhat, level->name);
  } else {
    add(out, " in function <%s:%d>", level->short_src, level->linedefined);
  }
}

void mpl_traceback(lua_State *L, int level, char *out, size_t size) {
  text built = {.left = size};
  lua_Debug info;
  built.at = out;
  add(&built, "stack traceback:");
  for (int i = level; i < level + LEVELS_MAX && lua_getstack(L, i, &info); i++) {
    lua_getinfo(L, "Sln", &info);
    if (info.what[0] != 'C') add_level(&built, &info);
  }
}

/* traceback(level) -> text; 1 is the caller */
static int traceback(lua_State *L) {
  char out[TEXT_MAX];
  mpl_traceback(L, (int)luaL_optinteger(L, 1, 1), out, sizeof(out));
  lua_pushstring(L, out);
  return 1;
}

static bool starts_with(const char *source, const char *start) {
  return strncmp(source, start, strlen(start)) == 0;
}

static void push_name(lua_State *L, const lua_Debug *level) {
  if (level->what[0] == 'm') {
    lua_pushliteral(L, "main chunk");
  } else if (level->name != NULL) {
    lua_pushfstring(L, "function %s", level->name);
  } else {
    lua_pushfstring(L, "function <%s:%d>", level->short_src, level->linedefined);
  }
}

/* caller(skip, library) -> file, line, name; nothing where there is none: the first frame
 * outside C and of a source that starts with neither `library` nor the name of what is
 * built in, `skip` such frames further. */
static int caller(lua_State *L) {
  lua_Integer left = luaL_checkinteger(L, 1);
  const char *library = luaL_checkstring(L, 2);
  lua_Debug info;
  for (int i = 1; lua_getstack(L, i, &info); i++) {
    lua_getinfo(L, "Sl", &info);
    if (info.what[0] == 'C' || info.currentline <= 0) continue;
    if (starts_with(info.source, library) || starts_with(info.source, "@moonpool/"))
      continue;
    if (left-- > 0) continue;
    lua_getinfo(L, "n", &info);
    lua_pushstring(L, info.short_src);
    lua_pushinteger(L, info.currentline);
    push_name(L, &info);
    return 3;
  }
  return 0;
}

void mpl_open_traceback(lua_State *L) {
  lua_pushcfunction(L, caller);
  lua_setfield(L, -2, "caller");
  lua_pushcfunction(L, traceback);
  lua_setfield(L, -2, "traceback");
}
