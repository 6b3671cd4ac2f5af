/* objects.c - many objects of a model looked at in one go: moonpool.orm.objects, which is
 * what these do, in C. */
#include "objects.h"

#include "codec.h"
#include "values.h"

#include <lauxlib.h>

#include <limits.h>
#include <string.h>

/* The stack of all that follows: the arguments, then the result. */
enum { OBJECTS = 1, NAMES, RESULT, OBJECT };

static int table_size(lua_Integer count) {
  return count > INT_MAX ? INT_MAX : (int)count;
}

/* Check the arguments, and push the list that is the result; how many objects there are.
 */
static lua_Integer begin(lua_State *L) {
  luaL_checktype(L, OBJECTS, LUA_TTABLE);
  luaL_checktype(L, NAMES, LUA_TTABLE);
  lua_settop(L, NAMES);
  luaL_checkstack(L, 24, NULL);
  lua_Integer count = (lua_Integer)lua_rawlen(L, OBJECTS);
  lua_createtable(L, table_size(count), 0);
  return count;
}

/* The object of this number takes the place of the one before. */
static void take_object(lua_State *L, lua_Integer number) {
  lua_settop(L, OBJECT - 1);
  lua_rawgeti(L, OBJECTS, number);
  luaL_checktype(L, OBJECT, LUA_TTABLE);
}

/* Push the names from the slot above the object on; how many. */
static int push_names(lua_State *L) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, NAMES);
  luaL_checkstack(L, (int)count * 2 + 24, "too many names");
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, NAMES, i);
    luaL_checktype(L, -1, LUA_TSTRING);
  }
  return (int)count;
}

/* Push a copy of the object's named fields, or false where one of them is no plain value.
 */
static void push_copy(lua_State *L, int names, int count) {
  lua_createtable(L, 0, count);
  int copy = lua_gettop(L);
  for (int i = 0; i < count; i++) {
    lua_pushvalue(L, names + i);
    lua_pushvalue(L, names + i);
    int type = lua_rawget(L, OBJECT);
    if (type == LUA_TTABLE || type == LUA_TLIGHTUSERDATA) {
      lua_settop(L, copy - 1);
      lua_pushboolean(L, 0);
      return;
    }
    if (type == LUA_TNIL)
      lua_pop(L, 2);
    else
      lua_rawset(L, copy);
  }
}

/* tables_of(map, keys) -> the value of each key, or nil where one of them is no table */
static int tables_of(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_Integer count = (lua_Integer)lua_rawlen(L, 2);
  lua_createtable(L, table_size(count), 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 2, i);
    if (lua_rawget(L, 1) != LUA_TTABLE) {
      lua_pushnil(L);
      return 1;
    }
    lua_rawseti(L, RESULT, i);
  }
  return 1;
}

/* copy(object, names) -> a table of those fields, or false where one of them is a table
 * or NULL */
static int copy(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, NAMES, LUA_TTABLE);
  lua_settop(L, NAMES);
  int count = (int)lua_rawlen(L, NAMES);
  lua_createtable(L, 0, count);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, NAMES, i);
    lua_pushvalue(L, -1);
    int type = lua_rawget(L, 1);
    if (type == LUA_TTABLE || type == LUA_TLIGHTUSERDATA) {
      lua_pushboolean(L, 0);
      return 1;
    }
    if (type == LUA_TNIL)
      lua_pop(L, 2);
    else
      lua_rawset(L, RESULT);
  }
  return 1;
}

/* copies(objects, names) -> for each object a table of those fields, or false where one
 * of them is a table or NULL */
static int copies(lua_State *L) {
  lua_Integer count = begin(L);
  lua_pushnil(L);
  int width = push_names(L);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, OBJECTS, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_replace(L, OBJECT);
    push_copy(L, OBJECT + 1, width);
    lua_rawseti(L, RESULT, i);
  }
  lua_settop(L, RESULT);
  return 1;
}

/* holding(objects, columns) -> the objects with a field whose name is no key of `columns`
 */
static int holding(lua_State *L) {
  lua_Integer count = begin(L), found = 0;
  for (lua_Integer i = 1; i <= count; i++) {
    bool is_plain = true;
    take_object(L, i);
    for (lua_pushnil(L); is_plain && lua_next(L, OBJECT) != 0;
         lua_settop(L, OBJECT + 1)) {
      lua_pushvalue(L, OBJECT + 1);
      is_plain = lua_rawget(L, NAMES) != LUA_TNIL;
    }
    if (is_plain) continue;
    lua_pushvalue(L, OBJECT);
    lua_rawseti(L, RESULT, ++found);
  }
  lua_settop(L, RESULT);
  return 1;
}

typedef enum kind { NONE, INTEGER, NUMBER, TEXT, BOOLEAN, USERDATA, OTHER } kind;
static const char *const kind_names[] = {"none",    "integer",  "number", "text",
                                         "boolean", "userdata", "other"};

