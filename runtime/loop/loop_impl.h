/* loop_impl.h - the body of mp_loop, shared by this folder alone. */
#ifndef MP_LOOP_LOOP_IMPL_H
#define MP_LOOP_LOOP_IMPL_H

#include "loop/fork_mark.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/timer.h"

#include <uv.h>

#include <pthread.h>

struct mp__crew;

/* Invariants: every handle is unref'd but `async`, which is ref'd exactly while the loop
 * is busy; `idle` is active exactly while `deferred` is not empty. No handle's `data` is
 * used: a host that walks its loop may take it for its own. */
struct mp_loop {
  uv_loop_t *uv;
  pthread_t thread;
  mp__fork_mark process;
  bool is_own, is_running, is_stopping, is_closing;
  const bool *until; /* what mp_loop_run_until waits for; NULL outside */
  unsigned depth;    /* of our callbacks on the stack */
  size_t holds;
  unsigned backlog;
  size_t handles; /* of ours whose close callback has not run */
  mp__link deferred;
  bool has_drained;  /* between the sockets of this turn */
  mp__timer *timers; /* root of the heap */
  uint64_t timer_sequence, armed_ms;
  mp__link lookups;
  mp__link at_close; /* of mp__deferred */
  mp__mailbox *mailbox;
  struct mp__crew *crew;
  uv_async_t async;
  uv_prepare_t prepare;
  uv_check_t check;
  uv_idle_t idle;
  uv_timer_t timer;
  uv_loop_t own;
};

/* What of libuv's failures has a status here: bad descriptors, else a lack of resources.
 */
int mp__loop_status(int uv_status);

/* Around everything that libuv calls. */
void mp__loop_enter(mp_loop *loop);
void mp__loop_leave(mp_loop *loop);

/* A handle of ours was opened, or its close callback ran; the last one frees a closed
 * loop. */
void mp__loop_add_handle(mp_loop *loop, uv_handle_t *handle);
void mp__loop_remove_handle(mp_loop *loop);

void mp__loop_update_ref(mp_loop *loop);

/* Run what is deferred until nothing is left, or for a few milliseconds. */
void mp__deferred_drain(mp_loop *loop);
/* The same between two sockets of a turn, unless the turn has been long: who has an
 * answer goes on, and what it sends is under way while the next socket is read. */
void mp__deferred_drain_early(mp_loop *loop);
/* Take over a list of mp__deferred. */
void mp__deferred_take(mp_loop *loop, mp__link *list);

/* Run the timers that are due, for a few milliseconds at most. */
void mp__timers_run(mp_loop *loop);

MP_MUST_CHECK struct mp__crew *mp__crew_new(mp__mailbox *mailbox);
void mp__crew_release(struct mp__crew *crew);

/* Look-ups that are still under way belong to their threads from here on. */
void mp__resolve_close(mp_loop *loop);

#endif
