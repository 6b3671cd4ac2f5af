/* moonpool/datetime.h - dates and timestamps as the server counts them, and as people
 * write them.
 *
 * A timestamp is microseconds, a date is days since 2000-01-01. Years are written as the
 * server writes them: 1 BC is year -1, and there is no year 0. MP_BAD_ARGUMENT: no such
 * date or malformed text; MP_ENCODE: beyond the server's range (4714-11-24 BC to
 * 294276-12-31, dates to 5874897-12-31). */
#ifndef MOONPOOL_DATETIME_H
#define MOONPOOL_DATETIME_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

#define MP_TIMESTAMP_INFINITY       INT64_MAX
#define MP_TIMESTAMP_MINUS_INFINITY INT64_MIN
#define MP_DATE_INFINITY            INT32_MAX
#define MP_DATE_MINUS_INFINITY      INT32_MIN

/* Seconds from 1970-01-01 to 2000-01-01. */
#define MP_TIMESTAMP_UNIX_OFFSET 946684800

typedef struct mp_civil {
  int64_t year, month, day, hour, minute, second, microsecond;
} mp_civil;

/* The name of the first field that no calendar has ("month"), or NULL. */
MP_EXTERN const char *mp_civil_wrong_field(const mp_civil *civil);

MP_EXTERN MP_MUST_CHECK int mp_date_from_civil(const mp_civil *civil, int32_t *out);
/* `offset` is the clock's, in seconds east of Greenwich; the result is in UTC. */
MP_EXTERN MP_MUST_CHECK int mp_timestamp_from_civil(const mp_civil *civil, int64_t offset,
                                                    int64_t *out);
/* Not for infinities. A date's time of day is 0. */
MP_EXTERN void mp_date_to_civil(int32_t date, mp_civil *out);
MP_EXTERN void mp_timestamp_to_civil(int64_t timestamp, mp_civil *out);
/* Add and keep within the range; infinities stay. */
MP_EXTERN MP_MUST_CHECK int mp_timestamp_shift(int64_t timestamp, int64_t microseconds,
                                               int64_t *out);
MP_EXTERN MP_MUST_CHECK int mp_date_shift(int32_t date, int64_t days, int32_t *out);
MP_EXTERN bool mp_date_is_finite(int32_t date);
MP_EXTERN bool mp_timestamp_is_finite(int64_t timestamp);
/* Infinite, or within the server's range. */
MP_EXTERN bool mp_date_is_valid(int32_t date);
MP_EXTERN bool mp_timestamp_is_valid(int64_t timestamp);

#define MP_DATETIME_TEXT 48
/* ISO 8601: "2026-11-24", "2026-11-24T10:00:00.5", with "Z" where `utc` says that the
 * instant is known, " BC" behind years before 1, or "infinity". Gives the length without
 * the NUL. */
MP_EXTERN size_t mp_date_to_text(int32_t date, char out[MP_DATETIME_TEXT]);
MP_EXTERN size_t mp_timestamp_to_text(int64_t timestamp, bool utc,
                                      char out[MP_DATETIME_TEXT]);

/* Reads what the two above write and the server's ISO output: a blank for the T, offsets
 * as Z, +02, +0200, +02:00 or +02:00:00. A digit beyond the microsecond is refused, not
 * rounded. */
MP_EXTERN MP_MUST_CHECK int mp_date_parse(const char *text, size_t length, int32_t *out);
/* `*utc` tells whether the text had an offset; `*out` is then in UTC. */
MP_EXTERN MP_MUST_CHECK int mp_timestamp_parse(const char *text, size_t length,
                                               int64_t *out, bool *utc);

MP_END_C

#endif
