/* share.c - lends one connection to several plain reads at once, without starving those
 * who want one alone. */
#include "pool/pool_impl.h"

/* A connection on which nothing has come to its end for so long may have a slow statement
 * in front: nobody joins it. */
#define STALLED_MS 10

/* Hooks are told of each lease: with them every read has a connection to itself. */
static bool may_share(const mp_pool *pool) {
  return !pool->shut && pool->options.share_max > 1 &&
         !mp__pool_visits(pool, MP_HOOK_CHECKOUT) &&
         !mp__pool_visits(pool, MP_HOOK_CHECKIN) && !mp__config_is_pooled(pool->config);
}

static bool is_grown(const mp_pool *pool) {
  return mp__pool_total(pool) >= pool->options.max;
}

static bool is_moving(const mp__slot *slot) {
  return mp__conn_is_open(slot->conn) &&
         mp__loop_cached_ms(slot->pool->loop) - slot->moved_ms <= STALLED_MS;
}

static bool may_join(const mp__slot *slot) {
  return slot->users < slot->pool->options.share_max && is_moving(slot);
}

/* The one with the fewest reads, of those that `fits` takes. */
static mp__slot *least_shared(const mp_pool *pool, bool (*fits)(const mp__slot *slot)) {
  const mp__link *list = &pool->slots[SLOT_SHARED];
  mp__slot *least = NULL;
  for (mp__link *link = list->next; link != list; link = link->next) {
    mp__slot *slot = MP__CONTAINER(link, mp__slot, link);
    if (least != NULL && slot->users >= least->users) continue;
    if (fits == NULL || fits(slot)) least = slot;
  }
  return least;
}

bool mp__pool_shares(const mp_pool *pool) {
  return may_share(pool) && least_shared(pool, is_moving) != NULL;
}

mp__slot *mp__pool_join(mp_pool *pool) {
  mp__slot *slot;
  if (!may_share(pool) || !is_grown(pool)) return NULL;
  while ((slot = least_shared(pool, may_join)) != NULL && mp__slot_is_expired(slot)) {
    mp__slot_drain(slot);
  }
  if (slot == NULL) return NULL;
  slot->uses++;
  slot->users++;
  pool->sums.acquired++;
  return slot;
}

mp__slot *mp__pool_try_share(mp_pool *pool) {
  if (pool->shut || pool->reading > 0) return NULL;
  if (mp__pool_visits(pool, MP_HOOK_CHECKOUT)) return NULL;
  mp__slot *slot = NULL;
  if (pool->waiting == 0) slot = mp__pool_take_idle(pool, SLOT_SHARED);
  if (slot == NULL) slot = mp__pool_join(pool);
  if (slot != NULL) mp__pool_tell_at_once(pool);
  return slot;
}

/* One for each, of those that will be free first. While the pool may still grow they are
 * not needed: then every read has a connection of its own. */
void mp__pool_reserve(mp_pool *pool) {
  uint32_t alone = pool->waiting - pool->reading;
  if (alone == 0 || mp__pool_total(pool) < mp__pool_limit(pool)) return;
  while (pool->counts[SLOT_DRAINING] + pool->counts[SLOT_SETTLING] < alone) {
    mp__slot *slot = least_shared(pool, NULL);
    if (slot == NULL) return;
    mp__slot_drain(slot);
  }
}

void mp__slot_drain(mp__slot *slot) {
  if (slot->state == SLOT_SHARED) mp__slot_set_state(slot, SLOT_DRAINING);
}

void mp__slot_leave(mp__slot *slot) {
  mp_pool *pool = slot->pool;
  slot->moved_ms = mp__loop_cached_ms(pool->loop);
  if (--slot->users == 0) {
    mp__slot_set_state(slot, SLOT_SETTLING);
    mp__slot_settle(slot);
  } else if (pool->reading > 0) {
    mp__deferred_schedule(pool->loop, &pool->growth); /* serves them */
  }
}
