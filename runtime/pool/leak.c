/* leak.c - reports, once each, the connections that are held for longer than leak_after.
 */
#include "pool/holder.h"
#include "pool/pool_impl.h"

#include <stdio.h>

static void print(const mp_pool_lease *lease) {
  fprintf(stderr, "moonpool: a connection has been held for %.1f s%s%s%s%s\n%s%s",
          lease->seconds, lease->where == NULL ? "" : ", taken at ",
          lease->where == NULL ? "" : lease->where,
          lease->label == NULL ? "" : ", label ",
          lease->label == NULL ? "" : lease->label,
          lease->traceback == NULL ? "" : lease->traceback,
          lease->traceback == NULL ? "" : "\n");
}

void mp_pool_on_leak(mp_pool *pool, mp_pool_leak_cb cb, void *data) {
  pool->options.on_leak = cb;
  pool->options.on_leak_data = data;
}

static void report(mp_pool *pool, mp__holder *holder) {
  uint64_t held_ms = mp__loop_cached_ms(pool->loop) - holder->since_ms;
  mp_pool_lease lease = {.label = holder->label,
                         .where = holder->where,
                         .traceback = holder->traceback,
                         .seconds = (double)held_ms / 1000.0};
  holder->is_reported = true;
  pool->sums.leaks++;
  if (pool->options.on_leak != NULL) {
    pool->options.on_leak(&lease, pool->options.on_leak_data);
  } else {
    print(&lease);
  }
}

/* Leases are listed in the order they were given: the first that was not reported is the
 * next one due. */
static mp__holder *next_due(const mp_pool *pool) {
  const mp__link *list = &pool->slots[SLOT_LEASED];
  for (mp__link *link = list->next; link != list; link = link->next) {
    mp__holder *holder = MP__CONTAINER(link, mp__slot, link)->holder;
    if (holder != NULL && !holder->is_reported) return holder;
  }
  return NULL;
}

void mp__leak_watch(mp_pool *pool) {
  if (pool->options.leak_after_ms == 0 || pool->leak.active) return;
  const mp__holder *holder = next_due(pool);
  if (holder == NULL) return;
  uint64_t due_ms = holder->since_ms + pool->options.leak_after_ms;
  uint64_t now_ms = mp__loop_cached_ms(pool->loop);
  mp__timer_start(pool->loop, &pool->leak, due_ms > now_ms ? due_ms - now_ms : 0);
}

static void on_due(void *data) {
  mp_pool *pool = data;
  mp__holder *holder;
  uint64_t now_ms = mp__loop_cached_ms(pool->loop);
  while ((holder = next_due(pool)) != NULL &&
         now_ms - holder->since_ms >= pool->options.leak_after_ms) {
    report(pool, holder);
  }
  mp__leak_watch(pool);
}

void mp__leak_init(mp_pool *pool) {
  mp__timer_init(&pool->leak, on_due, pool);
}
