/* liveness.c - whether an idle connection still answers, asked before it is lent.
 *
 * A look at the socket tells of an end that has arrived, and costs no round trip. Of a
 * network that swallows everything only a missing answer tells: a connection over TCP
 * that was idle for long is asked for one, within a bound. */
#include "base/alloc.h"
#include "pool/pool_impl.h"

#define ANSWER_MS 500

static void fail(mp__slot *slot) {
  mp_pool *pool = slot->pool;
  bool is_first = !mp__generation_is_over(slot);
  pool->sums.lost++;
  mp__slot_close(slot, "it did not answer");
  if (is_first) mp__pool_invalidate(pool);
}

void mp__liveness_on_silence(mp__slot *slot) {
  fail(slot);
}

static void pass(mp__slot *slot) {
  mp_pool *pool = slot->pool;
  mp__timer_stop(pool->loop, &slot->patience);
  slot->returned_ms = mp__loop_cached_ms(pool->loop);
  mp__slot_set_state(slot, SLOT_IDLE);
  mp__waiters_serve(pool);
}

static void on_answer(mp__request *request, mp_result *result, const mp_error *error) {
  mp__slot *slot = request->data;
  mp_result_free(result);
  slot->resetting = false;
  if (slot->state == SLOT_CLOSED) {
    mp__free(slot);
  } else if (error != NULL) {
    fail(slot);
  } else {
    pass(slot);
  }
}

static void ask(mp__slot *slot) {
  slot->pool->sums.idle_checks++;
  mp__slot_set_state(slot, SLOT_CHECKING);
  mp__timer_start(slot->pool->loop, &slot->patience, ANSWER_MS);
  slot->resetting = true;
  slot->reset = (mp__request){
      .kind = &mp__request_command, .text = "", .completed = on_answer, .data = slot};
  mp__list_init(&slot->reset.link);
  mp__conn_submit(slot->conn, &slot->reset);
}

/* Its socket was read in this very millisecond. */
static bool is_just_back(const mp__slot *slot) {
  return mp__loop_cached_ms(slot->pool->loop) == slot->returned_ms;
}

static bool is_trusted(const mp__slot *slot) {
  uint64_t idle_ms = mp__loop_cached_ms(slot->pool->loop) - slot->returned_ms;
  uint64_t trusted_ms = slot->pool->options.check_after_idle_ms;
  return trusted_ms == 0 || idle_ms < trusted_ms;
}

/* One for each who waits, and for one who is about to. */
static bool may_ask(const mp_pool *pool) {
  uint32_t wanted = pool->waiting > 0 ? pool->waiting : 1;
  return pool->counts[SLOT_CHECKING] < wanted;
}

liveness mp__liveness_check(mp__slot *slot) {
  if (!is_just_back(slot) && !mp__conn_is_fresh(slot->conn)) {
    mp__slot_close(slot, "the server had closed it");
    return LIVENESS_NEXT;
  }
  if (is_trusted(slot)) return LIVENESS_GOOD;
  if (mp__conn_is_local(slot->conn)) return LIVENESS_GOOD;
  if (!may_ask(slot->pool)) return LIVENESS_WAIT;
  ask(slot);
  return LIVENESS_NEXT;
}
