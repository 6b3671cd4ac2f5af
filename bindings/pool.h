/* pool.h - pools for Lua. */
#ifndef MPL_POOL_H
#define MPL_POOL_H

#include <moonpool/pool.h>

#include <lua.h>

/* Make the class known to this state. */
void mpl_open_pool(lua_State *L);

/* engine:pool() -> pool */
int mpl_engine_pool(lua_State *L);

#endif
