/* engine_event.h - what happens to an engine by itself, told to a function of Lua's. */
#ifndef MPL_ENGINE_EVENT_H
#define MPL_ENGINE_EVENT_H

#include "hook.h"

#include <stdbool.h>

/* engine:tell(fn, names): from here on fn(name, event) is called, in a task of its own,
 * of `leak`, `lost` and `left_out`, and of those of `connect`, `acquire` and `close` that
 * are keys of the table `names`. */
void mpl_engine_tell(lua_State *L, mpl_hooks *hooks, mp_engine *engine);

/* engine:events_left_out() -> how many were not told: too many waited, or no memory */
int mpl_engine_events_left_out(lua_State *L);

/* A transaction was lost while nobody looked; false when no function is told of it. */
bool mpl_engine_tell_lost(mpl_hooks *hooks, const mp_error *error);

#endif
