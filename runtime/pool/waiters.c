/* waiters.c - the queue for connections: first come, first served, each with a deadline.
 */
#include "base/alloc.h"
#include "base/error.h"
#include "pool/pool_impl.h"

#include <string.h>

/* Readers are served in portions, and while no more tasks than these have their answers
 * and have not been resumed: else answers would pile up before those who wait for them,
 * and everything else would queue behind. */
enum { READERS_AT_ONCE = 32, BACKLOG_MAX = 32 };

static void leave(mp__acquire *acquire) {
  mp_pool *pool = acquire->pool;
  mp__list_remove(&acquire->link);
  mp__list_remove(&acquire->reader);
  pool->reading -= acquire->shares;
  mp__deadlock_note_end(acquire);
  mp__loop_unhold(pool->loop);
  pool->waiting--;
  uint64_t waited_ms = mp__loop_cached_ms(pool->loop) - acquire->since_ms;
  pool->sums.wait_seconds += (double)waited_ms / 1000.0;
}

void mp__waiters_fail(mp__acquire *acquire, const mp_error *error) {
  leave(acquire);
  mp__pool_tell(acquire->pool, MP_POOL_ACQUIRE, acquire->since_ms, error, NULL);
  acquire->granted(acquire, NULL, error);
}

static void fail_with(mp__acquire *acquire, mp_error *error) {
  mp__waiters_fail(acquire, error);
  mp_error_free(error);
}

static mp_error *timeout_error(const mp_pool *pool) {
  char *state = mp__pool_describe(pool);
  mp_error *error = mp__error_new(
      MP_ACQUIRE_TIMEOUT, "no connection was free within %g s (%s)",
      (double)pool->options.acquire_timeout_ms / 1000.0, state == NULL ? "" : state);
  mp__free(state);
  if (pool->failure != NULL) {
    mp__error_set_message(error, "%s; no other could be opened: %s",
                          mp_error_message(error), mp_error_message(pool->failure));
  }
  mp__error_set(
      error, MP_FIELD_HINT,
      "hold connections for a shorter time, or raise pool.max or pool.acquire_timeout");
  mp__error_set_retryable(error, true);
  return error;
}

static void give_up(mp__acquire *acquire, const mp_error *error) {
  mp_error *own = mp__deadlock_concerns(acquire) ? mp_error_copy(error) : NULL;
  if (own != NULL) mp__deadlock_explain(acquire, own);
  mp__waiters_fail(acquire, own != NULL ? own : error);
  mp_error_free(own);
}

static mp_error *refusal_error(const mp_pool *pool) {
  if (pool->shut) return mp__error_new(MP_SHUTTING_DOWN, "the engine is closed");
  mp_error *error = mp__error_new(MP_QUEUE_FULL, "%u tasks wait for a connection already",
                                  pool->options.max_waiters);
  mp__error_set(
      error, MP_FIELD_HINT,
      "offer less work at once (mp.map has a limit), or raise pool.max_waiters");
  mp__error_set_retryable(error, true);
  return error;
}

static mp__acquire *first_of(const mp__link *list) {
  mp__link *link = mp__list_first(list);
  return link == NULL ? NULL : MP__CONTAINER(link, mp__acquire, link);
}

/* All wait equally long, so that the first in the queue is the first whose time is up:
 * one timer serves them all. It is left running when its waiter is served, and then looks
 * again. A millisecond more makes up for what the clock cuts off. */
static void watch_first(mp_pool *pool) {
  mp__acquire *first = first_of(&pool->waiters);
  if (first == NULL || pool->impatience.active || pool->options.acquire_timeout_ms == 0) {
    return;
  }
  uint64_t due_ms = first->since_ms + pool->options.acquire_timeout_ms + 1;
  uint64_t now_ms = mp__loop_cached_ms(pool->loop);
  mp__timer_start(pool->loop, &pool->impatience, due_ms > now_ms ? due_ms - now_ms : 0);
}

void mp__waiters_watch_anew(mp_pool *pool) {
  mp__timer_stop(pool->loop, &pool->impatience);
  watch_first(pool);
}

/* The first in the queue, where its time is up. */
static mp__acquire *find_overdue(const mp_pool *pool) {
  uint64_t bound_ms = pool->options.acquire_timeout_ms;
  mp__acquire *first = first_of(&pool->waiters);
  if (first == NULL || bound_ms == 0) return NULL;
  return mp__loop_cached_ms(pool->loop) - first->since_ms > bound_ms ? first : NULL;
}

/* Those who began to wait at one time are told the same. */
static void on_impatient(void *data) {
  mp_pool *pool = data;
  mp__acquire *overdue = find_overdue(pool);
  mp_error *error = overdue == NULL ? NULL : timeout_error(pool);
  for (; overdue != NULL; overdue = find_overdue(pool)) {
    pool->sums.acquire_timeouts++;
    give_up(overdue, error);
  }
  mp_error_free(error);
  watch_first(pool);
}

static void on_refusals(void *data) {
  mp_pool *pool = data;
  mp__acquire *refused;
  while ((refused = first_of(&pool->refused)) != NULL)
    fail_with(refused, refusal_error(pool));
}

void mp__waiters_init(mp_pool *pool) {
  mp__list_init(&pool->waiters);
  mp__list_init(&pool->refused);
  mp__list_init(&pool->readers);
  mp__timer_init(&pool->impatience, on_impatient, pool);
  mp__deferred_init(&pool->refusals, on_refusals, pool);
}

