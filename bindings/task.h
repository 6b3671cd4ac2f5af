/* task.h - tasks for Lua: spawn, await, cancel, sleep, deadline, shield. */
#ifndef MPL_TASK_H
#define MPL_TASK_H

#include <lua.h>

/* Add the functions to the module table on top. */
void mpl_open_task(lua_State *L);

#endif
