/* group.h - running recorded statements from Lua. */
#ifndef MPL_GROUP_H
#define MPL_GROUP_H

#include <lua.h>

/* Add run_group to the method table on top. */
void mpl_open_groups(lua_State *L);
/* Add call_without_waiting to the module table on top. */
void mpl_open_group(lua_State *L);

#endif
