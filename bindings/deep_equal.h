/* deep_equal.h - whether two values say the same, tables by what is in them. */
#ifndef MPL_DEEP_EQUAL_H
#define MPL_DEEP_EQUAL_H

#include <lua.h>

#include <stdbool.h>

/* Raises nothing that a metamethod raises: then they differ. NaN is itself; intervals
 * are compared by their fields; an empty list is no empty map. */
bool mpl_deep_equal(lua_State *L, int a, int b);

#endif
