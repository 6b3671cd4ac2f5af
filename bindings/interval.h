/* interval.h - intervals for their neighbours. */
#ifndef MPL_INTERVAL_H
#define MPL_INTERVAL_H

#include "buffer.h"

#include <moonpool/interval.h>

#include <lua.h>

#include <stdbool.h>

/* Gives 1. */
int mpl_push_interval(lua_State *L, const mp_interval *value);
/* NULL when it is none. */
const mp_interval *mpl_test_interval(lua_State *L, int index);
/* Append its text; false when it is none. */
bool mpl_buffer_interval(mpl_buffer *buffer, lua_State *L, int index);

#endif
