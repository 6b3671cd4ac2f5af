/* statistics.h - what an engine's statements have come to, for Lua. */
#ifndef MPL_STATISTICS_H
#define MPL_STATISTICS_H

#include <lua.h>

/* engine:statistics() -> { reads=, writes=, others=, errors=, rows=, queue=, run= }, the
 * last two { seconds=, { bound=, count= }, ... } */
int mpl_engine_statistics(lua_State *L);
/* engine:fingerprints() -> { { sql=, calls=, errors=, rows=, queue=, run=, longest= },
 * ... }
 */
int mpl_engine_fingerprints(lua_State *L);

#endif
