/* error_object.h - makes the errors that C raises in Lua. */
#ifndef MPL_ERROR_OBJECT_H
#define MPL_ERROR_OBJECT_H

#include <lua.h>

/* set_error_class(class, hints, library): from here on C's errors are of this class.
 * `hints`: kind -> text; `library`: how sources begin that are not the user's. */
int mpl_set_error_class(lua_State *L);

#endif
