/* task_functions.h - what tests of scripts call from Lua: spawn (await, join, cancel),
 * nap, deadline, shield, abandon. */
#ifndef MP_SPEC_TASK_FUNCTIONS_H
#define MP_SPEC_TASK_FUNCTIONS_H

#include <lua.h>

/* A function of Lua's, that makes them globals. */
int task_functions_install(lua_State *L);

#endif
