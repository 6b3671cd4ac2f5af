/* growth.c - opens connections as they are needed, and slowly while the server is away.
 */
#include "base/alloc.h"
#include "base/error.h"
#include "pool/pool_impl.h"

#define FIRST_DELAY_MS 50.0
/* With its jitter below a second: so soon a server that was restarted is found. Each
 * failure is an error for all who wait, so that where nobody has answered for longer than
 * a restart takes the next attempt has more time, and with its jitter less than 1.5 s. */
#define LAST_DELAY_MS   600.0
#define SILENT_DELAY_MS 900.0
#define SILENT_AFTER_MS 5000
#define JITTER_LOW      0.5
#define JITTER_HIGH     1.4
#define HOUSEKEEPING_MS 1000
/* Waits come and go: a connection above max that is closed at once is opened again. */
#define BURST_MS 1000
/* At once: a server that refuses everyone is met by no more. */
#define OPENING_MAX 20

static double jitter(mp_pool *pool, double low, double high) {
  return low + (high - low) * mp__random_unit(&pool->random);
}

static double last_delay_ms(const mp_pool *pool) {
  uint64_t silent_ms = mp__loop_cached_ms(pool->loop) - pool->silent_since_ms;
  return silent_ms > SILENT_AFTER_MS ? SILENT_DELAY_MS : LAST_DELAY_MS;
}

/* Doubling from 50 ms to the last. */
uint64_t mp__growth_delay_ms(mp_pool *pool) {
  double delay = FIRST_DELAY_MS, last = last_delay_ms(pool);
  for (uint32_t i = 1; i < pool->failures && delay < last; i++)
    delay *= 2;
  return (uint64_t)(delay > last ? last : delay);
}

static void schedule_housekeeping(mp_pool *pool) {
  if (pool->shut || pool->housekeeping.active || mp__pool_total(pool) == 0) return;
  mp__timer_start(pool->loop, &pool->housekeeping, HOUSEKEEPING_MS);
}

static void note_failure(mp_pool *pool, const mp_error *error) {
  mp_error_free(pool->failure);
  pool->failure = error == NULL ? NULL : mp_error_copy(error);
}

/* The server itself has said why. */
static bool is_answer(const mp_error *error) {
  return mp_error_sqlstate(error)[0] != '\0';
}

/* And that asking again would not help. */
static bool is_for_good(const mp_error *error) {
  return is_answer(error) && !mp_error_is_retryable(error);
}

/* Until the next attempt is due, whoever comes is told why the last one failed. */
static bool is_refused(const mp_pool *pool) {
  return pool->next_attempt.active && pool->failure != NULL &&
         is_for_good(pool->failure) && mp__generation_size(pool) == 0;
}

void mp__growth_opened(mp__slot *slot) {
  mp_pool *pool = slot->pool;
  pool->failures = 0;
  note_failure(pool, NULL);
  pool->sums.connected++;
  slot->generation = pool->generation;
  mp__pool_tell(pool, MP_POOL_CONNECT, slot->began_ms, NULL, NULL);
  slot->began_ms = mp__loop_cached_ms(pool->loop);
  mp__slot_set_state(slot, SLOT_SETTLING);
  mp__slot_settle(slot);
  schedule_housekeeping(pool);
  mp__pool_grow(pool);
}

void mp__growth_failed(mp__slot *slot, const mp_error *error) {
  mp_pool *pool = slot->pool;
  mp__pool_tell(pool, MP_POOL_CONNECT, slot->began_ms, error, NULL);
  if (pool->failures++ == 0 || is_answer(error))
    pool->silent_since_ms = mp__loop_cached_ms(pool->loop);
  pool->sums.connect_failures++;
  uint64_t attempt = slot->attempt;
  uint64_t delay_ms = (uint64_t)((double)mp__growth_delay_ms(pool) *
                                 jitter(pool, JITTER_LOW, JITTER_HIGH));
  mp_error *reason =
      mp_error_copy(error); /* closing the slot frees the connection's own */
  note_failure(pool, reason);
  mp__timer_start(pool->loop, &pool->next_attempt, delay_ms);
  mp__slot_close(slot, "it could not connect");
  if (mp__generation_ends_with(reason)) mp__pool_invalidate(pool);
  if (is_refused(pool)) {
    mp__waiters_fail_all(pool, reason);
  } else if (mp__generation_size(pool) == 0) {
    mp__waiters_on_failure(pool, attempt, reason);
  }
  mp_error_free(reason);
}

static void on_opened(mp__conn *conn, const mp_error *error, void *data) {
  mp__slot *slot = data;
  (void)conn;
  if (error != NULL) {
    mp__growth_failed(slot, error);
  } else if (!mp__visit_begin(slot, MP_HOOK_CONNECT)) {
    mp__growth_opened(slot);
  }
}

static void on_lost(mp__conn *conn, const mp_error *error, void *data) {
  mp__slot *slot = data;
  mp_pool *pool = slot->pool;
  (void)conn;
  pool->sums.lost++;
  bool condemns = !mp__generation_is_over(slot) && mp__generation_ends_with(error);
  /* Who has leased it, or a hook, learns it from the connection, and returns it; a reset
   * has failed by now. */
  bool is_lent = slot->visit != NULL || slot->state == SLOT_LEASED ||
                 slot->state == SLOT_SHARED || slot->state == SLOT_DRAINING;
  if (!is_lent) {
    mp__slot_close(slot, "it was lost");
  } else if (slot->lost != NULL) {
    slot->lost(slot->lost_data);
  }
  if (condemns) mp__pool_invalidate(pool);
  mp__pool_check_empty(pool);
}

