/* datetime.c - calendar fields to and from days and microseconds since 2000-01-01. */
#include <moonpool/datetime.h>

#define MICROSECONDS  INT64_C(1000000)
#define DAY_SECONDS   INT64_C(86400)
#define ERA_YEARS     400
#define ERA_DAYS      146097
#define EPOCH_DAYS    730425 /* from 0000-03-01 to 2000-01-01 */
#define YEAR_LIMIT    6000000
#define DATE_MIN      (-2451545) /* 4714-11-24 BC */
#define DATE_MAX      2145031948 /* 5874897-12-31 */
#define TIMESTAMP_MIN (DATE_MIN * DAY_SECONDS * MICROSECONDS)
#define TIMESTAMP_MAX INT64_C(9223371331199999999) /* the end of 294276-12-31 */

static int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

/* With a year 0, so that the calendar repeats; 1 BC is 0. */
static int64_t plain_year(int64_t year) {
  return year < 0 ? year + 1 : year;
}

static bool is_leap(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t month_days(int64_t year, int64_t month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(plain_year(year)) ? 29 : days[month - 1];
}

const char *mp_civil_wrong_field(const mp_civil *civil) {
  if (civil->year == 0 || civil->year > YEAR_LIMIT || civil->year < -YEAR_LIMIT)
    return "year";
  if (civil->month < 1 || civil->month > 12) return "month";
  if (civil->day < 1 || civil->day > month_days(civil->year, civil->month)) return "day";
  if (civil->hour < 0 || civil->hour > 23) return "hour";
  if (civil->minute < 0 || civil->minute > 59) return "min";
  if (civil->second < 0 || civil->second > 59) return "sec";
  if (civil->microsecond < 0 || civil->microsecond >= MICROSECONDS) return "usec";
  return NULL;
}

/* Years start in March here, so that a leap day is the last of its year. */
static int64_t days_from_fields(const mp_civil *civil) {
  int64_t year = plain_year(civil->year) - (civil->month <= 2);
  int64_t era = floor_divide(year, ERA_YEARS), in_era = year - era * ERA_YEARS;
  int64_t month = (civil->month + 9) % 12;
  int64_t day = (153 * month + 2) / 5 + civil->day - 1;
  return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + day - EPOCH_DAYS;
}

static void fields_from_days(int64_t days, mp_civil *out) {
  days += EPOCH_DAYS;
  int64_t era = floor_divide(days, ERA_DAYS), in_era = days - era * ERA_DAYS;
  int64_t year =
      (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
  int64_t day = in_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * day + 2) / 153;
  out->day = day - (153 * month + 2) / 5 + 1;
  out->month = month < 10 ? month + 3 : month - 9;
  out->year = year + era * ERA_YEARS + (out->month <= 2);
  if (out->year <= 0) out->year--;
}

int mp_date_from_civil(const mp_civil *civil, int32_t *out) {
  if (mp_civil_wrong_field(civil) != NULL) return MP_BAD_ARGUMENT;
  int64_t days = days_from_fields(civil);
  if (days < DATE_MIN || days > DATE_MAX) return MP_ENCODE;
  *out = (int32_t)days;
  return MP_OK;
}

/* A local time may be a day beyond the range that its instant is in. */
int mp_timestamp_from_civil(const mp_civil *civil, int64_t offset, int64_t *out) {
  if (mp_civil_wrong_field(civil) != NULL) return MP_BAD_ARGUMENT;
  int64_t time = (civil->hour * 60 + civil->minute) * 60 + civil->second - offset;
  int64_t seconds = days_from_fields(civil) * DAY_SECONDS + time;
  if (seconds < DATE_MIN * DAY_SECONDS || seconds > TIMESTAMP_MAX / MICROSECONDS)
    return MP_ENCODE;
  *out = seconds * MICROSECONDS + civil->microsecond;
  return MP_OK;
}

void mp_date_to_civil(int32_t date, mp_civil *out) {
  *out = (mp_civil){0};
  fields_from_days(date, out);
}

void mp_timestamp_to_civil(int64_t timestamp, mp_civil *out) {
  int64_t seconds = floor_divide(timestamp, MICROSECONDS);
  int64_t days = floor_divide(seconds, DAY_SECONDS);
  int64_t time = seconds - days * DAY_SECONDS;
  fields_from_days(days, out);
  out->hour = time / 3600;
  out->minute = time / 60 % 60;
  out->second = time % 60;
  out->microsecond = timestamp - seconds * MICROSECONDS;
}

int mp_timestamp_shift(int64_t timestamp, int64_t microseconds, int64_t *out) {
  if (!mp_timestamp_is_finite(timestamp)) {
    *out = timestamp;
    return MP_OK;
  }
  int64_t sum = 0;
  if (__builtin_add_overflow(timestamp, microseconds, &sum)) return MP_ENCODE;
  if (sum < TIMESTAMP_MIN || sum > TIMESTAMP_MAX) return MP_ENCODE;
  *out = sum;
  return MP_OK;
}

int mp_date_shift(int32_t date, int64_t days, int32_t *out) {
  if (!mp_date_is_finite(date)) {
    *out = date;
    return MP_OK;
  }
  int64_t sum = 0;
  if (__builtin_add_overflow(days, date, &sum)) return MP_ENCODE;
  if (sum < DATE_MIN || sum > DATE_MAX) return MP_ENCODE;
  *out = (int32_t)sum;
  return MP_OK;
}

bool mp_date_is_finite(int32_t date) {
  return date != MP_DATE_INFINITY && date != MP_DATE_MINUS_INFINITY;
}

bool mp_timestamp_is_finite(int64_t timestamp) {
  return timestamp != MP_TIMESTAMP_INFINITY && timestamp != MP_TIMESTAMP_MINUS_INFINITY;
}

bool mp_date_is_valid(int32_t date) {
  return !mp_date_is_finite(date) || (date >= DATE_MIN && date <= DATE_MAX);
}

bool mp_timestamp_is_valid(int64_t timestamp) {
  return !mp_timestamp_is_finite(timestamp) ||
         (timestamp >= TIMESTAMP_MIN && timestamp <= TIMESTAMP_MAX);
}
