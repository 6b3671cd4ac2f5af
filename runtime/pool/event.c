/* event.c - tells whoever watches what becomes of a pool's connections. */
#include "pool/pool_impl.h"

void mp_pool_on_event(mp_pool *pool, unsigned kinds, mp_pool_event_cb cb, void *data) {
  pool->watcher.kinds = kinds;
  pool->watcher.cb = cb;
  pool->watcher.data = data;
}

void mp__pool_tell(const mp_pool *pool, mp_pool_event_kind kind, uint64_t since_ms,
                   const mp_error *error, const char *reason) {
  if ((pool->watcher.kinds & MP_POOL_EVENT_BIT(kind)) == 0) return;
  uint64_t passed_ms = mp__loop_cached_ms(pool->loop) - since_ms;
  mp_pool_event event = {kind, (double)passed_ms / 1000.0, error, reason};
  pool->watcher.cb(&event, pool->watcher.data);
}

void mp__pool_tell_at_once(const mp_pool *pool) {
  mp__pool_tell(pool, MP_POOL_ACQUIRE, mp__loop_cached_ms(pool->loop), NULL, NULL);
}
