/* timer.c - a pairing heap of timers behind one libuv timer. */
#include "loop/timer.h"

#include "loop/loop_impl.h"

#include <uv.h>

/* Timers only schedule; more of them than this at once let sockets have a turn in
 * between. */
#define BATCH_NS UINT64_C(4000000)

static bool is_before(const mp__timer *a, const mp__timer *b) {
  if (a->due_ms != b->due_ms) return a->due_ms < b->due_ms;
  return a->sequence < b->sequence;
}

/* One heap of two without siblings; NULL is the empty heap. */
static mp__timer *merge(mp__timer *a, mp__timer *b) {
  if (a == NULL) return b;
  if (b == NULL) return a;
  mp__timer *parent = is_before(a, b) ? a : b;
  mp__timer *child = parent == a ? b : a;
  child->prev = parent;
  child->sibling = parent->child;
  if (child->sibling != NULL) child->sibling->prev = child;
  parent->child = child;
  return parent;
}

static mp__timer *detach(mp__timer *timer) {
  timer->sibling = NULL;
  timer->prev = NULL;
  return timer;
}

/* Pairs from left to right, then all into one from right to left: that order is what
 * makes removal cheap in the long run. */
static mp__timer *merge_siblings(mp__timer *first) {
  mp__timer *pairs = NULL; /* linked by `sibling`, last pair first */
  while (first != NULL) {
    mp__timer *a = first, *b = first->sibling;
    first = b != NULL ? b->sibling : NULL;
    mp__timer *pair = merge(detach(a), b != NULL ? detach(b) : NULL);
    pair->sibling = pairs;
    pairs = pair;
  }
  mp__timer *root = NULL;
  while (pairs != NULL) {
    mp__timer *pair = pairs;
    pairs = pair->sibling;
    root = merge(root, detach(pair));
  }
  return root;
}

static void cut(mp_loop *loop, mp__timer *timer) {
  mp__timer *rest = merge_siblings(timer->child);
  timer->child = NULL;
  timer->active = false;
  if (loop->timers == timer) {
    loop->timers = rest;
    return;
  }
  if (timer->prev->child == timer)
    timer->prev->child = timer->sibling;
  else
    timer->prev->sibling = timer->sibling;
  if (timer->sibling != NULL) timer->sibling->prev = timer->prev;
  detach(timer);
  loop->timers = merge(loop->timers, rest);
}

/* It only wakes the loop: run from here, a timer that starts itself anew with no delay
 * would never let the loop go on. */
static void on_wake(uv_timer_t *handle) {
  MP__CONTAINER(handle, mp_loop, timer)->armed_ms = UINT64_MAX;
}

/* A libuv timer that is too early is left alone: it wakes the loop for nothing, which is
 * cheaper than following each deadline that is set and met. */
static void arm(mp_loop *loop) {
  if (loop->timers == NULL || loop->timers->due_ms >= loop->armed_ms) return;
  uint64_t now_ms = uv_now(loop->uv), due_ms = loop->timers->due_ms;
  uint64_t delay_ms = due_ms > now_ms ? due_ms - now_ms : 0;
  (void)uv_timer_start(&loop->timer, on_wake, delay_ms, 0);
  loop->armed_ms = due_ms;
}

static bool is_due(const mp__timer *timer, uint64_t now_ms, uint64_t sequence) {
  return timer != NULL && timer->due_ms <= now_ms && timer->sequence < sequence;
}

/* What is started from here on waits for the next turn. */
void mp__timers_run(mp_loop *loop) {
  uint64_t now_ms = uv_now(loop->uv), sequence = loop->timer_sequence;
  if (!is_due(loop->timers, now_ms, sequence)) {
    arm(loop);
    return;
  }
  uint64_t end = uv_hrtime() + BATCH_NS;
  mp__loop_enter(loop);
  do {
    mp__timer *timer = loop->timers;
    cut(loop, timer);
    timer->fn(timer->data);
  } while (is_due(loop->timers, now_ms, sequence) && uv_hrtime() < end);
  mp__loop_leave(loop);
  if (!loop->is_closing) arm(loop);
}

void mp__timer_init(mp__timer *timer, mp_loop_cb fn, void *data) {
  *timer = (mp__timer){.fn = fn, .data = data};
}

/* The loop's clock cuts off what is below a millisecond; rounding the start up makes up
 * for it. */
void mp__timer_start(mp_loop *loop, mp__timer *timer, uint64_t delay_ms) {
  if (timer->active) cut(loop, timer);
  uv_update_time(loop->uv);
  uint64_t start_ms = delay_ms > 0 ? (uv_hrtime() + 999999) / 1000000 : uv_now(loop->uv);
  timer->due_ms = delay_ms < UINT64_MAX - start_ms ? start_ms + delay_ms : UINT64_MAX - 1;
  timer->sequence = loop->timer_sequence++;
  timer->active = true;
  loop->timers = merge(loop->timers, timer);
  arm(loop);
}

void mp__timer_stop(mp_loop *loop, mp__timer *timer) {
  if (timer->active) cut(loop, timer);
}
