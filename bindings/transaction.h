/* transaction.h - the transactions on a session, for Lua. */
#ifndef MPL_TRANSACTION_H
#define MPL_TRANSACTION_H

#include <lua.h>

/* Add what begins and ends them to the methods of the connection on top. */
void mpl_open_transactions(lua_State *L);

#endif
