/* reconfigure.c - changes a pool while it is used: size, bounds, credentials, age. */
#include "base/error.h"
#include "pool/pool_impl.h"

static void close_surplus(mp_pool *pool) {
  mp__link *link;
  while (mp__pool_total(pool) > pool->options.max &&
         (link = mp__list_first(&pool->slots[SLOT_IDLE])) != NULL) {
    mp__slot_close(MP__CONTAINER(link, mp__slot, link), "the pool was made smaller");
  }
}

void mp__pool_reconfigure(mp_pool *pool, const mp__config *config,
                          const mp_pool_options *options) {
  if (pool->shut) return;
  bool is_new = config != pool->config;
  pool->config = config;
  mp_pool_leak_cb on_leak = pool->options.on_leak;
  void *on_leak_data = pool->options.on_leak_data;
  pool->options = *options;
  if (options->on_leak == NULL) mp_pool_on_leak(pool, on_leak, on_leak_data);
  if (is_new) mp__growth_begin_anew(pool);
  close_surplus(pool);
  mp__waiters_watch_anew(pool);
  mp__timer_stop(pool->loop, &pool->leak);
  mp__leak_watch(pool);
  mp__deferred_schedule(pool->loop, &pool->growth);
}

static void shorten_life(mp__slot *slot, uint64_t over_ms) {
  mp_pool *pool = slot->pool;
  double share = mp__random_unit(&pool->random);
  uint64_t end_ms =
      mp__loop_cached_ms(pool->loop) + 1 + (uint64_t)(share * (double)over_ms);
  if (slot->expires_ms == 0 || slot->expires_ms > end_ms) slot->expires_ms = end_ms;
}

void mp_pool_recycle(mp_pool *pool, uint64_t over_ms) {
  if (over_ms == 0) {
    mp__pool_invalidate(pool);
    return;
  }
  for (int state = 0; state < SLOT_LISTS; state++) {
    mp__link *list = &pool->slots[state];
    for (mp__link *link = list->next; link != list; link = link->next) {
      shorten_life(MP__CONTAINER(link, mp__slot, link), over_ms);
    }
  }
}
