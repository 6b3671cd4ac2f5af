/* deferred.c - running things from the top of the loop, in order and in small portions.
 */
#include "loop/loop_impl.h"

#include <uv.h>

/* Long enough to batch the work of one turn, short enough that nobody notices the wait.
 */
#define DRAIN_NS UINT64_C(4000000)

/* From then on all sockets of a turn are read before anything that is deferred runs. */
enum { TURN_MS = 4 };

static void on_idle(uv_idle_t *handle) {
  (void)handle; /* being active is its job: the loop then polls without blocking */
}

static void on_changed(mp_loop *loop) {
  if (mp__list_is_empty(&loop->deferred)) {
    uv_idle_stop(&loop->idle);
  } else {
    (void)uv_idle_start(&loop->idle, on_idle);
  }
  mp__loop_update_ref(loop);
}

void mp__deferred_init(mp__deferred *deferred, mp_loop_cb fn, void *data) {
  mp__list_init(&deferred->link);
  deferred->fn = fn;
  deferred->data = data;
}

void mp__deferred_schedule(mp_loop *loop, mp__deferred *deferred) {
  if (!mp__list_is_empty(&deferred->link)) return;
  bool was_empty = mp__list_is_empty(&loop->deferred);
  mp__list_push_back(&loop->deferred, &deferred->link);
  if (was_empty) on_changed(loop);
}

void mp__deferred_cancel(mp_loop *loop, mp__deferred *deferred) {
  if (mp__list_is_empty(&deferred->link)) return;
  mp__list_remove(&deferred->link);
  if (mp__list_is_empty(&loop->deferred)) on_changed(loop);
}

void mp__deferred_take(mp_loop *loop, mp__link *list) {
  if (mp__list_is_empty(list)) return;
  mp__list_move_all(list, &loop->deferred);
  on_changed(loop);
}

/* The portion is counted from the end of its first part on: mostly there is no second,
 * and reading the clock costs more than passing over it. */
static bool goes_on(uint64_t *end) {
  uint64_t now = uv_hrtime();
  if (*end == 0) *end = now + DRAIN_NS;
  return now < *end;
}

void mp__deferred_drain(mp_loop *loop) {
  if (mp__list_is_empty(&loop->deferred)) return;
  uint64_t end = 0;
  do {
    mp__deferred *next =
        MP__CONTAINER(mp__list_pop_front(&loop->deferred), mp__deferred, link);
    next->fn(next->data);
  } while (!mp__list_is_empty(&loop->deferred) && goes_on(&end));
  if (mp__list_is_empty(&loop->deferred)) on_changed(loop);
}

/* The first one of a turn costs no look at the clock. */
static bool has_time(const mp_loop *loop) {
  return !loop->has_drained || uv_hrtime() / 1000000 < uv_now(loop->uv) + TURN_MS;
}

void mp__deferred_drain_early(mp_loop *loop) {
  if (mp__list_is_empty(&loop->deferred) || loop->depth > 0 || !has_time(loop)) return;
  loop->has_drained = true;
  mp__loop_enter(loop);
  mp__deferred_drain(loop);
  mp__loop_leave(loop);
}
