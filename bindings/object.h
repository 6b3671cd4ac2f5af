/* object.h - userdata classes: made, recognised, and open to methods written in Lua. */
#ifndef MPL_OBJECT_H
#define MPL_OBJECT_H

#include <lauxlib.h>
#include <lua.h>

#include <stddef.h>

typedef struct mpl_class {
  const char *name;        /* "engine", in messages and for core.methods */
  const luaL_Reg *methods; /* ends with {NULL, NULL} */
  const luaL_Reg *events;  /* metamethods, alike */
} mpl_class;

/* The first member of every userdata of ours; tells its class beyond doubt. */
typedef struct mpl_object {
  const mpl_class *class;
} mpl_object;

/* Make the class known to this state; nothing is pushed. */
void mpl_class_open(lua_State *L, const mpl_class *class);
/* Push the method table of a class, by its address or its name (nil when unknown). */
void mpl_class_push_methods(lua_State *L, const mpl_class *class);
/* methods(class_name) -> table that Lua adds methods to. */
int mpl_methods(lua_State *L);

/* Push a zeroed userdata of `size` bytes that starts with an mpl_object. */
void *mpl_object_new(lua_State *L, const mpl_class *class, size_t size, int user_values);
/* NULL when it is none. */
void *mpl_object_test(lua_State *L, int index, const mpl_class *class);
/* Raises bad_argument when it is none. */
void *mpl_object_check(lua_State *L, int index, const mpl_class *class);

#endif
