/* core.h - the module moonpool.core, the one door between the Lua library and C. */
#ifndef MPL_CORE_H
#define MPL_CORE_H

#include <lua.h>

/* Push the module table. A state without a script gets one, attached, on a loop of its
 * own. */
__attribute__((visibility("default"))) int luaopen_moonpool_core(lua_State *L);

#endif
