/* stream.h - rows for Lua, one at a time. */
#ifndef MPL_STREAM_H
#define MPL_STREAM_H

#include "target.h"

/* Make the class known. */
void mpl_open_stream(lua_State *L);

/* Start a stream on the target at index 1, with the text at 2 and `param_count` values
 * behind it, taking over *params, and push what a generic `for` takes: the iterator, two
 * values it ignores, and the stream to be closed. */
int mpl_stream_open(lua_State *L, const mpl_target *target, mp_statement *statement,
                    int param_count, mp_params **params);

#endif
