/* moonpool/pool.h - a bounded set of connections to one database, lent in order of
 * arrival. */
#ifndef MOONPOOL_POOL_H
#define MOONPOOL_POOL_H

#include <moonpool/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_pool mp_pool;

/* A connection that somebody keeps (a session), as of this moment. The texts may be NULL,
 * and live until it is given back. */
typedef struct mp_pool_lease {
  const char *label;     /* what the user calls it */
  const char *where;     /* "file:line" of the checkout */
  const char *traceback; /* of the checkout */
  double seconds;        /* held so far */
} mp_pool_lease;

/* Must neither wait nor give connections back; the lease lives until it returns. */
typedef void (*mp_pool_leak_cb)(const mp_pool_lease *lease, void *data);

/* What happens to connections, for whoever watches. */
typedef enum mp_pool_event_kind {
  MP_POOL_CONNECT, /* a connection was opened, or could not be */
  MP_POOL_ACQUIRE, /* one was lent to who asked, or none could be */
  MP_POOL_CLOSE    /* an open one has gone */
} mp_pool_event_kind;
typedef struct mp_pool_event {
  mp_pool_event_kind kind;
  double seconds;        /* connecting; waiting; open */
  const mp_error *error; /* why it failed; NULL: it did not */
  const char *reason;    /* of MP_POOL_CLOSE */
} mp_pool_event;
#define MP_POOL_EVENT_BIT(kind) (1u << (unsigned)(kind))
/* Must neither wait nor call the pool; the event lives until it returns. */
typedef void (*mp_pool_event_cb)(const mp_pool_event *event, void *data);

/* When a hook is given a connection (moonpool/hook.h). */
typedef enum mp_hook_event {
  MP_HOOK_CONNECT,  /* it is new, or as good as new: its session was reset */
  MP_HOOK_CHECKOUT, /* it is about to be lent */
  MP_HOOK_CHECKIN   /* it has come back, and nothing is open on it */
} mp_hook_event;
#define MP_HOOK_BIT(event) (1u << (unsigned)(event))

typedef enum mp_pool_order { MP_POOL_LIFO, MP_POOL_FIFO } mp_pool_order;

typedef struct mp_pool_options {
  size_t size; /* set by MP_POOL_OPTIONS_INIT; lets the struct grow */
  uint32_t min;
  uint32_t max; /* at least 1 */
  uint32_t max_waiters;
  mp_pool_order order; /* which idle connection is lent: the last or the first returned */
  uint64_t acquire_timeout_ms;
  uint64_t max_lifetime_ms; /* jittered by up to 10 % */
  uint64_t max_idle_time_ms;
  uint64_t max_uses;
  uint64_t check_after_idle_ms;
  uint64_t leak_after_ms;  /* of one lease, which is then reported, once */
  mp_pool_leak_cb on_leak; /* NULL: a line and the traceback on standard error */
  void *on_leak_data;
  uint32_t share_max; /* plain reads under way on one connection, once there are `max`;
                         1: each has its own */
  uint32_t burst;     /* above `max` while tasks wait; closed after an idle second */
} mp_pool_options;
#define MP_POOL_OPTIONS_INIT                                                             \
  {                                                                                      \
    .size = sizeof(mp_pool_options), .min = 0, .max = 10, .max_waiters = 10000,          \
    .order = MP_POOL_LIFO, .acquire_timeout_ms = 30000, .max_lifetime_ms = 1800000,      \
    .max_idle_time_ms = 600000, .max_uses = 0, .check_after_idle_ms = 1000,              \
    .leak_after_ms = 60000, .share_max = 64, .burst = 0                                  \
  }

/* Counts are of this moment; the sums are since the pool was opened. */
typedef struct mp_pool_stats {
  uint32_t total, idle, in_use, connecting, waiting, max;
  uint64_t acquired, connected, connect_failures, closed, lost, acquire_timeouts;
  uint64_t deadlocks, leaks, invalidations, idle_checks;
  double wait_seconds;
} mp_pool_stats;

/* Fill in up to `max` of the leases, the oldest first; gives how many there are. */
MP_EXTERN size_t mp_pool_leases(const mp_pool *pool, mp_pool_lease *out, size_t max);
MP_EXTERN const mp_pool_options *mp_pool_get_options(const mp_pool *pool);
/* Replace every connection that is open now, within `over_ms`; 0: at once. Lent ones
 * close when they come back. */
MP_EXTERN void mp_pool_recycle(mp_pool *pool, uint64_t over_ms);
/* Tell of these kinds (MP_POOL_EVENT_BIT) from now on, and of no others. */
MP_EXTERN void mp_pool_on_event(mp_pool *pool, unsigned kinds, mp_pool_event_cb cb,
                                void *data);
/* Tell of leaks from now on; NULL: on standard error. */
MP_EXTERN void mp_pool_on_leak(mp_pool *pool, mp_pool_leak_cb cb, void *data);
MP_EXTERN void mp_pool_get_stats(const mp_pool *pool, mp_pool_stats *out);

MP_END_C

#endif
