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

/* The session at 1; raises bad_argument when it is none, or closed. */
mp_session *mpl_session_check(lua_State *L);
/* ... or when the running task reads from it. */
mp_session *mpl_session_check_free(lua_State *L);
/* Of a value that is a session: NULL when it is closed. */
mp_session *mpl_session_peek(lua_State *L, int index);

/* Whether the value is a session, closed or not; its user value 1 is its engine. */
bool mpl_session_is(lua_State *L, int index);

/* A stream or a COPY on a session: what is asked for meanwhile runs behind it. Embedded
 * in its userdata, zeroed at first. */
typedef struct mpl_reading {
  struct mpl_reading *next, **at;           /* at: NULL when it is in no list */
  const void *task;                         /* who reads it */
  void (*end)(struct mpl_reading *reading); /* let go of it; must not touch Lua */
} mpl_reading;

/* The running task reads it from the session at `index`; nothing happens for another
 * value. */
void mpl_session_read(lua_State *L, int index, mpl_reading *reading);
void mpl_reading_over(mpl_reading *reading); /* once or more */
/* Raises bad_argument when the running task reads from the session at `index`: it would
 * wait for itself. */
void mpl_session_check_unread(lua_State *L, int index);

/* What reads from the session at `index` lets go of it: it could keep a rollback waiting
 * for ever. */
void mpl_session_end_readings(lua_State *L, int index);

/* Push a session that another one has opened: it is the running task's from here on. */
void mpl_session_push(lua_State *L, int engine, mp_session *session);

/* engine:session_open() -> session */
int mpl_session_open(lua_State *L);

#endif
