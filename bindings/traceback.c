/* traceback.c - where Lua is, at little cost: no tables, no names of modules' functions.
 */
#include "traceback.h"

#include <moonpool/export.h>

#include <lauxlib.h>

#include <stdbool.h>
#include <string.h>

enum { LEVELS_MAX = 22, TEXT_MAX = 4096, DIGITS_MAX = 12 };

/* Cut off where it is full. Thousands of waits may end with an error in one moment, and
 * snprintf costs ten times as much. */
typedef struct text {
  char *at;
  size_t left;
} text;

static void add(text *out, const char *piece) {
  size_t length = strlen(piece);
  if (length > out->left) length = out->left;
  memcpy(out->at, piece, length);
  out->at += length;
  out->left -= length;
}

/* Of a line, which is 0 or more. */
static void add_number(text *out, int number) {
  char digits[DIGITS_MAX];
  char *at = digits + sizeof(digits) - 1;
  *at = '\0';
  do {
    *--at = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  add(out, at);
}

/* FILE:LINE, or no more than FILE where no lines are known. */
static void add_place(text *out, const char *file, int line) {
  add(out, file);
  if (line <= 0) return;
  add(out, ":");
  add_number(out, line);
}

static void add_unnamed(text *out, const lua_Debug *level) {
  add(out, "function <");
  add_place(out, level->short_src, level->linedefined);
  add(out, ">");
}

static bool is_c(const lua_Debug *level) {
  return level->what[0] == 'C';
}

static bool is_main(const lua_Debug *level) {
  return level->what[0] == 'm';
}

static void add_level(text *out, const lua_Debug *level) {
  add(out, "\n\t");
  add_place(out, level->short_src, level->currentline);
  add(out, ": in ");
  if (is_main(level)) {
    add(out, "main chunk");
  } else if (level->name != NULL) {
    add(out, level->namewhat);
    add(out, " '");
    add(out, level->name);
    add(out, "'");
  } else {
    add_unnamed(out, level);
  }
}

static void add_name(text *out, const lua_Debug *level) {
  if (is_main(level)) {
    add(out, "main chunk");
  } else if (level->name != NULL) {
    add(out, "function ");
    add(out, level->name);
  } else {
    add_unnamed(out, level);
  }
}

static void push(lua_State *L, const text *built, const char *begin) {
  lua_pushlstring(L, begin, (size_t)(built->at - begin));
}

/* False beyond the last level. A name is dear, and what is C has none to show. */
static bool look_at(lua_State *L, int level, lua_Debug *out) {
  if (!lua_getstack(L, level, out)) return false;
  lua_getinfo(L, "Sl", out);
  return true;
}

void mpl_traceback(lua_State *L, int level, char *out, size_t size) {
  text built = {.left = size - 1};
  lua_Debug info;
  built.at = out;
  add(&built, "stack traceback:");
  for (int i = level; i < level + LEVELS_MAX && look_at(L, i, &info); i++) {
    if (is_c(&info)) continue;
    lua_getinfo(L, "n", &info);
    add_level(&built, &info);
  }
  *built.at = '\0';
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

/* A frame outside C and of a source that starts with neither `library` nor the name of
 * what is built in. */
static bool is_users(const lua_Debug *level, const char *library) {
  return !is_c(level) && level->currentline > 0 && !starts_with(level->source, library) &&
         !starts_with(level->source, "@moonpool/");
}

/* caller(skip, library) -> file, line, name; nothing where there is none: the first of
 * the user's frames, `skip` such frames further. */
static int caller(lua_State *L) {
  lua_Integer left = luaL_checkinteger(L, 1);
  const char *library = luaL_checkstring(L, 2);
  lua_Debug info;
  for (int i = 1; look_at(L, i, &info); i++) {
    if (!is_users(&info, library) || left-- > 0) continue;
    char name[TEXT_MAX];
    text built = {.at = name, .left = sizeof(name)};
    lua_getinfo(L, "n", &info);
    lua_pushstring(L, info.short_src);
    lua_pushinteger(L, info.currentline);
    add_name(&built, &info);
    push(L, &built, name);
    return 3;
  }
  return 0;
}

static void push_where(lua_State *L, const lua_Debug *level) {
  char where[TEXT_MAX];
  text built = {.at = where, .left = sizeof(where)};
  add_place(&built, level->short_src, level->currentline);
  add(&built, " in ");
  add_name(&built, level);
  push(L, &built, where);
}

void mpl_push_place(lua_State *L, const char *library) {
  char out[TEXT_MAX];
  text built = {.at = out, .left = sizeof(out)};
  bool is_found = false;
  lua_Debug info;
  add(&built, "stack traceback:");
  for (int i = 1; (i <= LEVELS_MAX || !is_found) && look_at(L, i, &info); i++) {
    if (is_c(&info)) continue;
    lua_getinfo(L, "n", &info);
    if (i <= LEVELS_MAX) add_level(&built, &info);
    if (is_found || !is_users(&info, library)) continue;
    push_where(L, &info);
    is_found = true;
  }
  if (!is_found) lua_pushnil(L);
  push(L, &built, out);
}

void mpl_open_traceback(lua_State *L) {
  lua_pushcfunction(L, caller);
  lua_setfield(L, -2, "caller");
  lua_pushcfunction(L, traceback);
  lua_setfield(L, -2, "traceback");
}
