/* sleep.c - waiting for nothing but time. */
#include "script/script_impl.h"

#include <moonpool/task.h>

#include <math.h>

typedef struct nap {
  mp__timer timer;
  bool is_empty;
} nap;

static void cancel_nap(mp_wait *wait, int status) {
  (void)status;
  nap *data = mp_wait_data(wait);
  mp__timer_stop(wait->script->loop, &data->timer);
  mp_wait_done(wait);
}

/* Who sleeps for no time lets others go first. */
static void on_time(void *data) {
  mp_wait *wait = data;
  const nap *own = mp_wait_data(wait);
  wait->is_of_time = !own->is_empty;
  mp_wait_done(wait);
}

static int wake(lua_State *L, mp_wait *wait) {
  mp_wait_raise_ended(L, wait);
  return 0;
}

int mp_task_sleep(lua_State *L, double seconds) {
  mp_wait *wait = mp_wait_new(L, sizeof(nap), NULL);
  nap *data = mp_wait_data(wait);
  uint64_t delay_ms = (uint64_t)fmin(ceil(seconds * 1000.0), 1e15);
  data->is_empty = delay_ms == 0;
  mp__timer_init(&data->timer, on_time, wait);
  mp_wait_begin(wait, cancel_nap);
  mp__timer_start(wait->script->loop, &data->timer, delay_ms);
  return mp_wait_suspend(L, wait, wake);
}
