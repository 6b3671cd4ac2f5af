/* pool.h - lending connections: what the engine uses of the pool. */
#ifndef MP_POOL_POOL_H
#define MP_POOL_POOL_H

#include "loop/timer.h"
#include "pg/conn.h"
#include "pool/holder.h"

#include <moonpool/error.h>
#include <moonpool/pool.h>

typedef struct mp__slot mp__slot;
typedef struct mp__acquire mp__acquire;

/* Exactly once, from the loop's top: a slot that is yours until mp__pool_release, or an
 * error. */
typedef void (*mp__acquire_cb)(mp__acquire *acquire, mp__slot *slot,
                               const mp_error *error);

/* A place in the queue; embedded in its owner. */
struct mp__acquire {
  mp__acquire_cb granted;
  void *data;
  bool shares;   /* a plain read: a connection that others read on will do */
  uint64_t task; /* who asks; 0: nobody that could be told apart */

  /* Written by the pool alone. */
  mp__link link;
  mp__link reader; /* also in the pool's list of those that share */
  mp_pool *pool;
  uint64_t since_ms;
  uint64_t attempt; /* the connection attempts begun before it came */
};

/* Who is lent connections as hooks ask for it, one at a time each. */
typedef struct mp__visitor {
  unsigned events; /* MP_HOOK_BIT of those that are wanted */
  /* The slot is the visitor's until mp__visit_end; what it gives is kept for it, NULL is
   * a want of memory. Must not end it in this call. */
  void *(*begin)(mp__slot *slot, mp_hook_event event, void *data);
  /* It has been taken away: let go of it now. */
  void (*cancel)(void *visit);
  void *data;
} mp__visitor;

MP_MUST_CHECK int mp__pool_new(mp_loop *loop, const mp__config *config,
                               const mp_pool_options *options, mp_pool **out);
/* Keep `min` filled from now on. */
void mp__pool_start(mp_pool *pool);

/* A connection at once, when one is idle and nobody waits; else NULL. */
MP_MUST_CHECK mp__slot *mp__pool_try_acquire(mp_pool *pool);
/* The same for a plain read, which also joins others once the pool has grown to `max`. */
MP_MUST_CHECK mp__slot *mp__pool_try_share(mp_pool *pool);
/* Wait for one, in order of arrival; a read may overtake those who want one alone, as
 * long as each of them has one that drains for it. */
void mp__pool_acquire(mp_pool *pool, mp__acquire *acquire);
/* Leave the queue: the callback will not run. For an acquire that is still waiting. */
void mp__pool_withdraw(mp__acquire *acquire);
/* Give a connection back in whatever state it is: the pool lets it come to rest, rolls
 * back what is open, resets what was touched, or closes it, before anyone else gets it.
 */
void mp__pool_release(mp__slot *slot);

/* From now on. A visit may take as long as connecting. */
void mp__pool_on_visit(mp_pool *pool, const mp__visitor *visitor);
/* From the loop's top: the pool goes on with the connection, or closes it because of
 * `error` (taken over), which whoever waits for it is told. */
void mp__visit_end(mp__slot *slot, mp_error *error);

mp__conn *mp__slot_conn(const mp__slot *slot);
/* No further read joins it until it has come to rest. */
void mp__slot_drain(mp__slot *slot);
/* Its user may have left something behind on the connection. */
void mp__slot_touch(mp__slot *slot);
/* Tell its user when the connection is lost, behind the failures of what was under way.
 * Until it is given back; NULL: no more. */
void mp__slot_watch(mp__slot *slot, mp_loop_cb lost, void *data);
/* It is given back when its user likes, which closing does not wait for. Takes over
 * `holder` (NULL: nobody knows). */
void mp__slot_lend(mp__slot *slot, mp__holder *holder);
/* Size, use and holders in one line, for an error; NULL without memory. Free it. */
MP_MUST_CHECK char *mp__pool_describe(const mp_pool *pool);

/* Trust no connection that is open now: idle ones close at once, lent ones when they come
 * back. */
void mp__pool_invalidate(mp_pool *pool);

/* From here on: `config` for new connections, another one than before condemns those that
 * are open. */
void mp__pool_reconfigure(mp_pool *pool, const mp__config *config,
                          const mp_pool_options *options);

/* Refuse new and waiting users with MP_SHUTTING_DOWN; `empty(data)` runs once no open
 * connection is lent any more, idle ones being closed as they come. */
void mp__pool_shut(mp_pool *pool, mp_loop_cb empty, void *data);
/* After mp__pool_shut: close the connections that are still coming to rest, and wait no
 * longer for those that mp__slot_lend has marked: they close when they come back. */
void mp__pool_break(mp_pool *pool);
/* For an empty pool. */
void mp__pool_free(mp_pool *pool);

#endif
