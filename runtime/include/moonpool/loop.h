/* moonpool/loop.h - the libuv loop that everything of one runtime runs on.
 *
 * One loop is one thread. Only mp_loop_post may be called from another one. Callbacks run
 * exactly once, on the loop's thread, never inside the call that took them. */
#ifndef MOONPOOL_LOOP_H
#define MOONPOOL_LOOP_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stdint.h>

MP_BEGIN_C

struct uv_loop_s;
typedef struct mp_loop mp_loop;
typedef void (*mp_loop_cb)(void *data);

/* Borrow a host's libuv loop, or make our own with `host` NULL. */
MP_EXTERN MP_MUST_CHECK int mp_loop_open(struct uv_loop_s *host, mp_loop **out);

/* Run until nothing of ours is under way (idle connections do not count) or mp_loop_stop.
 */
MP_EXTERN void mp_loop_run(mp_loop *loop);
/* Run until *flag is true, or nothing is under way; true when the flag is. */
MP_EXTERN bool mp_loop_run_until(mp_loop *loop, const bool *flag);
MP_EXTERN void mp_loop_stop(mp_loop *loop);
/* True while mp_loop_run or mp_loop_run_until is on the stack. */
MP_EXTERN bool mp_loop_is_running(const mp_loop *loop);

/* Run `fn(data)` on the loop's thread soon, in the order of posting; the one call that
 * other threads may make. A loop that runs is woken, one that has nothing under way is
 * not kept running. */
MP_EXTERN MP_MUST_CHECK int mp_loop_post(mp_loop *loop, mp_loop_cb fn, void *data);

/* Milliseconds of a monotonic clock, fresh. */
MP_EXTERN uint64_t mp_loop_now_ms(const mp_loop *loop);
/* MP_OK, MP_WRONG_THREAD or MP_WRONG_PROCESS for the caller. */
MP_EXTERN int mp_loop_check_caller(const mp_loop *loop);

/* Close: lets what is under way end, for two seconds at most, runs the close callbacks of
 * our handles, and frees. Engines and scripts on it must have been closed before. Inside
 * a callback of ours it only begins that, and whoever runs the loop ends it. In a forked
 * child it does nothing. */
MP_EXTERN void mp_loop_close(mp_loop *loop);

MP_END_C

#endif
