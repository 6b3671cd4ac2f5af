/* json_encode.c - Lua values to JSON text, without recursion.
 *
 * Each open container is a frame of two stack slots: the table, and where its reader
 * stands: the index in a list, the key in a map (nil before the first). So the frames
 * spell the path. */
#include "codec.h"
#include "values.h"

#include <lauxlib.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_BYTES 200

typedef struct walk {
  lua_State *L;
  mpl_encoder *encoder;
  int base; /* the slot of the first frame */
  int depth;
} walk;

static int table_slot(const walk *at, int level) {
  return at->base + 2 * level;
}

static bool is_word(const char *text) {
  if (*text == '\0') return false;
  for (; *text != '\0'; text++) {
    bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
    if (!letter && *text != '_' && !(*text >= '0' && *text <= '9')) return false;
  }
  return true;
}

static int put_step(const walk *at, int level, char *out, size_t size) {
  int slot = table_slot(at, level) + 1;
  if (lua_isinteger(at->L, slot)) {
    return snprintf(out, size, "[%lld]", (long long)lua_tointeger(at->L, slot));
  }
  if (lua_type(at->L, slot) != LUA_TSTRING) return 0;
  const char *key = lua_tostring(at->L, slot);
  if (!is_word(key)) return snprintf(out, size, "[?]");
  return snprintf(out, size, "%s%s", level > 0 ? "." : "", key);
}

/* " at path a.b[3]", or "" at the root. */
static void put_path(const walk *at, int depth, char *out, size_t size) {
  int used = snprintf(out, size, " at path ");
  int start = used;
  for (int level = 0; level < depth; level++) {
    used += put_step(at, level, out + used, size - (size_t)used);
    if ((size_t)used < size - 4) continue;
    snprintf(out + size - 4, 4, "...");
    return;
  }
  if (used == start) out[0] = '\0';
}

__attribute__((noreturn, format(printf, 4, 5))) static void
refuse(const walk *at, int depth, const char *hint, const char *format, ...) {
  char path[PATH_MAX_BYTES], what[PATH_MAX_BYTES];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof(what), format, args);
  va_end(args);
  put_path(at, depth, path, sizeof(path));
  mpl_refuse(at->encoder, hint, "%s%s", what, path);
}

static void put_string(const walk *at, int index) {
  size_t length = 0;
  const char *text = lua_tolstring(at->L, index, &length);
  size_t valid = mpl_utf8_check(text, length);
  if (valid < length) {
    refuse(at, at->depth, "JSON is text: send bytes as bytea, or encode them first",
           "the string is not valid UTF-8 at offset %zu", valid);
  }
  mpl_json_encode_string(at->encoder, text, length);
}

static void put_number(const walk *at) {
  char text[24];
  if (lua_isinteger(at->L, -1)) {
    snprintf(text, sizeof(text), "%lld", (long long)lua_tointeger(at->L, -1));
    mpl_buffer_text(at->encoder->out, text);
    return;
  }
  double number = lua_tonumber(at->L, -1);
  if (!isfinite(number)) {
    refuse(at, at->depth, "use mp.null, or a string", "JSON has no NaN and no infinity");
  }
  mpl_json_encode_float(at->encoder->out, number);
}

static void put_userdata(const walk *at) {
  lua_State *L = at->L;
  const mp_decimal *decimal = mpl_test_decimal(L, -1);
  if (decimal == NULL) {
    refuse(at, at->depth, "make it a string yourself, with tostring", "%s is not JSON",
           mpl_kind_of(L, -1));
  }
  if (!mp_decimal_is_finite(decimal)) {
    refuse(at, at->depth, "use mp.null, or a string", "JSON has no NaN and no infinity");
  }
  mpl_buffer_decimal(at->encoder->out, decimal);
}

static void put_scalar(const walk *at) {
  lua_State *L = at->L;
  if (mpl_is_null(L, -1))
    mpl_buffer_text(at->encoder->out, "null");
  else if (lua_type(L, -1) == LUA_TSTRING)
    put_string(at, -1);
  else if (lua_type(L, -1) == LUA_TNUMBER)
    put_number(at);
  else if (lua_isboolean(L, -1))
    mpl_buffer_text(at->encoder->out, lua_toboolean(L, -1) ? "true" : "false");
  else
    put_userdata(at);
  lua_pop(L, 1);
}

typedef struct keys {
  size_t strings, indexes, others;
  lua_Integer length;
} keys;

static keys count_keys(lua_State *L, int index) {
  keys count = {.length = (lua_Integer)lua_rawlen(L, index)};
  for (lua_pushnil(L); lua_next(L, index) != 0;) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      count.strings++;
      continue;
    }
    lua_Integer key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
    if (key >= 1 && key <= count.length)
      count.indexes++;
    else
      count.others++;
  }
  return count;
}

