/* observer.h - a function of Lua's that is told of each statement of an engine. */
#ifndef MPL_OBSERVER_H
#define MPL_OBSERVER_H

#include "target.h"

#include <moonpool/operation.h>

#include <lua.h>

#include <stdbool.h>

/* engine:observe(fn): from here on each statement of the engine, on its connections too,
 * calls fn(sql, error, rows, queue, server, network, decode, ...) inside its task when it
 * has ended: seconds, and the parameters. nil ends that. What fn raises is dropped. */
int mpl_engine_observe(lua_State *L);

/* Whether the target at `index`, which was checked, has an observer. */
bool mpl_observer_exists(lua_State *L, int index, const mpl_target *target);

typedef struct mpl_observation {
  double begun,
      decoding; /* mp_system_hrtime: of the call, and when the answer was there */
  mp_timing timing;
  size_t rows;
} mpl_observation;

/* Tell the observer of the target at 1; 2 is the text, parameters follow. The error, or
 * nil, is on top and stays. */
void mpl_observer_tell(lua_State *L, const mpl_observation *seen, int param_count);

/* Push what mpl_observer_tell_stream will need: of the text at 2 and the `param_count`
 * parameters behind it. */
void mpl_observer_keep_call(lua_State *L, int param_count);

/* The same of a stream that has ended, for the target at `target`. What was kept of its
 * call and the error, or nil, are on top and stay; `waited` is what its reader has waited
 * for. */
void mpl_observer_tell_stream(lua_State *L, int target, size_t rows, double waited);

#endif
