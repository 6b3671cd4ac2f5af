/* visit.c - lends a connection to a hook: when it is new, before it is lent, and when it
 * has come back. */
#include "base/error.h"
#include "pool/pool_impl.h"

static const char *const names[] = {"connect", "checkout", "checkin"};

void mp__pool_on_visit(mp_pool *pool, const mp__visitor *visitor) {
  pool->visitor = *visitor;
}

bool mp__pool_visits(const mp_pool *pool, mp_hook_event event) {
  return (pool->visitor.events & MP_HOOK_BIT(event)) != 0;
}

bool mp__visit_begin(mp__slot *slot, mp_hook_event event) {
  mp_pool *pool = slot->pool;
  if (!mp__pool_visits(pool, event)) return false;
  uint64_t bound_ms = mp__config_connect_timeout_ms(pool->config);
  mp__timer_stop(pool->loop, &slot->patience);
  if (bound_ms > 0) mp__timer_start(pool->loop, &slot->patience, bound_ms);
  slot->event = event;
  slot->visit = pool->visitor.begin(slot, event, pool->visitor.data);
  if (slot->visit == NULL) mp__visit_end(slot, mp__error_oom());
  return true;
}

void mp__visit_cancel(mp__slot *slot) {
  void *visit = slot->visit;
  slot->visit = NULL;
  slot->lost = NULL;
  if (visit != NULL) slot->pool->visitor.cancel(visit);
}

/* Who waits is told, as of a connection that could not be opened. */
static void refuse_first(mp_pool *pool, const mp_error *error) {
  mp__acquire *first = mp__waiters_first(pool);
  if (first != NULL) mp__waiters_fail(first, error);
}

static void fail(mp__slot *slot, const mp_error *error) {
  mp_pool *pool = slot->pool;
  if (slot->state == SLOT_CONNECTING) {
    mp__growth_failed(slot, error);
    return;
  }
  bool is_asked_for = slot->state == SLOT_READYING;
  mp__slot_close(slot, "a hook refused it");
  if (is_asked_for) refuse_first(pool, error);
}

/* Without memory for the reason it still is one. */
static mp_error *outcome(const mp__slot *slot, mp_error *error) {
  if (error != NULL || mp__conn_is_open(slot->conn)) return error;
  const mp_error *loss = mp__conn_loss(slot->conn);
  return loss == NULL ? mp__error_new(MP_CONNECTION_LOST, "the connection was lost")
                      : mp_error_copy(loss);
}

void mp__visit_end(mp__slot *slot, mp_error *error) {
  slot->visit = NULL;
  slot->lost = NULL;
  mp__timer_stop(slot->pool->loop, &slot->patience);
  mp_error *failure = outcome(slot, error);
  if (failure != NULL) {
    fail(slot, failure);
    mp_error_free(failure);
  } else if (slot->state == SLOT_CONNECTING) {
    mp__growth_opened(slot);
  } else {
    mp__slot_settle(slot);
  }
}

void mp__visit_expire(mp__slot *slot) {
  const mp_pool *pool = slot->pool;
  double seconds = (double)mp__config_connect_timeout_ms(pool->config) / 1000.0;
  mp_error *error =
      mp__error_new(MP_CONNECT_TIMEOUT, "the hook \"%s\" did not end within %g s",
                    names[slot->event], seconds);
  mp__error_set(error, MP_FIELD_HINT,
                "do less in the function given to the hook, or raise connect_timeout");
  mp__visit_cancel(slot);
  mp__visit_end(slot, error);
}

/* It is ready: for who came first, or back where nobody waits any more. */
void mp__visit_hand_over(mp__slot *slot) {
  mp__acquire *first = mp__waiters_first(slot->pool);
  if (first == NULL || slot->pool->shut) {
    mp__slot_set_state(slot, SLOT_SETTLING);
    mp__slot_settle(slot);
    return;
  }
  mp__slot_set_state(slot, SLOT_LEASED);
  mp__waiters_grant(first, slot);
}
