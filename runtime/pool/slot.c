/* slot.c - a pool's place for one connection, and the one writer of its state. */
#include "base/alloc.h"
#include "pool/pool_impl.h"

void mp__slot_set_state(mp__slot *slot, slot_state next) {
  mp_pool *pool = slot->pool;
  if (slot->state != SLOT_CLOSED) pool->counts[slot->state]--;
  mp__list_remove(&slot->link);
  slot->state = next;
  if (next == SLOT_CLOSED) return;
  pool->counts[next]++;
  mp__list_push_back(&pool->slots[next], &slot->link);
}

/* New connections start on no list. */
mp__slot *mp__slot_new(mp_pool *pool) {
  mp__slot *slot = mp__alloc_zero(sizeof(*slot));
  if (slot == NULL) return NULL;
  slot->pool = pool;
  slot->state = SLOT_CLOSED;
  mp__list_init(&slot->link);
  mp__timer_init(&slot->patience, mp__slot_on_impatient, slot);
  return slot;
}

void mp__slot_close(mp__slot *slot, const char *reason) {
  mp_pool *pool = slot->pool;
  mp__conn *conn = slot->conn;
  mp__timer_stop(pool->loop, &slot->patience);
  mp__visit_cancel(slot);
  if (slot->state != SLOT_CONNECTING)
    mp__pool_tell(pool, MP_POOL_CLOSE, slot->began_ms, NULL, reason);
  mp__slot_set_state(slot, SLOT_CLOSED);
  pool->sums.closed++;
  if (slot->resetting && mp__conn_withdraw(conn, &slot->reset)) slot->resetting = false;
  slot->conn = NULL;
  mp__conn_close(conn, reason);
  /* A reset that was sent still completes: its callback frees the slot. */
  if (!slot->resetting) mp__free(slot);
  mp__pool_check_empty(pool);
  mp__pool_grow(pool);
}

bool mp__slot_is_expired(const mp__slot *slot) {
  const mp_pool_options *options = &slot->pool->options;
  if (mp__generation_is_over(slot)) return true;
  if (options->max_uses > 0 && slot->uses >= options->max_uses) return true;
  return slot->expires_ms > 0 && mp__loop_cached_ms(slot->pool->loop) >= slot->expires_ms;
}

mp__conn *mp__slot_conn(const mp__slot *slot) {
  return slot->conn;
}

void mp__slot_lend(mp__slot *slot, mp__holder *holder) {
  mp_pool *pool = slot->pool;
  slot->lent = true;
  pool->lent++;
  slot->holder = holder;
  if (holder == NULL) return;
  holder->since_ms = mp__loop_cached_ms(pool->loop);
  mp__leak_watch(pool);
}

void mp__slot_watch(mp__slot *slot, mp_loop_cb lost, void *data) {
  slot->lost = lost;
  slot->lost_data = data;
}

void mp__slot_touch(mp__slot *slot) {
  slot->touched = true;
}
