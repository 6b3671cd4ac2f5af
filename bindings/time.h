/* time.h - times of day for their neighbours. */
#ifndef MPL_TIME_H
#define MPL_TIME_H

#include "buffer.h"

#include <lua.h>

#include <stdbool.h>

/* Append its ISO text; false when it is none. */
bool mpl_buffer_time(mpl_buffer *buffer, lua_State *L, int index);

#endif
