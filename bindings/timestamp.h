/* timestamp.h - timestamps for their neighbours. */
#ifndef MPL_TIMESTAMP_H
#define MPL_TIMESTAMP_H

#include "buffer.h"

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

/* `utc` says that it is a timestamptz. Gives 1. */
int mpl_push_timestamp(lua_State *L, int64_t value, bool utc);
/* False when it is none. */
bool mpl_test_timestamp(lua_State *L, int index, int64_t *value, bool *utc);
/* Append its ISO text; false when it is none. */
bool mpl_buffer_timestamp(mpl_buffer *buffer, lua_State *L, int index);

#endif
