/* pool_impl.h - the bodies of pool and slot, shared by the files of this folder alone. */
#ifndef MP_POOL_POOL_IMPL_H
#define MP_POOL_POOL_IMPL_H

#include "base/random.h"
#include "pool/pool.h"

typedef enum slot_state {
  SLOT_CONNECTING, /* in pool->slots[SLOT_CONNECTING], and so on */
  SLOT_IDLE,
  SLOT_LEASED,
  SLOT_SHARED,   /* lent to `users` reads at once, and more may join */
  SLOT_DRAINING, /* the same, but none may join */
  SLOT_SETTLING, /* returned; coming to rest, rolling back or being reset */
  SLOT_CLOSED    /* on no list; freed */
} slot_state;

#define SLOT_LISTS SLOT_CLOSED

struct mp__slot {
  mp__link link;
  slot_state state;
  mp_pool *pool;
  mp__conn *conn;
  uint64_t attempt;                 /* its number among the pool's connection attempts */
  uint64_t expires_ms, returned_ms; /* expires_ms 0: never */
  uint64_t uses;
  uint32_t users;    /* while shared or draining */
  uint64_t moved_ms; /* when a read last came to a shared one's rest, or began it */
  bool touched, lent;
  mp_loop_cb lost; /* for who has leased it */
  void *lost_data;
  mp__request reset; /* ROLLBACK or DISCARD ALL */
  bool resetting;
  mp__timer patience; /* bounds settling */
};

/* Invariant: a slot is on the list of its state, and counts[state] is that list's length.
 */
struct mp_pool {
  mp_loop *loop;
  const mp__config *config;
  mp_pool_options options;
  mp__random random;
  mp__link slots[SLOT_LISTS];
  uint32_t counts[SLOT_LISTS];

  mp__link waiters; /* in order of arrival */
  mp__link readers; /* those of them that share */
  uint32_t reading; /* how many these are */
  mp__link refused; /* told so as soon as they have returned to the loop */
  uint32_t waiting; /* on both */
  mp__timer impatience;
  mp__deferred refusals;

  uint64_t attempts; /* begun so far */
  uint32_t failures; /* in a row */
  mp__timer next_attempt;
  mp__timer housekeeping; /* idle time and lifetime */
  mp__deferred growth;

  bool shut, broken;
  uint32_t lent; /* slots that a user gives back when it likes */
  mp_loop_cb empty;
  void *empty_data;
  mp__deferred emptied;
  mp_pool_stats sums;
};

/* slot.c: the one writer of a slot's state and of the pool's lists. */
void mp__slot_set_state(mp__slot *slot, slot_state next);
MP_MUST_CHECK mp__slot *mp__slot_new(mp_pool *pool);
/* Close the connection and free the slot, in any state; `reason` is for the connection's
 * users. */
void mp__slot_close(mp__slot *slot, const char *reason);
bool mp__slot_is_expired(const mp__slot *slot);

/* waiters.c */
void mp__waiters_init(mp_pool *pool);
void mp__waiters_stop(mp_pool *pool);
void mp__waiters_serve(mp_pool *pool);
/* A connection attempt failed: fail the waiters that have nothing left to hope for. */
void mp__waiters_on_failure(mp_pool *pool, uint64_t attempt, const mp_error *error);
void mp__waiters_fail_all(mp_pool *pool, const mp_error *error);

/* share.c */
/* A place beside other reads, or NULL. */
MP_MUST_CHECK mp__slot *mp__pool_join(mp_pool *pool);
/* Let shared connections drain for those who wait for one alone. */
void mp__pool_reserve(mp_pool *pool);
/* One of a shared connection's reads is done with it. */
void mp__slot_leave(mp__slot *slot);

/* growth.c */
void mp__pool_grow(mp_pool *pool);
void mp__growth_init(mp_pool *pool);
void mp__growth_stop(mp_pool *pool);
uint64_t mp__growth_delay_ms(mp_pool *pool);

/* settle.c */
void mp__slot_settle(mp__slot *slot);
void mp__slot_on_quiet(mp__slot *slot);
void mp__slot_on_impatient(void *slot);

/* pool.c */
/* An idle one, as `state` from now on; NULL when none is idle. */
MP_MUST_CHECK mp__slot *mp__pool_take_idle(mp_pool *pool, slot_state state);
uint32_t mp__pool_in_use(const mp_pool *pool);
uint32_t mp__pool_total(const mp_pool *pool);
void mp__pool_check_empty(mp_pool *pool);

#endif
