/* datetime_class.h - what timestamps and dates have in common: fields by name. */
#ifndef MPL_DATETIME_CLASS_H
#define MPL_DATETIME_CLASS_H

#include "object.h"

#include <moonpool/datetime.h>

#include <lua.h>

#include <stdbool.h>

/* Push the field of that name; false where there is none. */
bool mpl_civil_push_field(lua_State *L, const mp_civil *civil, const char *name,
                          bool with_time);
/* Read the table at `index`, strictly: every key must be known. A time has "offset", too,
 * which stays the caller's to read. `what` is for messages. */
void mpl_civil_check(lua_State *L, int index, const char *what, bool with_time,
                     mp_civil *out);
/* Refuse the values of fields or text by the status that reading them gave. */
__attribute__((noreturn)) void mpl_civil_refuse(lua_State *L, const char *what,
                                                int status);
/* Replace the class's __index by `index_function`, whose upvalue is the method table. */
void mpl_datetime_class_open(lua_State *L, const mpl_class *class,
                             lua_CFunction index_function);
/* Leave on the stack's table under `name` a table that is called as `constructor`, and
 * holds infinity and minus_infinity, which stand on top and are popped. */
void mpl_datetime_set_constructor(lua_State *L, const char *name,
                                  lua_CFunction constructor, const luaL_Reg *functions);

#endif
