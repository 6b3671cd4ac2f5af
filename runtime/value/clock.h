/* value/clock.h - the time of day and its offset from Greenwich as text, for the values
 * that have one. */
#ifndef MP__VALUE_CLOCK_H
#define MP__VALUE_CLOCK_H

#include "value/cursor.h"

#include <moonpool/datetime.h>

/* Behind the point: microseconds. Zeros beyond them change nothing; any other digit there
 * would be lost and is refused. */
bool mp__read_fraction(mp__cursor *in, int64_t *microseconds);
/* "10:00", "10:00:00" or "10:00:00.5"; the fields may be beyond the clock. */
bool mp__read_clock(mp__cursor *in, mp_civil *out);
bool mp__has_offset(const mp__cursor *in);
/* Seconds east of Greenwich, where there is an offset: Z, +02, +0200, +02:00 or
 * +02:00:00. */
bool mp__read_offset(mp__cursor *in, int64_t *seconds);

/* They give the end of what they wrote, without a NUL. A fraction ends with no zeros. */
char *mp__put_fraction(int64_t microseconds, char *out);
char *mp__put_clock(const mp_civil *civil, char *out);

#endif
