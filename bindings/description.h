/* description.h - what the server says about a statement, for Lua. */
#ifndef MPL_DESCRIPTION_H
#define MPL_DESCRIPTION_H

#include <moonpool/statement.h>

#include <lua.h>

/* Push { params = { type }, columns = { { name =, type =, oid = } } } of a described
 * statement. */
void mpl_push_description(lua_State *L, const mp_statement *statement);

#endif