/* Stand on the first index that has no value. */
static void refuse_hole(walk *at) {
  int table = table_slot(at, at->depth);
  lua_Integer hole = 1;
  while (lua_rawgeti(at->L, table, hole) != LUA_TNIL) {
    lua_pop(at->L, 1);
    hole++;
  }
  lua_settop(at->L, table);
  lua_pushinteger(at->L, hole);
  refuse(at, at->depth + 1, "put mp.null where there is no value",
         "the list has a hole or a key that is no index");
}

/* Whether the table on top is a list; refuses what is neither list nor map. */
static bool is_list(walk *at) {
  lua_State *L = at->L;
  int table = lua_gettop(L);
  mpl_json_mark mark = mpl_json_get_mark(L, table);
  keys count = count_keys(L, table);
  size_t indexes = count.indexes + count.others;
  if (count.strings > 0 && indexes > 0) {
    refuse(at, at->depth, "a table is either a list or a map",
           "the table mixes string keys with others");
  }
  if (count.strings > 0 && mark == MPL_JSON_LIST) {
    refuse(at, at->depth, NULL, "the table is marked as a list and has string keys");
  }
  if (indexes > 0 && mark == MPL_JSON_MAP) {
    refuse(at, at->depth, NULL,
           "the table is marked as a map and has keys that are no strings");
  }
  if (count.others > 0 || count.indexes != (size_t)count.length) refuse_hole(at);
  return indexes > 0 || mark == MPL_JSON_LIST;
}

/* Too deep; where a table contains itself, say so, at its first repetition. */
static void refuse_depth(const walk *at) {
  for (int inner = 1; inner < at->depth; inner++) {
    for (int outer = 0; outer < inner; outer++) {
      if (!lua_rawequal(at->L, table_slot(at, inner), table_slot(at, outer))) continue;
      refuse(at, inner, NULL, "the table contains itself");
    }
  }
  refuse(at, at->depth, NULL, "tables are nested deeper than %d", MPL_JSON_DEPTH_MAX);
}

/* The table on top becomes a frame. */
static void open_table(walk *at) {
  if (at->depth == MPL_JSON_DEPTH_MAX) refuse_depth(at);
  luaL_checkstack(at->L, 8, "JSON is nested too deeply");
  bool list = is_list(at);
  if (list)
    lua_pushinteger(at->L, 0);
  else
    lua_pushnil(at->L);
  mpl_buffer_byte(at->encoder->out, list ? '[' : '{');
  at->depth++;
}

static void close_table(walk *at, char bracket) {
  mpl_buffer_byte(at->encoder->out, bracket);
  lua_pop(at->L, 2);
  at->depth--;
}

/* Push the innermost container's next value; false where it has ended and is closed. */
static bool next_item(walk *at) {
  lua_State *L = at->L;
  int table = table_slot(at, at->depth - 1), cursor = table + 1;
  if (lua_isinteger(L, cursor)) {
    lua_Integer index = lua_tointeger(L, cursor) + 1;
    if (index > (lua_Integer)lua_rawlen(L, table)) {
      close_table(at, ']');
      return false;
    }
    if (index > 1) mpl_buffer_byte(at->encoder->out, ',');
    lua_pushinteger(L, index);
    lua_replace(L, cursor);
    lua_rawgeti(L, table, index);
    return true;
  }
  bool first = lua_isnil(L, cursor);
  lua_pushvalue(L, cursor);
  if (lua_next(L, table) == 0) {
    close_table(at, '}');
    return false;
  }
  lua_pushvalue(L, -2);
  lua_replace(L, cursor);
  lua_remove(L, -2);
  if (!first) mpl_buffer_byte(at->encoder->out, ',');
  put_string(at, cursor);
  mpl_buffer_byte(at->encoder->out, ':');
  return true;
}

/* What mp.json() wrapped takes the wrapper's place; true where it was ready text, now
 * written. */
static bool unwrap(walk *at) {
  bool raw = false;
  while (mpl_json_unwrap(at->L, -1, &raw)) {
    lua_remove(at->L, -2);
    if (!raw) continue;
    size_t length = 0;
    const char *text = lua_tolstring(at->L, -1, &length);
    mpl_buffer_append(at->encoder->out, text, length);
    lua_pop(at->L, 1);
    return true;
  }
  return false;
}

void mpl_json_encode(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  walk at = {.L = L, .encoder = encoder, .base = lua_gettop(L) + 1};
  lua_pushvalue(L, index);
  do {
    if (!unwrap(&at)) {
      if (lua_istable(L, -1))
        open_table(&at);
      else
        put_scalar(&at);
    }
    while (at.depth > 0 && !next_item(&at))
      continue;
  } while (at.depth > 0);
}
