/* clock.c - the time of day and its offset from Greenwich, as text. */
#include "value/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FRACTION_DIGITS_MAX 6

bool mp__read_fraction(mp__cursor *in, int64_t *microseconds) {
  const char *start = in->at;
  if (!mp__read_number(in, 1, FRACTION_DIGITS_MAX, microseconds)) return false;
  for (int64_t i = in->at - start; i < FRACTION_DIGITS_MAX; i++)
    *microseconds *= 10;
  while (mp__skip(in, '0'))
    continue;
  return !mp__at_digit(in);
}

bool mp__read_clock(mp__cursor *in, mp_civil *out) {
  if (!mp__read_number(in, 2, 2, &out->hour) || !mp__skip(in, ':')) return false;
  if (!mp__read_number(in, 2, 2, &out->minute)) return false;
  if (!mp__skip(in, ':')) return true;
  if (!mp__read_number(in, 2, 2, &out->second)) return false;
  return !mp__skip(in, '.') || mp__read_fraction(in, &out->microsecond);
}

bool mp__has_offset(const mp__cursor *in) {
  return in->at < in->end && strchr("Zz+-", *in->at) != NULL;
}

/* Historical zones have seconds, too. */
bool mp__read_offset(mp__cursor *in, int64_t *seconds) {
  *seconds = 0;
  if (mp__skip(in, 'Z') || mp__skip(in, 'z')) return true;
  bool west = *in->at == '-';
  int64_t hours = 0, minutes = 0, rest = 0;
  in->at++;
  if (!mp__read_number(in, 2, 2, &hours) || hours > 15) return false;
  bool colon = mp__skip(in, ':');
  bool more = colon || mp__at_digit(in);
  if (more && !mp__read_number(in, 2, 2, &minutes)) return false;
  if (colon && mp__skip(in, ':') && !mp__read_number(in, 2, 2, &rest)) return false;
  if (minutes > 59 || rest > 59) return false;
  *seconds = (hours * 60 + minutes) * 60 + rest;
  if (west) *seconds = -*seconds;
  return true;
}

char *mp__put_fraction(int64_t microseconds, char *out) {
  if (microseconds == 0) return out;
  out += sprintf(out, ".%06" PRId64, microseconds);
  while (out[-1] == '0')
    out--;
  return out;
}

char *mp__put_clock(const mp_civil *civil, char *out) {
  out += sprintf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, civil->hour,
                 civil->minute, civil->second);
  return mp__put_fraction(civil->microsecond, out);
}
