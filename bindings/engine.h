/* engine.h - engines for Lua. */
#ifndef MPL_ENGINE_H
#define MPL_ENGINE_H

#include <moonpool/engine.h>

#include <lua.h>

/* Add the functions to the module table on top. */
void mpl_open_engine(lua_State *L);

/* User values of an engine. */
enum {
  MPL_ENGINE_OBSERVER = 1,
  MPL_ENGINE_HOOKS,
  MPL_ENGINE_TELLER,
  MPL_ENGINE_USER_VALUES = MPL_ENGINE_TELLER
};

/* NULL when the value is no engine; raises bad_argument when it is a closed one. */
mp_engine *mpl_engine_test(lua_State *L, int index);

/* Of the engine at `index`; borrowed. */
struct mpl_hooks *mpl_engine_hooks(lua_State *L, int index);

/* engine_open(url_or_nil, flat_options) -> engine; the options are read by
 * engine_options.c */
int mpl_engine_open(lua_State *L);

/* Fill in `options` from the flat table at `index`. What the options point to lives in
 * userdata and strings left on the stack. */
void mpl_engine_read_options(lua_State *L, int index, mp_engine_options *options);

#endif
