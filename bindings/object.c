/* object.c - userdata classes: made, recognised, and open to methods written in Lua. */
#include "object.h"

#include "error.h"

#include <stdbool.h>
#include <string.h>

static const char names_key = 0; /* registry table: class name -> its methods */

/* Where a metatable has its class: no program can put such a pointer there. */
enum { CLASS_INDEX = 1 };

static void push_names(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &names_key);
}

/* Lua asks for the address of something that may be changed, though nobody will. */
static void push_address(lua_State *L, const mpl_class *class) {
  void *address;
  memcpy(&address, &class, sizeof(address));
  lua_pushlightuserdata(L, address);
}

void mpl_class_open(lua_State *L, const mpl_class *class) {
  lua_createtable(L, CLASS_INDEX, 0);
  luaL_setfuncs(L, class->events, 0);
  lua_pushfstring(L, "moonpool.%s", class->name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  push_address(L, class);
  lua_rawseti(L, -2, CLASS_INDEX);

  lua_newtable(L);
  luaL_setfuncs(L, class->methods, 0);
  push_names(L);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, class->name);
  lua_pop(L, 1);
  lua_setfield(L, -2, "__index");
  lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}

void mpl_class_push_methods(lua_State *L, const mpl_class *class) {
  push_names(L);
  lua_getfield(L, -1, class->name);
  lua_remove(L, -2);
}

int mpl_methods(lua_State *L) {
  luaL_checkstring(L, 1);
  push_names(L);
  lua_pushvalue(L, 1);
  lua_rawget(L, -2);
  return 1;
}

void *mpl_object_new(lua_State *L, const mpl_class *class, size_t size, int user_values) {
  mpl_object *object = lua_newuserdatauv(L, size, user_values);
  memset(object, 0, size);
  object->class = class;
  lua_rawgetp(L, LUA_REGISTRYINDEX, class);
  lua_setmetatable(L, -2);
  return object;
}

void *mpl_object_test(lua_State *L, int index, const mpl_class *class) {
  mpl_object *object = lua_touserdata(L, index);
  if (object == NULL || !lua_getmetatable(L, index)) return NULL;
  lua_rawgeti(L, -1, CLASS_INDEX);
  bool is_same = lua_touserdata(L, -1) == class;
  lua_pop(L, 2);
  return is_same ? object : NULL;
}

void *mpl_object_check(lua_State *L, int index, const mpl_class *class) {
  void *object = mpl_object_test(L, index, class);
  if (object != NULL) return object;
  mpl_raise(L, "bad_argument", "call methods with a colon, object:method(...)",
            "%s expected, got %s", class->name, luaL_typename(L, index));
}
