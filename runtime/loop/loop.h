/* loop.h - what the layers above use of the loop: holding it open, and running things
 * later. */
#ifndef MP_LOOP_LOOP_H
#define MP_LOOP_LOOP_H

#include "base/list.h"

#include <moonpool/loop.h>

/* No handle of ours keeps a loop alive by itself; whoever has work under way holds the
 * loop. */
void mp__loop_hold(mp_loop *loop);
void mp__loop_unhold(mp_loop *loop);

/* Something to run once, soon, from the top of the loop: after the current batch of
 * events, in the order of scheduling, with a bound of a few milliseconds per turn so that
 * timers and sockets keep their share. Embedded in its owner; costs no memory, cannot
 * fail. Holds the loop. */
typedef struct mp__deferred {
  mp__link link;
  mp_loop_cb fn;
  void *data;
} mp__deferred;

void mp__deferred_init(mp__deferred *deferred, mp_loop_cb fn, void *data);
/* Nothing happens when it is scheduled already. */
void mp__deferred_schedule(mp_loop *loop, mp__deferred *deferred);
void mp__deferred_cancel(mp_loop *loop, mp__deferred *deferred);

/* To run once when the loop is closed, after what ended in time by itself; taken back by
 * removing its link. */
void mp__loop_at_close(mp_loop *loop, mp__deferred *deferred);

/* libuv's cached time in milliseconds, as timers see it. */
uint64_t mp__loop_cached_ms(const mp_loop *loop);
/* The same after a look at the clock: a turn of the loop may have been long. */
uint64_t mp__loop_fresh_ms(mp_loop *loop);
/* Microseconds of the same clock, fresh: for measuring. */
uint64_t mp__clock_us(void);

/* What has its answer and waits to go on with it: who offers more work may hold back. */
void mp__loop_add_backlog(mp_loop *loop, int change);
unsigned mp__loop_backlog(const mp_loop *loop);

struct uv_loop_s *mp__loop_uv(mp_loop *loop);

#endif
