/* notice.h - what servers say unasked, waiting for Lua. */
#ifndef MPL_NOTICE_H
#define MPL_NOTICE_H

#include <moonpool/engine.h>

#include <lua.h>

typedef struct mpl_notices mpl_notices;

/* NULL without memory. */
mpl_notices *mpl_notices_new(mp_engine *engine);
/* The engine is gone: who waits is told. */
void mpl_notices_end(mpl_notices *notices);
void mpl_notices_free(mpl_notices *notices);

/* Wait for the next one, then push it, or nil once the engine is gone. `return` it. The
 * notices must outlive the wait: what is at index 1 keeps them. */
int mpl_notices_next(lua_State *L, mpl_notices *notices);

#endif
