/* pool.c - a pool's life, its idle connections and its counts. */
#include "base/alloc.h"
#include "base/error.h"
#include "pool/pool_impl.h"

static void on_emptied(void *data) {
  mp_pool *pool = data;
  mp_loop_cb empty = pool->empty;
  pool->empty = NULL;
  if (empty != NULL) empty(pool->empty_data);
}

int mp__pool_new(mp_loop *loop, const mp__config *config, const mp_pool_options *options,
                 mp_pool **out) {
  mp_pool *pool = mp__alloc_zero(sizeof(*pool));
  if (pool == NULL) return MP_OUT_OF_MEMORY;
  pool->loop = loop;
  pool->config = config;
  pool->options = *options;
  for (int i = 0; i < SLOT_LISTS; i++)
    mp__list_init(&pool->slots[i]);
  mp__waiters_init(pool);
  mp__deferred_init(&pool->emptied, on_emptied, pool);
  mp__growth_init(pool);
  mp__leak_init(pool);
  *out = pool;
  return MP_OK;
}

void mp__pool_start(mp_pool *pool) {
  if (pool->options.min > 0) mp__deferred_schedule(pool->loop, &pool->growth);
}

static mp__slot *pick_idle(const mp_pool *pool) {
  const mp__link *idle = &pool->slots[SLOT_IDLE];
  mp__link *link =
      pool->options.order == MP_POOL_LIFO ? mp__list_last(idle) : mp__list_first(idle);
  return link == NULL ? NULL : MP__CONTAINER(link, mp__slot, link);
}

static mp__slot *lease(mp__slot *slot, slot_state state) {
  slot->uses++;
  slot->users = 1;
  slot->is_out = true;
  slot->moved_ms = mp__loop_cached_ms(slot->pool->loop);
  slot->pool->sums.acquired++;
  mp__slot_set_state(slot, state);
  return slot;
}

mp__slot *mp__pool_take_idle(mp_pool *pool, slot_state state) {
  mp__slot *slot;
  while ((slot = pick_idle(pool)) != NULL) {
    switch (mp__liveness_check(slot)) {
    case LIVENESS_GOOD:
      return lease(slot, state);
    case LIVENESS_NEXT:
      break;
    case LIVENESS_WAIT:
      return NULL;
    }
  }
  return NULL;
}

mp__slot *mp__pool_try_acquire(mp_pool *pool) {
  if (pool->shut || pool->waiting > 0) return NULL;
  if (mp__pool_visits(pool, MP_HOOK_CHECKOUT)) return NULL;
  mp__slot *slot = mp__pool_take_idle(pool, SLOT_LEASED);
  if (slot != NULL) mp__pool_tell_at_once(pool);
  return slot;
}

uint32_t mp__pool_in_use(const mp_pool *pool) {
  return pool->counts[SLOT_LEASED] + pool->counts[SLOT_SHARED] +
         pool->counts[SLOT_DRAINING] + pool->counts[SLOT_SETTLING] +
         pool->counts[SLOT_READYING];
}

uint32_t mp__pool_total(const mp_pool *pool) {
  uint32_t total = 0;
  for (int i = 0; i < SLOT_LISTS; i++)
    total += pool->counts[i];
  return total;
}

uint32_t mp__pool_limit(const mp_pool *pool) {
  return pool->options.max + pool->options.burst;
}

/* What is lost holds nothing, whenever its user gives it back. */
static uint32_t count_lost(const mp_pool *pool) {
  uint32_t count = 0;
  const mp__link *list = &pool->slots[SLOT_LEASED];
  for (mp__link *link = list->next; link != list; link = link->next) {
    const mp__slot *slot = MP__CONTAINER(link, mp__slot, link);
    if (slot->lent && !mp__conn_is_open(slot->conn)) count++;
  }
  return count;
}

void mp__pool_check_empty(mp_pool *pool) {
  if (!pool->shut || pool->empty == NULL) return;
  uint32_t unawaited = pool->broken ? pool->lent : count_lost(pool);
  if (mp__pool_total(pool) > unawaited) return;
  mp__deferred_schedule(pool->loop, &pool->emptied);
}

static void close_all(mp_pool *pool, slot_state state, const char *reason) {
  mp__link *link;
  while ((link = mp__list_first(&pool->slots[state])) != NULL) {
    mp__slot_close(MP__CONTAINER(link, mp__slot, link), reason);
  }
}

void mp__pool_shut(mp_pool *pool, mp_loop_cb empty, void *data) {
  pool->shut = true;
  pool->empty = empty;
  pool->empty_data = data;
  mp__growth_stop(pool);
  mp_error *error = mp__error_new(MP_SHUTTING_DOWN, "the engine is closing");
  mp__waiters_fail_all(pool, error);
  mp_error_free(error);
  close_all(pool, SLOT_IDLE, "the engine is closing");
  close_all(pool, SLOT_CHECKING, "the engine is closing");
  close_all(pool, SLOT_READYING, "the engine is closing");
  close_all(pool, SLOT_CONNECTING, "the engine is closing");
  mp__pool_check_empty(pool);
}

static mp__slot *find_open(const mp_pool *pool, slot_state state) {
  const mp__link *list = &pool->slots[state];
  for (mp__link *link = list->next; link != list; link = link->next) {
    mp__slot *slot = MP__CONTAINER(link, mp__slot, link);
    bool is_due = slot->lent || state != SLOT_LEASED;
    if (is_due && mp__conn_is_open(slot->conn)) return slot;
  }
  return NULL;
}

/* Their users learn it from the connection. Each look starts anew: a user that is told
 * may give back others, too. */
static void break_open(mp_pool *pool, slot_state state) {
  mp__slot *slot;
  while ((slot = find_open(pool, state)) != NULL) {
    mp__conn_cancel(slot->conn);
    mp__conn_break(slot->conn, "the engine is closing");
  }
}

void mp__pool_break(mp_pool *pool) {
  pool->broken = true;
  break_open(pool, SLOT_LEASED);
  break_open(pool, SLOT_SHARED);
  break_open(pool, SLOT_DRAINING);
  close_all(pool, SLOT_SETTLING, "the engine is closing");
  mp__pool_check_empty(pool);
}

void mp__pool_free(mp_pool *pool) {
  if (pool == NULL) return;
  mp__growth_stop(pool);
  mp__waiters_stop(pool);
  mp__deferred_cancel(pool->loop, &pool->emptied);
  mp_error_free(pool->failure);
  mp__free(pool);
}

const mp_pool_options *mp_pool_get_options(const mp_pool *pool) {
  return &pool->options;
}

void mp_pool_get_stats(const mp_pool *pool, mp_pool_stats *out) {
  *out = pool->sums;
  out->total = mp__pool_total(pool);
  out->idle = pool->counts[SLOT_IDLE] + pool->counts[SLOT_CHECKING];
  out->in_use = mp__pool_in_use(pool);
  out->connecting = pool->counts[SLOT_CONNECTING];
  out->waiting = pool->waiting;
  out->max = pool->options.max;
}
