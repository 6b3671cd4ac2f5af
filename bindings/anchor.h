/* anchor.h - what ties to a task that others, too, may renew. */
#ifndef MPL_ANCHOR_H
#define MPL_ANCHOR_H

#include <moonpool/task.h>

#include <lua.h>

/* Add anchor to the module table on top. */
void mpl_open_anchor(lua_State *L);

/* The place of the anchor at `index` among what its task owns. */
mp_owned *mpl_anchor_check(lua_State *L, int index);

#endif
