/* find_changed.h - the objects of a session that its next flush has to look at. */
#ifndef MPL_FIND_CHANGED_H
#define MPL_FIND_CHANGED_H

#include <lua.h>

/* Set find_changed in the module table on top. */
void mpl_open_find_changed(lua_State *L);

#endif
