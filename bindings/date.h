/* date.h - dates for their neighbours. */
#ifndef MPL_DATE_H
#define MPL_DATE_H

#include "buffer.h"

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

/* NULL when it is none. */
const int32_t *mpl_test_date(lua_State *L, int index);
void mpl_push_date(lua_State *L, int32_t value);
/* Append its ISO text; false when it is none. */
bool mpl_buffer_date(mpl_buffer *buffer, lua_State *L, int index);

#endif
