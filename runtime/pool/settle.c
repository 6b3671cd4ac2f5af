/* settle.c - brings a returned connection to rest: drained, rolled back, reset, or
 * closed. */
#include "base/alloc.h"
#include "pool/pool_impl.h"

#define PATIENCE_MS 5000

void mp__slot_on_impatient(void *data) {
  mp__slot *slot = data;
  if (slot->visit != NULL) {
    mp__visit_expire(slot);
  } else if (slot->state == SLOT_CHECKING) {
    mp__liveness_on_silence(slot);
  } else {
    mp__slot_close(slot, "it did not come to rest in time");
  }
}

static void make_idle(mp__slot *slot) {
  mp_pool *pool = slot->pool;
  mp__timer_stop(pool->loop, &slot->patience);
  slot->touched = false;
  slot->returned_ms = mp__loop_cached_ms(pool->loop);
  if (pool->shut) {
    mp__slot_close(slot, "the engine is closing");
  } else if (mp__pool_total(pool) > mp__pool_limit(pool)) {
    mp__slot_close(slot, "the pool was made smaller");
  } else if (mp__slot_is_expired(slot)) {
    mp__slot_close(slot, "its lifetime is over");
  } else {
    mp__slot_set_state(slot, SLOT_IDLE);
    mp__waiters_serve(pool);
  }
}

static void on_reset(mp__request *request, mp_result *result, const mp_error *error) {
  mp__slot *slot = request->data;
  bool was_discard = request->text[0] == 'D';
  mp_result_free(result);
  slot->resetting = false;
  if (slot->state == SLOT_CLOSED) {
    mp__free(slot);
    return;
  }
  if (error != NULL) {
    mp__slot_close(slot, "it could not be reset");
    return;
  }
  if (was_discard) {
    mp__conn_forget_all(slot->conn);
    slot->touched = false;
    slot->needs_setup = true;
  }
  mp__slot_settle(slot);
}

static void be_patient(mp__slot *slot) {
  if (slot->patience.active) return;
  mp__timer_start(slot->pool->loop, &slot->patience, PATIENCE_MS);
}

static void reset(mp__slot *slot, const char *text) {
  be_patient(slot);
  slot->resetting = true;
  slot->reset = (mp__request){
      .kind = &mp__request_command, .text = text, .completed = on_reset, .data = slot};
  mp__list_init(&slot->reset.link);
  mp__conn_submit(slot->conn, &slot->reset);
}

static bool take(bool *flag) {
  bool was_set = *flag;
  *flag = false;
  return was_set;
}

/* At rest and as it was: hooks first, and each at most once. */
static void go_on(mp__slot *slot) {
  if (slot->state == SLOT_READYING) {
    mp__visit_hand_over(slot);
    return;
  }
  if (!slot->pool->shut) {
    if (take(&slot->needs_setup) && mp__visit_begin(slot, MP_HOOK_CONNECT)) return;
    if (take(&slot->is_out) && mp__visit_begin(slot, MP_HOOK_CHECKIN)) return;
  }
  make_idle(slot);
}

/* libpq's status decides, not a count of our own: a script may have opened a transaction.
 */
static void rest(mp__slot *slot) {
  switch (mp__conn_transaction(slot->conn)) {
  case MP__TRANSACTION_IDLE:
    /* What runs behind a pooler leaves nothing, and would be reset elsewhere. */
    if (slot->touched && !mp__config_is_pooled(slot->pool->config)) {
      reset(slot, "DISCARD ALL");
    } else {
      go_on(slot);
    }
    return;
  case MP__TRANSACTION_OPEN:
  case MP__TRANSACTION_FAILED:
    reset(slot, "ROLLBACK");
    return;
  case MP__TRANSACTION_ACTIVE:
  case MP__TRANSACTION_UNKNOWN:
    mp__slot_close(slot, "its state is not known");
    return;
  }
}

/* A connection that is not quiet yet reports when it is (mp__slot_on_quiet). */
void mp__slot_settle(mp__slot *slot) {
  if (!mp__conn_is_open(slot->conn)) {
    mp__slot_close(slot, "it was lost");
  } else if (mp__conn_is_quiet(slot->conn)) {
    rest(slot);
  } else {
    be_patient(slot);
  }
}

void mp__slot_on_quiet(mp__slot *slot) {
  bool is_settling = slot->state == SLOT_SETTLING || slot->state == SLOT_READYING;
  if (is_settling && !slot->resetting && slot->visit == NULL) mp__slot_settle(slot);
}

static void forget_holder(mp__slot *slot) {
  if (slot->holder != NULL && slot->holder->is_stuck) slot->pool->stuck--;
  mp__holder_free(slot->holder);
  slot->holder = NULL;
}

void mp__pool_release(mp__slot *slot) {
  if (slot->state == SLOT_SHARED || slot->state == SLOT_DRAINING) {
    mp__slot_leave(slot);
    return;
  }
  mp_pool *pool = slot->pool;
  bool was_lent = slot->lent;
  slot->lent = false;
  pool->lent -= was_lent;
  forget_holder(slot);
  if (was_lent && pool->broken) {
    mp__slot_close(slot, "the engine is closed");
    return;
  }
  mp__slot_set_state(slot, SLOT_SETTLING);
  mp__slot_settle(slot);
}
