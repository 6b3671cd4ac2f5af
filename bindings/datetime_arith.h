/* datetime_arith.h - sums and differences of timestamps, dates and intervals. */
#ifndef MPL_DATETIME_ARITH_H
#define MPL_DATETIME_ARITH_H

#include <lua.h>

/* The metamethods __add and __sub of all three. */
int mpl_datetime_add(lua_State *L);
int mpl_datetime_subtract(lua_State *L);

#endif
