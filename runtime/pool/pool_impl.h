/* pool_impl.h - the bodies of pool and slot, shared by the files of this folder alone. */
#ifndef MP_POOL_POOL_IMPL_H
#define MP_POOL_POOL_IMPL_H

#include "base/random.h"
#include "pool/pool.h"

typedef enum slot_state {
  SLOT_CONNECTING, /* in pool->slots[SLOT_CONNECTING], and so on */
  SLOT_IDLE,
  SLOT_CHECKING, /* idle until now; being asked for a sign of life */
  SLOT_READYING, /* idle until now; a hook has it, or it comes to rest behind that */
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
  uint64_t began_ms;                /* to connect; then: it was open */
  uint64_t expires_ms, returned_ms; /* expires_ms 0: never */
  uint64_t uses;
  uint32_t users;      /* while shared or draining */
  uint64_t moved_ms;   /* when a read last came to a shared one's rest, or began it */
  uint64_t generation; /* the pool's when its attempt began, then when it was opened */
  bool touched, lent;
  bool needs_setup;    /* reset: what the hook of new ones did is undone */
  bool is_out;         /* lent since it last came to rest */
  mp_hook_event event; /* of the visit */
  void *visit;         /* NULL: no hook has it */
  mp_loop_cb lost;     /* for who has leased it */
  void *lost_data;
  mp__holder *holder; /* while it is lent */
  mp__request reset;  /* ROLLBACK or DISCARD ALL, or a sign of life is asked for */
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

  uint64_t generation;
  uint64_t attempts;        /* begun so far */
  uint32_t failures;        /* in a row */
  uint64_t silent_since_ms; /* since then no server has answered an attempt */
  mp_error *failure; /* the last of them; NULL when the last attempt was a success */
  mp__timer next_attempt;
  mp__timer housekeeping; /* idle time and lifetime */
  mp__deferred growth;

  mp__visitor visitor;
  struct {
    unsigned kinds;
    mp_pool_event_cb cb;
    void *data;
  } watcher;
  bool shut, broken;
  uint32_t lent;  /* slots that a user gives back when it likes */
  uint32_t stuck; /* of their holders, those that wait for another one */
  mp__timer leak;
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
/* Their bound has changed. */
void mp__waiters_watch_anew(mp_pool *pool);
/* Take it out of the queue and fail it. */
void mp__waiters_fail(mp__acquire *acquire, const mp_error *error);
/* NULL when nobody waits in the queue. */
mp__acquire *mp__waiters_first(const mp_pool *pool);
void mp__waiters_grant(mp__acquire *acquire, mp__slot *slot);
void mp__waiters_fail_all(mp_pool *pool, const mp_error *error);

/* share.c */
/* A place beside other reads, or NULL. */
MP_MUST_CHECK mp__slot *mp__pool_join(mp_pool *pool);
/* Let shared connections drain for those who wait for one alone. */
void mp__pool_reserve(mp_pool *pool);
/* Whether reads move on that share a connection, so that more may join them soon. */
bool mp__pool_shares(const mp_pool *pool);
/* One of a shared connection's reads is done with it. */
void mp__slot_leave(mp__slot *slot);
/* generation.c */
bool mp__generation_is_over(const mp__slot *slot);
/* Open connections that may serve somebody yet. */
uint32_t mp__generation_size(const mp_pool *pool);
/* Whether this end of a connection, or this refusal to open one, condemns the others. */
bool mp__generation_ends_with(const mp_error *error);

/* liveness.c */
typedef enum liveness {
  LIVENESS_GOOD, /* it may be lent */
  LIVENESS_NEXT, /* it is idle no more: look at the next one */
  LIVENESS_WAIT  /* enough of them are being asked */
} liveness;
liveness mp__liveness_check(mp__slot *slot);
void mp__liveness_on_silence(mp__slot *slot);

/* event.c */
/* `since_ms`: when what ends now began. */
void mp__pool_tell(const mp_pool *pool, mp_pool_event_kind kind, uint64_t since_ms,
                   const mp_error *error, const char *reason);

/* Somebody was lent one without a wait. */
void mp__pool_tell_at_once(const mp_pool *pool);

/* visit.c */
bool mp__pool_visits(const mp_pool *pool, mp_hook_event event);
/* False when no hook wants it. */
bool mp__visit_begin(mp__slot *slot, mp_hook_event event);
/* Take it away from its hook, if one has it. */
void mp__visit_cancel(mp__slot *slot);
void mp__visit_expire(mp__slot *slot);
void mp__visit_hand_over(mp__slot *slot);

/* deadlock.c */
void mp__deadlock_note_wait(mp__acquire *acquire);
void mp__deadlock_note_end(mp__acquire *acquire);
/* Its task holds connections already. */
bool mp__deadlock_concerns(const mp__acquire *acquire);
/* Say so in the error. */
void mp__deadlock_explain(const mp__acquire *acquire, mp_error *error);
/* Fail one waiter when no connection can ever come back. */
void mp__deadlock_check(mp_pool *pool);

/* leak.c */
void mp__leak_init(mp_pool *pool);
void mp__leak_watch(mp_pool *pool);

/* growth.c */
void mp__pool_grow(mp_pool *pool);
/* A connection attempt has come to its end, hook included. */
void mp__growth_opened(mp__slot *slot);
void mp__growth_failed(mp__slot *slot, const mp_error *error);
void mp__growth_init(mp_pool *pool);
void mp__growth_stop(mp_pool *pool);
/* With another configuration: invalidates, gives up the attempts under way, and forgets
 * what came of the last one. */
void mp__growth_begin_anew(mp_pool *pool);
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
/* How many there may be while tasks wait. */
uint32_t mp__pool_limit(const mp_pool *pool);
void mp__pool_check_empty(mp_pool *pool);

#endif
