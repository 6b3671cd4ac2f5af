/* step.h - what each wait for an operation of the runtime has in common. */
#ifndef MPL_STEP_H
#define MPL_STEP_H

#include <moonpool/operation.h>
#include <moonpool/script.h>

#include <lua.h>

/* The first member of the wait's data, whose owner frees `error`. */
typedef struct mpl_step {
  mp_operation *operation; /* NULL until it has begun */
  mp_error *error;
} mpl_step;

/* What mp_wait_begin takes. */
void mpl_step_cancel(mp_wait *wait, int status);
/* The operation has ended; `wait` is an mp_wait, as callbacks have it. */
void mpl_step_done(const mp_error *error, void *wait);
/* Wait for an operation that has just begun, or raise for want of memory where that is
 * NULL: return mpl_step_suspend(...). */
int mpl_step_suspend(lua_State *L, mp_wait *wait, mp_operation *operation,
                     mp_wait_resumed_cb resumed);
/* After the wait: raise the error, if there is one. */
void mpl_step_check(lua_State *L, mp_wait *wait);

#endif
