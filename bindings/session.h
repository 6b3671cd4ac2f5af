/* session.h - sessions for Lua: a connection of one's own and the transactions on it. */
#ifndef MPL_SESSION_H
#define MPL_SESSION_H

#include <moonpool/session.h>

#include <lua.h>

#include <stdbool.h>

/* Add the functions to the module table on top. */
void mpl_open_session(lua_State *L);

/* NULL when the value is no session; raises bad_argument when it is a closed one. */
mp_session *mpl_session_test(lua_State *L, int index);

/* Whether the value is a session, closed or not; its user value 1 is its engine. */
bool mpl_session_is(lua_State *L, int index);

/* engine:session_open() -> session */
int mpl_session_open(lua_State *L);

#endif
