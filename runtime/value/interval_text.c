/* interval_text.c - intervals as the server writes them in IntervalStyle postgres. */
#include "value/clock.h"

#include <moonpool/interval.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct writer {
  char *start, *at;
  bool after_negative; /* a positive part says so then */
} writer;

static const char *sign_of(const writer *out, bool negative) {
  if (negative) return "-";
  return out->after_negative ? "+" : "";
}

static int64_t magnitude(int64_t value) {
  return value < 0 ? -value : value;
}

static void put_part(writer *out, int64_t count, const char *unit) {
  if (count == 0) return;
  out->at +=
      sprintf(out->at, "%s%s%" PRId64 " %s%s", out->at == out->start ? "" : " ",
              sign_of(out, count < 0), magnitude(count), unit, count == 1 ? "" : "s");
  out->after_negative = count < 0;
}

static void put_time(writer *out, const mp_interval_parts *parts, bool negative) {
  out->at += sprintf(out->at, "%s%s%02" PRId64 ":%02" PRId64 ":%02" PRId64,
                     out->at == out->start ? "" : " ", sign_of(out, negative),
                     magnitude(parts->hours), magnitude(parts->minutes),
                     magnitude(parts->seconds));
  out->at = mp__put_fraction(magnitude(parts->microseconds), out->at);
}

size_t mp_interval_to_text(const mp_interval *interval, char text[MP_INTERVAL_TEXT]) {
  int infinite = mp_interval_infinite(interval);
  if (infinite != 0)
    return (size_t)sprintf(text, infinite > 0 ? "infinity" : "-infinity");
  mp_interval_parts parts;
  writer out = {.start = text, .at = text};
  mp_interval_to_parts(interval, &parts);
  put_part(&out, parts.years, "year");
  put_part(&out, parts.months, "mon");
  put_part(&out, parts.days, "day");
  if (out.at == out.start || interval->microseconds != 0)
    put_time(&out, &parts, interval->microseconds < 0);
  *out.at = '\0';
  return (size_t)(out.at - text);
}
