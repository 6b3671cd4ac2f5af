/* interval.c - spans of time: their parts, order and arithmetic, exact or refused. */
#include <moonpool/datetime.h>
#include <moonpool/interval.h>

#define MONTH_DAYS       30
#define DAY_MICROSECONDS INT64_C(86400000000)
#define MICROSECONDS     INT64_C(1000000)

int mp_interval_infinite(const mp_interval *interval) {
  bool all_most = interval->months == INT32_MAX && interval->days == INT32_MAX &&
                  interval->microseconds == INT64_MAX;
  bool all_least = interval->months == INT32_MIN && interval->days == INT32_MIN &&
                   interval->microseconds == INT64_MIN;
  return all_most - all_least;
}

static void set_infinite(int sign, mp_interval *out) {
  *out = sign > 0 ? MP_INTERVAL_INFINITY : MP_INTERVAL_MINUS_INFINITY;
}

/* Adds `count` units to the sum; false for overflow. */
static bool add_units(int64_t *sum, int64_t count, int64_t unit) {
  int64_t product = 0;
  return !__builtin_mul_overflow(count, unit, &product) &&
         !__builtin_add_overflow(*sum, product, sum);
}

static int set(int64_t months, int64_t days, int64_t microseconds, mp_interval *out) {
  if (months != (int32_t)months || days != (int32_t)days) return MP_ENCODE;
  *out = (mp_interval){(int32_t)months, (int32_t)days, microseconds};
  return MP_OK;
}

/* What was computed from finite intervals must not be read as an infinite one. */
static int set_finite(int64_t months, int64_t days, int64_t microseconds,
                      mp_interval *out) {
  int status = set(months, days, microseconds, out);
  return status == MP_OK && mp_interval_infinite(out) != 0 ? MP_ENCODE : status;
}

int mp_interval_from_parts(const mp_interval_parts *parts, mp_interval *out) {
  int64_t months = 0, days = 0, microseconds = 0;
  bool fits = add_units(&months, parts->years, 12) &&
              add_units(&months, parts->months, 1) && add_units(&days, parts->weeks, 7) &&
              add_units(&days, parts->days, 1) &&
              add_units(&microseconds, parts->hours, 3600 * MICROSECONDS) &&
              add_units(&microseconds, parts->minutes, 60 * MICROSECONDS) &&
              add_units(&microseconds, parts->seconds, MICROSECONDS) &&
              add_units(&microseconds, parts->microseconds, 1);
  return fits ? set(months, days, microseconds, out) : MP_ENCODE;
}

void mp_interval_to_parts(const mp_interval *interval, mp_interval_parts *out) {
  int64_t seconds = interval->microseconds / MICROSECONDS;
  *out = (mp_interval_parts){.years = interval->months / 12,
                             .months = interval->months % 12,
                             .days = interval->days,
                             .hours = seconds / 3600,
                             .minutes = seconds / 60 % 60,
                             .seconds = seconds % 60,
                             .microseconds = interval->microseconds % MICROSECONDS};
}

/* The whole days of an interval, and the rest of its microseconds, which is not negative.
 */
static int64_t whole_days(const mp_interval *interval, int64_t *rest) {
  int64_t days = interval->microseconds / DAY_MICROSECONDS;
  *rest = interval->microseconds % DAY_MICROSECONDS;
  if (*rest < 0) {
    *rest += DAY_MICROSECONDS;
    days--;
  }
  return days + interval->days + (int64_t)interval->months * MONTH_DAYS;
}

int mp_interval_compare(const mp_interval *a, const mp_interval *b) {
  int64_t rest_a = 0, rest_b = 0;
  int64_t days_a = whole_days(a, &rest_a), days_b = whole_days(b, &rest_b);
  if (days_a != days_b) return days_a < days_b ? -1 : 1;
  return (rest_a > rest_b) - (rest_a < rest_b);
}

