/* moonpool/time.h - times of day, with and without an offset from Greenwich.
 *
 * Microseconds since midnight, up to 24:00:00 itself; offsets are seconds east of
 * Greenwich, less than 16 hours. MP_BAD_ARGUMENT: no such time or malformed text. */
#ifndef MOONPOOL_TIME_H
#define MOONPOOL_TIME_H

#include <moonpool/datetime.h>

MP_BEGIN_C

#define MP_TIME_MAX         INT64_C(86400000000)
#define MP_TIME_OFFSET_LESS 57600

typedef struct mp_time {
  int64_t microseconds;
  int32_t offset;  /* 0 without one */
  bool has_offset; /* a timetz */
} mp_time;

MP_EXTERN bool mp_time_is_valid(const mp_time *time);
/* The name of the first field that no clock has ("min"), or NULL; the date is not read.
 */
MP_EXTERN const char *mp_time_wrong_field(const mp_civil *civil);
MP_EXTERN MP_MUST_CHECK int mp_time_from_civil(const mp_civil *civil,
                                               int64_t *microseconds);
/* The date's fields become 0. */
MP_EXTERN void mp_time_to_civil(int64_t microseconds, mp_civil *out);
/* As the server orders them: by the instant, then by the offset, the eastern one first.
 * Only for two of a kind. */
MP_EXTERN int mp_time_compare(const mp_time *a, const mp_time *b);

/* ISO 8601: "10:00:00.5", "10:00:00+02:00", "10:00:00Z". Gives the length without the
 * NUL. */
MP_EXTERN size_t mp_time_to_text(const mp_time *time, char out[MP_DATETIME_TEXT]);
/* Reads that and the server's output, offsets as a timestamp has them. */
MP_EXTERN MP_MUST_CHECK int mp_time_parse(const char *text, size_t length, mp_time *out);

MP_END_C

#endif
