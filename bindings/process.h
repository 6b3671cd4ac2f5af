/* process.h - child programs for Lua. */
#ifndef MPL_PROCESS_H
#define MPL_PROCESS_H

#include <lua.h>

/* Add process_open to the module table on top. */
int mpl_open_process(lua_State *L);

#endif
