/* error.h - raising structured errors from bindings. */
#ifndef MPL_ERROR_H
#define MPL_ERROR_H

#include <moonpool/error.h>

#include <lua.h>

#include <stddef.h>

#define MPL_NORETURN __attribute__((noreturn))

/* Raise an mp.Error of `kind`; `hint` replaces the kind's usual hint. */
MPL_NORETURN void mpl_raise(lua_State *L, const char *kind, const char *hint,
                            const char *format, ...) MP_PRINTF(4, 5);
/* Raise a copy of `error`, which stays its owner's: let it be in a box that is closed by
 * errors. */
MPL_NORETURN void mpl_raise_error(lua_State *L, const mp_error *error);
MPL_NORETURN void mpl_raise_memory(lua_State *L);
/* Push a userdata that owns the error put into its slot, and give the slot. */
mp_error **mpl_error_slot(lua_State *L);

/* A string argument, or bad_argument that names it `what`. */
const char *mpl_check_text(lua_State *L, int index, const char *what, size_t *length);
/* A number of seconds above 0. */
double mpl_check_seconds(lua_State *L, int index, const char *what);

#endif