int mp_interval_add(const mp_interval *a, const mp_interval *b, mp_interval *out) {
  int infinite_a = mp_interval_infinite(a), infinite_b = mp_interval_infinite(b);
  if (infinite_a * infinite_b < 0) return MP_BAD_ARGUMENT;
  if (infinite_a + infinite_b != 0) {
    set_infinite(infinite_a + infinite_b, out);
    return MP_OK;
  }
  int64_t microseconds = a->microseconds;
  if (!add_units(&microseconds, b->microseconds, 1)) return MP_ENCODE;
  return set_finite((int64_t)a->months + b->months, (int64_t)a->days + b->days,
                    microseconds, out);
}

int mp_interval_negate(const mp_interval *a, mp_interval *out) {
  return mp_interval_multiply(a, -1, out);
}

int mp_interval_multiply(const mp_interval *a, int64_t factor, mp_interval *out) {
  int infinite = mp_interval_infinite(a);
  if (infinite != 0 && factor == 0) return MP_BAD_ARGUMENT;
  if (infinite != 0) {
    set_infinite(factor > 0 ? infinite : -infinite, out);
    return MP_OK;
  }
  int64_t months = 0, days = 0, microseconds = 0;
  bool fits = add_units(&months, a->months, factor) &&
              add_units(&days, a->days, factor) &&
              add_units(&microseconds, a->microseconds, factor);
  return fits ? set_finite(months, days, microseconds, out) : MP_ENCODE;
}

/* There is no year 0, but the calendar goes on as if there were. */
static int64_t count_months(const mp_civil *civil) {
  int64_t year = civil->year < 0 ? civil->year + 1 : civil->year;
  return year * 12 + civil->month - 1;
}

static void set_months(int64_t months, mp_civil *out) {
  int64_t year = months / 12 - (months % 12 < 0);
  out->year = year <= 0 ? year - 1 : year;
  out->month = months - year * 12 + 1;
}

/* The day comes down to the last one that the month has. */
static int add_months(int64_t timestamp, int32_t months, int64_t *out) {
  mp_civil civil;
  mp_timestamp_to_civil(timestamp, &civil);
  set_months(count_months(&civil) + months, &civil);
  const char *wrong = mp_civil_wrong_field(&civil);
  for (; wrong != NULL && civil.day > 28; wrong = mp_civil_wrong_field(&civil))
    civil.day--;
  return wrong == NULL ? mp_timestamp_from_civil(&civil, 0, out) : MP_ENCODE;
}

static int add_finite(int64_t timestamp, const mp_interval *interval, int64_t *out) {
  int64_t days = 0;
  int status = MP_OK;
  *out = timestamp;
  if (interval->months != 0) status = add_months(timestamp, interval->months, out);
  if (status == MP_OK && !add_units(&days, interval->days, DAY_MICROSECONDS))
    status = MP_ENCODE;
  if (status == MP_OK) status = mp_timestamp_shift(*out, days, out);
  if (status == MP_OK) status = mp_timestamp_shift(*out, interval->microseconds, out);
  return status;
}

int mp_timestamp_add(int64_t timestamp, const mp_interval *interval, int64_t *out) {
  int infinite = mp_interval_infinite(interval);
  bool finite = mp_timestamp_is_finite(timestamp);
  if (finite && infinite == 0) return add_finite(timestamp, interval, out);
  int sign = timestamp > 0 ? 1 : -1;
  if (!finite && infinite * sign < 0) return MP_BAD_ARGUMENT;
  if (finite) sign = infinite;
  *out = sign > 0 ? MP_TIMESTAMP_INFINITY : MP_TIMESTAMP_MINUS_INFINITY;
  return MP_OK;
}

int mp_timestamp_difference(int64_t to, int64_t from, mp_interval *out) {
  int64_t span = 0;
  if (!mp_timestamp_is_finite(to) || !mp_timestamp_is_finite(from))
    return MP_BAD_ARGUMENT;
  if (__builtin_sub_overflow(to, from, &span)) return MP_ENCODE;
  return set_finite(0, span / DAY_MICROSECONDS, span % DAY_MICROSECONDS, out);
}
