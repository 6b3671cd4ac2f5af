/* identity_key.h - what an object's primary key is as the key of a table. */
#ifndef MPL_IDENTITY_KEY_H
#define MPL_IDENTITY_KEY_H

#include <lua.h>

/* Push the identity of the key whose `count` values, none of them NULL, stand from
 * `first` on, as moonpool.orm.identity_key has it. Raises bad_argument for a value that
 * is a plain table. */
void mpl_push_identity(lua_State *L, int first, int count);

#endif
