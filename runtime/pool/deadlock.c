/* deadlock.c - finds tasks that hold every connection of a pool while each waits for
 * one more. */
#include "base/alloc.h"
#include "base/error.h"
#include "pool/holder.h"
#include "pool/pool_impl.h"

static const char hint[] =
    "use the transaction or connection that the task has, give it back before asking for "
    "another, or raise pool.max";

/* Invariant: pool->stuck counts the holders that are marked so. A task waits for one
 * connection at a time, so that a mark is enough. */
static void mark(mp_pool *pool, uint64_t task, bool is_stuck) {
  if (task == 0 || pool->lent == 0) return;
  const mp__link *list = &pool->slots[SLOT_LEASED];
  for (mp__link *link = list->next; link != list; link = link->next) {
    mp__holder *holder = MP__CONTAINER(link, mp__slot, link)->holder;
    if (holder == NULL || holder->task != task || holder->is_stuck == is_stuck) continue;
    holder->is_stuck = is_stuck;
    if (is_stuck) pool->stuck++;
    if (!is_stuck) pool->stuck--;
  }
}

void mp__deadlock_note_wait(mp__acquire *acquire) {
  mark(acquire->pool, acquire->task, true);
}

void mp__deadlock_note_end(mp__acquire *acquire) {
  mark(acquire->pool, acquire->task, false);
}

static uint32_t count_held(const mp_pool *pool, uint64_t task, const char **where) {
  uint32_t count = 0;
  const mp__link *list = &pool->slots[SLOT_LEASED];
  for (mp__link *link = list->next; task != 0 && link != list; link = link->next) {
    const mp__holder *holder = MP__CONTAINER(link, mp__slot, link)->holder;
    if (holder == NULL || holder->task != task) continue;
    *where = holder->where != NULL ? holder->where : holder->label;
    count++;
  }
  return count;
}

bool mp__deadlock_concerns(const mp__acquire *acquire) {
  const char *where = NULL;
  return acquire->pool->stuck > 0 && count_held(acquire->pool, acquire->task, &where) > 0;
}

void mp__deadlock_explain(const mp__acquire *acquire, mp_error *error) {
  const char *where = NULL;
  uint32_t count = count_held(acquire->pool, acquire->task, &where);
  mp__error_set_message(
      error, "this task already holds %u connection%s of this pool%s%s%s; %s", count,
      count == 1 ? "" : "s", where == NULL ? "" : " (taken at ",
      where == NULL ? "" : where, where == NULL ? "" : ")", mp_error_message(error));
  mp__error_set(error, MP_FIELD_HINT, hint);
}

static bool is_deadlocked(const mp_pool *pool) {
  uint32_t total = mp__pool_total(pool);
  return pool->stuck > 0 && total >= mp__pool_limit(pool) && pool->stuck == total;
}

/* Whose arrival closed the circle: the last one in the queue that holds something. */
static mp__acquire *find_victim(const mp_pool *pool) {
  for (mp__link *link = pool->waiters.prev; link != &pool->waiters; link = link->prev) {
    mp__acquire *acquire = MP__CONTAINER(link, mp__acquire, link);
    const char *where = NULL;
    if (count_held(pool, acquire->task, &where) > 0) return acquire;
  }
  return NULL;
}

void mp__deadlock_check(mp_pool *pool) {
  if (!is_deadlocked(pool)) return;
  mp__acquire *victim = find_victim(pool);
  if (victim == NULL) return;
  char *state = mp__pool_describe(pool);
  mp_error *error =
      mp__error_new(MP_ACQUIRE_TIMEOUT,
                    "every other holder waits for one, too, so that none would ever be "
                    "free (%s)",
                    state == NULL ? "" : state);
  mp__free(state);
  mp__deadlock_explain(victim, error);
  mp__error_set_retryable(error, true);
  pool->sums.deadlocks++;
  mp__waiters_fail(victim, error);
  mp_error_free(error);
}
