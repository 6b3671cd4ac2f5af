/* statement.h - running statements from Lua. */
#ifndef MPL_STATEMENT_H
#define MPL_STATEMENT_H

#include <lua.h>

/* Add query, one, get, value, column, tuples, exec, many and script to the method table
 * on top. */
void mpl_open_statements(lua_State *L);

#endif