void mp__waiters_stop(mp_pool *pool) {
  mp__timer_stop(pool->loop, &pool->impatience);
  mp__deferred_cancel(pool->loop, &pool->refusals);
}

static bool is_refused(const mp_pool *pool) {
  uint32_t places = pool->options.max_waiters + pool->counts[SLOT_IDLE];
  return pool->shut || (pool->options.max_waiters > 0 && pool->waiting > places);
}

void mp__pool_acquire(mp_pool *pool, mp__acquire *acquire) {
  acquire->pool = pool;
  acquire->since_ms = mp__loop_fresh_ms(pool->loop);
  acquire->attempt = pool->attempts;
  mp__list_init(&acquire->reader);
  mp__loop_hold(pool->loop);
  pool->waiting++;
  pool->reading += acquire->shares;
  if (is_refused(pool)) {
    mp__list_push_back(&pool->refused, &acquire->link);
    mp__deferred_schedule(pool->loop, &pool->refusals);
    return;
  }
  mp__list_push_back(&pool->waiters, &acquire->link);
  if (acquire->shares) mp__list_push_back(&pool->readers, &acquire->reader);
  mp__deadlock_note_wait(acquire);
  watch_first(pool);
  mp__deferred_schedule(pool->loop, &pool->growth); /* serves it, or grows */
}

void mp__pool_withdraw(mp__acquire *acquire) {
  leave(acquire);
}

mp__acquire *mp__waiters_first(const mp_pool *pool) {
  return first_of(&pool->waiters);
}

void mp__waiters_grant(mp__acquire *acquire, mp__slot *slot) {
  leave(acquire);
  mp__pool_tell(acquire->pool, MP_POOL_ACQUIRE, acquire->since_ms, NULL, NULL);
  acquire->granted(acquire, slot, NULL);
}

static void serve_readers(mp_pool *pool) {
  mp__link *link;
  bool is_behind = mp__loop_backlog(pool->loop) > BACKLOG_MAX;
  for (int i = 0; i < READERS_AT_ONCE && !is_behind; i++) {
    if ((link = mp__list_first(&pool->readers)) == NULL) return;
    mp__slot *slot = mp__pool_join(pool);
    if (slot == NULL) return;
    mp__waiters_grant(MP__CONTAINER(link, mp__acquire, reader), slot);
  }
  if (pool->reading > 0) mp__deferred_schedule(pool->loop, &pool->growth);
}

/* One for each who waits; a hook has it first. */
static void ready_idle(mp_pool *pool) {
  while (!pool->shut && pool->waiting > pool->counts[SLOT_READYING]) {
    mp__slot *slot = mp__pool_take_idle(pool, SLOT_READYING);
    if (slot == NULL) return;
    if (!mp__visit_begin(slot, MP_HOOK_CHECKOUT)) mp__visit_hand_over(slot);
  }
}

/* An idle connection is for whoever came first; reads may also go beside others. */
void mp__waiters_serve(mp_pool *pool) {
  if (mp__pool_visits(pool, MP_HOOK_CHECKOUT)) {
    ready_idle(pool);
    return;
  }
  mp__acquire *acquire;
  while (!pool->shut && (acquire = first_of(&pool->waiters)) != NULL) {
    mp__slot *slot =
        mp__pool_take_idle(pool, acquire->shares ? SLOT_SHARED : SLOT_LEASED);
    if (slot == NULL) break;
    mp__waiters_grant(acquire, slot);
  }
  mp__pool_reserve(pool);
  serve_readers(pool);
}

/* The server may be about to accept: while it starts, and when it is full. */
static bool is_passing(const mp_error *error) {
  const char *sqlstate = mp_error_sqlstate(error);
  return strcmp(sqlstate, "57P03") == 0 || strcmp(sqlstate, "53300") == 0;
}

static bool has_hope(const mp_pool *pool, const mp__acquire *acquire, uint64_t attempt,
                     const mp_error *error, uint64_t delay_ms) {
  if (acquire->attempt >= attempt)
    return true; /* it came while this attempt was under way */
  if (!is_passing(error)) return false;
  uint64_t bound_ms = mp__config_connect_timeout_ms(pool->config);
  uint64_t waited_ms = mp__loop_cached_ms(pool->loop) - acquire->since_ms;
  return bound_ms == 0 || waited_ms + delay_ms < bound_ms;
}

/* Their callbacks may bring new waiters, who are not meant. */
static void fail_each(mp__link *failed, const mp_error *error) {
  mp__acquire *acquire;
  while ((acquire = first_of(failed)) != NULL)
    mp__waiters_fail(acquire, error);
}

void mp__waiters_on_failure(mp_pool *pool, uint64_t attempt, const mp_error *error) {
  uint64_t delay_ms = mp__growth_delay_ms(pool);
  mp__link failed;
  mp__list_init(&failed);
  for (mp__link *link = pool->waiters.next, *next; link != &pool->waiters; link = next) {
    next = link->next;
    mp__acquire *acquire = MP__CONTAINER(link, mp__acquire, link);
    if (has_hope(pool, acquire, attempt, error, delay_ms)) continue;
    mp__list_remove(link);
    mp__list_push_back(&failed, link);
  }
  fail_each(&failed, error);
}

void mp__waiters_fail_all(mp_pool *pool, const mp_error *error) {
  mp__link failed;
  mp__list_init(&failed);
  mp__list_move_all(&pool->waiters, &failed);
  fail_each(&failed, error);
}
