/* system.h - the machine for Lua, and the argument checks that its files share. */
#ifndef MPL_SYSTEM_H
#define MPL_SYSTEM_H

#include <lua.h>

#include <stdint.h>

/* Leave the module table on the stack. */
int mpl_open_system(lua_State *L);
/* Add the functions for files to the module table on top. */
void mpl_open_system_files(lua_State *L);

/* A text that C is to see whole: bad_argument for a NUL byte in it. */
const char *mpl_check_name(lua_State *L, int index, const char *what);
const char *mpl_check_path(lua_State *L, int index);
uint32_t mpl_check_number(lua_State *L, int index, const char *what);
/* Push true, or raise system_error: "could not <action> <subject>: <reason>". */
int mpl_system_answer(lua_State *L, int code, const char *action, const char *subject);

/* Push nil. */
int mpl_system_nothing(lua_State *L);

/* Set a field of the table on top. */
void mpl_set_integer(lua_State *L, const char *name, lua_Integer value);
void mpl_set_text(lua_State *L, const char *name, const char *value);

#endif