static void on_quiet(mp__conn *conn, void *data) {
  (void)conn;
  mp__slot_on_quiet(data);
}

static const mp__conn_events events = {on_opened, on_lost, on_quiet};

static uint64_t expiry_ms(mp_pool *pool) {
  if (pool->options.max_lifetime_ms == 0) return 0;
  double lifetime = (double)pool->options.max_lifetime_ms * jitter(pool, 0.9, 1.0);
  return mp__loop_cached_ms(pool->loop) + (uint64_t)lifetime;
}

static void begin_attempt(mp_pool *pool) {
  mp__slot *slot = mp__slot_new(pool);
  if (slot == NULL) return; /* the next growth tries again */
  slot->attempt = ++pool->attempts;
  slot->generation = pool->generation;
  slot->began_ms = mp__loop_cached_ms(pool->loop);
  slot->expires_ms = expiry_ms(pool);
  mp__slot_set_state(slot, SLOT_CONNECTING);
  if (mp__conn_open(pool->loop, pool->config, &events, slot, &slot->conn) != MP_OK) {
    mp__slot_set_state(slot, SLOT_CLOSED);
    mp__free(slot);
  }
}

static uint32_t count_coming(const mp_pool *pool) {
  return pool->counts[SLOT_CONNECTING] + pool->counts[SLOT_IDLE] +
         pool->counts[SLOT_READYING] + pool->counts[SLOT_CHECKING];
}

/* Above max readers count where none of theirs moves on, nor is about to come. */
static uint32_t count_waiting(const mp_pool *pool) {
  bool is_burst = mp__pool_total(pool) >= pool->options.max;
  bool will_share =
      mp__pool_shares(pool) || count_coming(pool) + pool->counts[SLOT_SETTLING] > 0;
  return is_burst && will_share ? pool->waiting - pool->reading : pool->waiting;
}

static bool wants_more(const mp_pool *pool) {
  uint32_t total = mp__pool_total(pool), connecting = pool->counts[SLOT_CONNECTING];
  if (pool->shut || total >= mp__pool_limit(pool)) return false;
  if (connecting >= OPENING_MAX) return false;
  /* While the server is away there is one prober, and it waits its time. */
  if (pool->failures > 0 && (connecting > 0 || pool->next_attempt.active)) return false;
  return total < pool->options.min || count_waiting(pool) > count_coming(pool);
}

void mp__pool_grow(mp_pool *pool) {
  uint32_t before;
  do {
    before = pool->counts[SLOT_CONNECTING];
    if (wants_more(pool)) begin_attempt(pool);
  } while (pool->counts[SLOT_CONNECTING] > before);
}

static void refuse_waiters(mp_pool *pool) {
  mp_error *reason = mp_error_copy(pool->failure); /* a callback may replace it */
  mp__waiters_fail_all(pool, reason);
  mp_error_free(reason);
}

static void on_growth(void *data) {
  mp_pool *pool = data;
  mp__waiters_serve(pool);
  if (is_refused(pool)) refuse_waiters(pool);
  mp__pool_grow(pool);
  mp__deadlock_check(pool);
}

static void close_stale(mp_pool *pool) {
  uint64_t now_ms = mp__loop_cached_ms(pool->loop),
           idle_ms = pool->options.max_idle_time_ms;
  mp__link *list = &pool->slots[SLOT_IDLE];
  for (mp__link *link = list->next, *next; link != list; link = next) {
    next = link->next;
    mp__slot *slot = MP__CONTAINER(link, mp__slot, link);
    uint32_t total = mp__pool_total(pool);
    uint64_t unused_ms = now_ms - slot->returned_ms;
    if (mp__slot_is_expired(slot)) {
      mp__slot_close(slot, "its lifetime is over");
    } else if (total > pool->options.max && unused_ms >= BURST_MS) {
      mp__slot_close(slot, "the burst is over");
    } else if (idle_ms > 0 && total > pool->options.min && unused_ms >= idle_ms) {
      mp__slot_close(slot, "it was idle for long");
    }
  }
}

static void on_housekeeping(void *data) {
  mp_pool *pool = data;
  close_stale(pool);
  schedule_housekeeping(pool);
}

void mp__growth_init(mp_pool *pool) {
  mp__random_seed(&pool->random);
  mp__deferred_init(&pool->growth, on_growth, pool);
  mp__timer_init(&pool->next_attempt, on_growth, pool);
  mp__timer_init(&pool->housekeeping, on_housekeeping, pool);
}

void mp__growth_stop(mp_pool *pool) {
  mp__deferred_cancel(pool->loop, &pool->growth);
  mp__timer_stop(pool->loop, &pool->next_attempt);
  mp__timer_stop(pool->loop, &pool->housekeeping);
  mp__timer_stop(pool->loop, &pool->leak);
}

static mp__slot *find_outdated(const mp_pool *pool) {
  const mp__link *list = &pool->slots[SLOT_CONNECTING];
  for (mp__link *link = list->next; link != list; link = link->next) {
    mp__slot *slot = MP__CONTAINER(link, mp__slot, link);
    if (mp__generation_is_over(slot)) return slot;
  }
  return NULL;
}

/* Each one that is closed may make room for another of the new kind. */
void mp__growth_begin_anew(mp_pool *pool) {
  mp__slot *slot;
  pool->failures = 0;
  note_failure(pool, NULL);
  mp__timer_stop(pool->loop, &pool->next_attempt);
  mp__pool_invalidate(pool);
  while ((slot = find_outdated(pool)) != NULL)
    mp__slot_close(slot, "the pool was reconfigured");
}
