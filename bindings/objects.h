/* objects.h - many objects of a model looked at in one go. */
#ifndef MPL_OBJECTS_H
#define MPL_OBJECTS_H

#include <lua.h>

/* Set `objects`, a table of functions, in the module table on top. */
void mpl_open_objects(lua_State *L);

#endif
