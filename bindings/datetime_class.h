/* datetime_class.h - what timestamps, dates and times have in common: fields by name. */
#ifndef MPL_DATETIME_CLASS_H
#define MPL_DATETIME_CLASS_H

#include "object.h"

#include <moonpool/datetime.h>

#include <lua.h>

#include <stdbool.h>

/* The fields that a class has. */
typedef enum mpl_civil_kind { MPL_DATE, MPL_TIME, MPL_TIMESTAMP } mpl_civil_kind;

/* Push the field of that name; false where there is none. */
bool mpl_civil_push_field(lua_State *L, const mp_civil *civil, const char *name,
                          mpl_civil_kind kind);
/* Read the table at `index`, strictly: every key must be known. A date must be given, a
 * time of day need not. What has a time has "offset", too, which stays the caller's to
 * read. */
void mpl_civil_check(lua_State *L, int index, mpl_civil_kind kind, mp_civil *out);
/* The value at `index` as seconds east of Greenwich: an integer, or text such as
 * "+02:00". */
int32_t mpl_offset_check(lua_State *L, int index, mpl_civil_kind kind);
/* Refuse the values of fields or text by the status that reading them gave. */
__attribute__((noreturn)) void mpl_civil_refuse(lua_State *L, mpl_civil_kind kind,
                                                int status);
/* Replace the class's __index by `index_function`, whose upvalue is the method table. */
void mpl_datetime_class_open(lua_State *L, const mpl_class *class,
                             lua_CFunction index_function);
/* Leave on the stack's table under `name` a table of the functions that is called as
 * `constructor`. */
void mpl_datetime_set_constructor(lua_State *L, const char *name,
                                  lua_CFunction constructor, const luaL_Reg *functions);
/* Pop two values, infinity and minus_infinity, into the constructor of that name. */
void mpl_datetime_set_infinities(lua_State *L, const char *name);

#endif