/* What one field is in all objects. */
typedef struct field {
  kind kind;
  lua_Integer absent, null_count;
  bool has_integer;
  lua_Integer low, high; /* of the integers */
} field;

static kind text_kind(lua_State *L) {
  size_t length = 0;
  const char *text = lua_tolstring(L, -1, &length);
  bool is_valid =
      memchr(text, 0, length) == NULL && mpl_utf8_check(text, length) == length;
  return is_valid ? TEXT : OTHER;
}

static kind kind_of(lua_State *L, int type) {
  if (type == LUA_TSTRING) return text_kind(L);
  if (type == LUA_TNUMBER) return lua_isinteger(L, -1) ? INTEGER : NUMBER;
  if (type == LUA_TBOOLEAN) return BOOLEAN;
  return type == LUA_TUSERDATA ? USERDATA : OTHER;
}

static void note_integer(field *of, lua_Integer value) {
  if (!of->has_integer || value < of->low) of->low = value;
  if (!of->has_integer || value > of->high) of->high = value;
  of->has_integer = true;
}

static kind joined(kind before, kind now) {
  if (before == NONE || before == now) return now;
  bool are_numbers =
      (before == INTEGER || before == NUMBER) && (now == INTEGER || now == NUMBER);
  return are_numbers ? NUMBER : OTHER;
}

/* The value on top becomes the one that is sent. */
static void note(lua_State *L, field *of, int type) {
  if (type == LUA_TNIL) of->absent++;
  if (mpl_is_null(L, lua_gettop(L))) {
    of->null_count++;
    lua_pop(L, 1);
    mpl_push_null(L);
    return;
  }
  kind now = kind_of(L, type);
  if (now == INTEGER) note_integer(of, lua_tointeger(L, -1));
  of->kind = joined(of->kind, now);
}

/* Replace the list of values on top with what is known of them. */
static void push_summary(lua_State *L, const field *of) {
  lua_createtable(L, 0, 6);
  lua_insert(L, -2);
  lua_setfield(L, -2, "values");
  lua_pushstring(L, kind_names[of->kind]);
  lua_setfield(L, -2, "kind");
  lua_pushinteger(L, of->absent);
  lua_setfield(L, -2, "absent");
  lua_pushinteger(L, of->null_count);
  lua_setfield(L, -2, "nulls");
  if (!of->has_integer) return;
  lua_pushinteger(L, of->low);
  lua_setfield(L, -2, "low");
  lua_pushinteger(L, of->high);
  lua_setfield(L, -2, "high");
}

static void survey_field(lua_State *L, lua_Integer count) {
  field of = {.kind = NONE};
  lua_createtable(L, table_size(count), 0);
  int name = lua_gettop(L) - 1, values = name + 1;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, OBJECTS, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_pushvalue(L, name);
    note(L, &of, lua_rawget(L, values + 1));
    lua_rawseti(L, values, i);
    lua_settop(L, values);
  }
  push_summary(L, &of);
}

/* survey(objects, names) -> for each name { values =, kind =, absent =, nulls =, low =,
 * high = } */
static int survey(lua_State *L) {
  lua_Integer count = begin(L), width = (lua_Integer)lua_rawlen(L, NAMES);
  for (lua_Integer i = 1; i <= width; i++) {
    lua_settop(L, RESULT);
    lua_rawgeti(L, NAMES, i);
    survey_field(L, count);
    lua_rawseti(L, RESULT, i);
  }
  lua_settop(L, RESULT);
  return 1;
}

/* metatable(objects) -> that of all of them, or nil */
static int metatable(lua_State *L) {
  luaL_checktype(L, OBJECTS, LUA_TTABLE);
  lua_settop(L, OBJECTS);
  const void *first = NULL;
  lua_Integer count = (lua_Integer)lua_rawlen(L, OBJECTS);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_settop(L, OBJECTS);
    lua_rawgeti(L, OBJECTS, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    bool is_same = lua_getmetatable(L, -1) && (i == 1 || lua_topointer(L, -1) == first);
    first = is_same ? lua_topointer(L, -1) : NULL;
    if (first == NULL) break;
  }
  if (first == NULL) lua_pushnil(L);
  return 1;
}

/* room(list, hash) -> an empty table for so many values in a list, and so many others */
static int room(lua_State *L) {
  lua_createtable(L, table_size(luaL_checkinteger(L, 1)),
                  table_size(luaL_checkinteger(L, 2)));
  return 1;
}

static const luaL_Reg functions[] = {
    {"metatable", metatable}, {"room", room},
    {"copy", copy},           {"copies", copies},
    {"tables_of", tables_of}, {"holding", holding},
    {"survey", survey},       {NULL, NULL},
};

void mpl_open_objects(lua_State *L) {
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "objects");
}
