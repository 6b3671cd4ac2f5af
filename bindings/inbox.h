/* inbox.h - the notifications of a session, waiting for Lua. */
#ifndef MPL_INBOX_H
#define MPL_INBOX_H

#include <lua.h>

/* Make the class known. */
void mpl_open_inbox(lua_State *L);

/* session:inbox(limit) -> inbox that takes the session's notifications from here on */
int mpl_inbox_new(lua_State *L);

#endif
