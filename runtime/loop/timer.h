/* timer.h - timers embedded in their owners: thousands cost one libuv handle. */
#ifndef MP_LOOP_TIMER_H
#define MP_LOOP_TIMER_H

#include "loop/loop.h"

/* Kept in an intrusive pairing heap of the loop, so that starting and stopping cannot
 * fail. */
typedef struct mp__timer {
  struct mp__timer *child, *sibling,
      *prev;                 /* prev: left sibling, or parent of the first child */
  uint64_t due_ms, sequence; /* equal times fire in order of starting */
  mp_loop_cb fn;
  void *data;
  bool active;
} mp__timer;

void mp__timer_init(mp__timer *timer, mp_loop_cb fn, void *data);
/* Fire once, `delay_ms` after now (the loop's time is brought up to date first, so that
 * it is never early); a running timer is started anew. Timers do not hold the loop. */
void mp__timer_start(mp_loop *loop, mp__timer *timer, uint64_t delay_ms);
void mp__timer_stop(mp_loop *loop, mp__timer *timer);

#endif
