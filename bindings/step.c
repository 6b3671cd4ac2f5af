/* step.c - waiting for an operation of the runtime: begun, cancelled, ended. */
#include "step.h"

#include "error.h"

void mpl_step_cancel(mp_wait *wait, int status) {
  const mpl_step *step = mp_wait_data(wait);
  mp_operation_cancel(step->operation, status);
}

void mpl_step_done(const mp_error *error, void *wait) {
  mpl_step *step = mp_wait_data(wait);
  if (error != NULL) step->error = mp_error_copy(error);
  mp_wait_done(wait);
}

int mpl_step_suspend(lua_State *L, mp_wait *wait, mp_operation *operation,
                     mp_wait_resumed_cb resumed) {
  mpl_step *step = mp_wait_data(wait);
  step->operation = operation;
  if (operation != NULL) return mp_wait_suspend(L, wait, resumed);
  mp_wait_done(wait);
  mpl_raise_memory(L);
}

void mpl_step_check(lua_State *L, mp_wait *wait) {
  const mpl_step *step = mp_wait_data(wait);
  if (step->error != NULL) mpl_raise_error(L, step->error);
}
