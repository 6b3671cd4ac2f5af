/* moonpool/wait.h - suspending a Lua task until an operation in C has ended.
 *
 * How a binding uses it: make the wait first (everything that can be refused is refused
 * there), put what the operation needs into its data, begin, start the operation with the
 * wait as the callback's `data`, and return mp_wait_suspend(L, wait, resumed). The
 * operation's callback stores what it was given in the data and calls mp_wait_done; it
 * never touches Lua. `resumed` then runs inside the task and answers, or raises. */
#ifndef MOONPOOL_WAIT_H
#define MOONPOOL_WAIT_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stddef.h>

MP_BEGIN_C

struct lua_State;
typedef struct mp_wait mp_wait;

#define MP_WAIT_DATA_MAX 192 /* bytes of data that one wait can carry */

/* Ask the operation to end with MP_CANCELLED or MP_TIMEOUT; mp_wait_done must still
 * follow, in this call or later. At most one call per operation. */
typedef void (*mp_wait_cancel_cb)(mp_wait *wait, int status);
/* Give back what the data holds; it was zeroed at first. Must not touch Lua. */
typedef void (*mp_wait_free_cb)(void *data);
/* Runs inside the resumed task, on the stack that mp_wait_suspend left. */
typedef int (*mp_wait_resumed_cb)(struct lua_State *L, mp_wait *wait);

/* A new wait with `size` bytes of zeroed data. Pushes the to-be-closed userdata that owns
 * it; leave it on the stack. When the calling C function ends, by error too, the
 * operation is cancelled if it is under way, and `free_data` (may be NULL) runs as soon
 * as it is over. Raises `bad_argument` where Lua cannot wait, and `cancelled`, `timeout`
 * or `shutting_down` when the task may not. */
MP_EXTERN mp_wait *mp_wait_new(struct lua_State *L, size_t size,
                               mp_wait_free_cb free_data);
MP_EXTERN void *mp_wait_data(mp_wait *wait);

/* The operation starts now: from here to mp_wait_done it has a share of the wait. A wait
 * may be used for one operation after the other; each further one must be checked for
 * first. */
MP_EXTERN void mp_wait_begin(mp_wait *wait, mp_wait_cancel_cb cancel);
/* The same for a wait that something else must end: it does not keep the loop alive. */
MP_EXTERN void mp_wait_begin_quiet(mp_wait *wait, mp_wait_cancel_cb cancel);
/* The operation has ended. Never touches Lua; exactly once for each mp_wait_begin. */
MP_EXTERN void mp_wait_done(mp_wait *wait);
/* `return mp_wait_suspend(L, wait, resumed);` must be the last thing a C function does.
 * Outside any task it runs the loop until the operation has ended. */
MP_EXTERN int mp_wait_suspend(struct lua_State *L, mp_wait *wait,
                              mp_wait_resumed_cb resumed);

/* What the operation was asked to end with: MP_OK, MP_CANCELLED or MP_TIMEOUT. */
MP_EXTERN int mp_wait_ended_by(const mp_wait *wait);
/* Raises the `cancelled` or `timeout` that the operation was asked to end with, for
 * operations that have no error of their own. */
MP_EXTERN void mp_wait_raise_ended(struct lua_State *L, const mp_wait *wait);

/* True where mp_wait_new would not refuse the place. */
MP_EXTERN bool mp_wait_is_possible(struct lua_State *L);
/* As lua_pcall, for a function that may not wait: every wait in it is refused. */
MP_EXTERN int mp_wait_forbid(struct lua_State *L, int arg_count, int result_count);
/* Raises what mp_wait_new would raise. */
MP_EXTERN void mp_wait_check(struct lua_State *L);

MP_END_C

#endif
