/* identity_key.c - what an object's primary key is as the key of a table: byte by byte
 * what moonpool.orm.identity_key makes of it, which says why. */
#include "identity_key.h"

#include "error.h"
#include "wire.h"

#include <lauxlib.h>

#include <string.h>

static void add_tagged(luaL_Buffer *out, char tag, uint64_t bits) {
  char *at = luaL_prepbuffsize(out, 9);
  at[0] = tag;
  mpl_put_bytes(at + 1, 8, bits);
  luaL_addsize(out, 9);
}

static void add_string(luaL_Buffer *out, const char *text, size_t length) {
  char *at = luaL_prepbuffsize(out, 5);
  at[0] = 's';
  mpl_put_bytes(at + 1, 4, length);
  luaL_addsize(out, 5);
  luaL_addlstring(out, text, length);
}

static void add_number(luaL_Buffer *out, int index) {
  lua_Number value = lua_tonumber(out->L, index);
  int is_whole = 0;
  lua_Integer whole = lua_tointegerx(out->L, index, &is_whole);
  uint64_t bits;
  memcpy(&bits, &value, sizeof(bits));
  if (is_whole)
    add_tagged(out, 'i', (uint64_t)whole);
  else if (value != value)
    luaL_addchar(out, 'n');
  else
    add_tagged(out, 'd', bits);
}

static void add(luaL_Buffer *out, int index) {
  int type = lua_type(out->L, index);
  size_t length = 0;
  if (type == LUA_TNUMBER) {
    add_number(out, index);
  } else if (type == LUA_TBOOLEAN) {
    luaL_addchar(out, lua_toboolean(out->L, index) ? 't' : 'f');
  } else {
    const char *text = lua_tolstring(out->L, index, &length);
    add_string(out, text, length);
  }
}

/* 1.50 and 1.5 are one number: the length without what says nothing. */
static size_t trim(const char *text, size_t length) {
  static const char digits[] = "0123456789";
  size_t sign = text[0] == '-' ? 1 : 0, whole = strspn(text + sign, digits);
  size_t point = sign + whole;
  if (whole == 0 || text[point] != '.') return length;
  if (point + 1 + strspn(text + point + 1, digits) != length) return length;
  while (text[length - 1] == '0')
    length--;
  return text[length - 1] == '.' ? length - 1 : length;
}

/* Push the text of a value that has one; a whole number is that. */
static void push_text(lua_State *L, int index) {
  size_t length = 0;
  if (luaL_getmetafield(L, index, "__tostring") == LUA_TNIL)
    mpl_raise(L, "bad_argument", "give the model a key of numbers, strings or uuids",
              "a %s cannot be part of a primary key", luaL_typename(L, index));
  lua_pop(L, 1);
  const char *text = luaL_tolstring(L, index, &length);
  lua_pushlstring(L, text, trim(text, length));
  if (lua_stringtonumber(L, lua_tostring(L, -1)) == 0) return;
  if (!lua_isinteger(L, -1)) lua_pop(L, 1);
}

static bool is_scalar(int type) {
  return type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN;
}

static void settle(lua_State *L, int index) {
  if (is_scalar(lua_type(L, index))) return;
  int top = lua_gettop(L);
  push_text(L, index);
  lua_replace(L, index);
  lua_settop(L, top);
}

void mpl_push_identity(lua_State *L, int first, int count) {
  luaL_Buffer out;
  for (int i = 0; i < count; i++)
    settle(L, first + i);
  if (count == 1 && lua_compare(L, first, first, LUA_OPEQ)) {
    lua_pushvalue(L, first);
    return;
  }
  luaL_buffinit(L, &out);
  for (int i = 0; i < count; i++)
    add(&out, first + i);
  luaL_pushresult(&out);
}
