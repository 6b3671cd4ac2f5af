/* traceback.h - where Lua is, cheaply: for what is noted often and read seldom. */
#ifndef MPL_TRACEBACK_H
#define MPL_TRACEBACK_H

#include <lua.h>

#include <stddef.h>

/* Add the functions `traceback` and `caller` to the module table on top. */
void mpl_open_traceback(lua_State *L);

/* Write the stack from `level` on (1: who called the C function that runs) to `out`, one
 * line a level of Lua's, cut off where it is full.
 * luaL_traceback looks each function up among all loaded modules, which costs ten times
 * as much. */
void mpl_traceback(lua_State *L, int level, char *out, size_t size);

/* Push where the user's Lua is, "FILE:LINE in NAME" or nil, and the stack as text, both
 * from the caller of the C function that runs on, in one walk. What begins with
 * `library` is not the user's. */
void mpl_push_place(lua_State *L, const char *library);

#endif
