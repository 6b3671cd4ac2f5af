/* moonpool/interval.h - spans of time: months, days and microseconds, kept apart.
 *
 * MP_BAD_ARGUMENT: malformed text, or an operation that has no answer (infinity minus
 * infinity); MP_ENCODE: beyond what the server can store. */
#ifndef MOONPOOL_INTERVAL_H
#define MOONPOOL_INTERVAL_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_interval {
  int32_t months, days;
  int64_t microseconds;
} mp_interval;

/* From server 17 on these are "infinity" and "-infinity". An older server knows the same
 * bits as its longest and shortest interval. */
#define MP_INTERVAL_INFINITY       ((mp_interval){INT32_MAX, INT32_MAX, INT64_MAX})
#define MP_INTERVAL_MINUS_INFINITY ((mp_interval){INT32_MIN, INT32_MIN, INT64_MIN})

/* An interval as people name it; every part may be negative and of any size. */
typedef struct mp_interval_parts {
  int64_t years, months, weeks, days, hours, minutes, seconds, microseconds;
} mp_interval_parts;

MP_EXTERN MP_MUST_CHECK int mp_interval_from_parts(const mp_interval_parts *parts,
                                                   mp_interval *out);
/* No weeks; less than 12 months, 60 minutes, 60 seconds and 1,000,000 microseconds, the
 * signs alike where they come from one number. */
MP_EXTERN void mp_interval_to_parts(const mp_interval *interval, mp_interval_parts *out);

/* 1 for infinity, -1 for minus infinity, else 0. */
MP_EXTERN int mp_interval_infinite(const mp_interval *interval);
/* As the server orders them: a month has 30 days, a day 24 hours. */
MP_EXTERN int mp_interval_compare(const mp_interval *a, const mp_interval *b);
MP_EXTERN MP_MUST_CHECK int mp_interval_add(const mp_interval *a, const mp_interval *b,
                                            mp_interval *out);
MP_EXTERN MP_MUST_CHECK int mp_interval_negate(const mp_interval *a, mp_interval *out);
MP_EXTERN MP_MUST_CHECK int mp_interval_multiply(const mp_interval *a, int64_t factor,
                                                 mp_interval *out);

/* Add months (to the month's last day at most), days and microseconds, in that order and
 * in the timestamp's own calendar: for an instant that is UTC. */
MP_EXTERN MP_MUST_CHECK int mp_timestamp_add(int64_t timestamp,
                                             const mp_interval *interval, int64_t *out);
/* From `from` to `to` in days and microseconds. */
MP_EXTERN MP_MUST_CHECK int mp_timestamp_difference(int64_t to, int64_t from,
                                                    mp_interval *out);

#define MP_INTERVAL_TEXT 96
/* As the server writes it in IntervalStyle postgres: "1 year 2 mons -3 days
 * +04:05:06.7". Gives the length without the NUL. */
MP_EXTERN size_t mp_interval_to_text(const mp_interval *interval,
                                     char out[MP_INTERVAL_TEXT]);
/* Reads IntervalStyle postgres and postgres_verbose ("@ 1 day ago") and ISO 8601
 * ("P1Y2M3DT4H5M6.7S"). Only seconds have a fraction; a digit beyond the microsecond is
 * refused, not rounded. */
MP_EXTERN MP_MUST_CHECK int mp_interval_parse(const char *text, size_t length,
                                              mp_interval *out);

MP_END_C

#endif
