/* datetime_text.c - dates and timestamps to and from ISO 8601 text. */
#include <moonpool/datetime.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define YEAR_DIGITS_MAX     7
#define FRACTION_DIGITS_MAX 6

typedef struct cursor {
  const char *at, *end;
} cursor;

static bool skip(cursor *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool at_digit(const cursor *in) {
  return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

static bool read_number(cursor *in, int least, int most, int64_t *out) {
  int count = 0;
  *out = 0;
  for (; count < most && at_digit(in); count++)
    *out = *out * 10 + (*in->at++ - '0');
  return count >= least;
}

static bool read_date(cursor *in, mp_civil *out) {
  return read_number(in, 4, YEAR_DIGITS_MAX, &out->year) && skip(in, '-') &&
         read_number(in, 2, 2, &out->month) && skip(in, '-') &&
         read_number(in, 2, 2, &out->day);
}

/* Zeros beyond the microsecond change nothing; any other digit there would be lost. */
static bool read_fraction(cursor *in, int64_t *out) {
  const char *start = in->at;
  if (!read_number(in, 1, FRACTION_DIGITS_MAX, out)) return false;
  for (int64_t i = in->at - start; i < FRACTION_DIGITS_MAX; i++)
    *out *= 10;
  while (skip(in, '0'))
    continue;
  return !at_digit(in);
}

static bool read_time(cursor *in, mp_civil *out) {
  if (!read_number(in, 2, 2, &out->hour) || !skip(in, ':')) return false;
  if (!read_number(in, 2, 2, &out->minute)) return false;
  if (!skip(in, ':')) return true;
  if (!read_number(in, 2, 2, &out->second)) return false;
  return !skip(in, '.') || read_fraction(in, &out->microsecond);
}

/* Seconds east of Greenwich; historical zones have seconds, too. */
static bool read_offset(cursor *in, int64_t *seconds) {
  *seconds = 0;
  if (skip(in, 'Z') || skip(in, 'z')) return true;
  bool west = *in->at == '-';
  int64_t hours = 0, minutes = 0, rest = 0;
  in->at++;
  if (!read_number(in, 2, 2, &hours) || hours > 15) return false;
  bool colon = skip(in, ':');
  if ((colon || at_digit(in)) && !read_number(in, 2, 2, &minutes)) return false;
  if (colon && skip(in, ':') && !read_number(in, 2, 2, &rest)) return false;
  if (minutes > 59 || rest > 59) return false;
  *seconds = (hours * 60 + minutes) * 60 + rest;
  if (west) *seconds = -*seconds;
  return true;
}

static bool has_offset(const cursor *in) {
  return in->at < in->end && strchr("Zz+-", *in->at) != NULL;
}

static bool read_end(cursor *in, mp_civil *out) {
  if (in->end - in->at == 3 && memcmp(in->at, " BC", 3) == 0) {
    out->year = -out->year;
    return true;
  }
  return in->at == in->end;
}

/* 1 for "infinity", -1 for "-infinity", else 0. */
static int infinite(const char *text, size_t length) {
  static const char word[] = "-infinity";
  if (length == 9 && memcmp(text, word, 9) == 0) return -1;
  return length == 8 && memcmp(text, word + 1, 8) == 0;
}

int mp_date_parse(const char *text, size_t length, int32_t *out) {
  int sign = infinite(text, length);
  if (sign != 0) {
    *out = sign > 0 ? MP_DATE_INFINITY : MP_DATE_MINUS_INFINITY;
    return MP_OK;
  }
  cursor in = {text, text + length};
  mp_civil civil = {0};
  if (!read_date(&in, &civil) || !read_end(&in, &civil)) return MP_BAD_ARGUMENT;
  return mp_date_from_civil(&civil, out);
}

static int parse_finite(cursor *in, int64_t *out, bool *utc) {
  mp_civil civil = {0};
  int64_t offset = 0, timestamp = 0;
  bool with_offset = false;
  if (!read_date(in, &civil)) return MP_BAD_ARGUMENT;
  bool bc_follows = in->end - in->at == 3;
  if (!bc_follows && (skip(in, 'T') || skip(in, 't') || skip(in, ' '))) {
    if (!read_time(in, &civil)) return MP_BAD_ARGUMENT;
    with_offset = has_offset(in);
    if (with_offset && !read_offset(in, &offset)) return MP_BAD_ARGUMENT;
  }
  if (!read_end(in, &civil)) return MP_BAD_ARGUMENT;
  int status = mp_timestamp_from_civil(&civil, &timestamp);
  if (status == MP_OK) status = mp_timestamp_shift(timestamp, -offset, out);
  if (status == MP_OK) *utc = with_offset;
  return status;
}

int mp_timestamp_parse(const char *text, size_t length, int64_t *out, bool *utc) {
  int sign = infinite(text, length);
  if (sign == 0) {
    cursor in = {text, text + length};
    return parse_finite(&in, out, utc);
  }
  *out = sign > 0 ? MP_TIMESTAMP_INFINITY : MP_TIMESTAMP_MINUS_INFINITY;
  *utc = false;
  return MP_OK;
}

static char *put_date(const mp_civil *civil, char *out) {
  int64_t year = civil->year < 0 ? -civil->year : civil->year;
  return out + sprintf(out, "%04" PRId64 "-%02" PRId64 "-%02" PRId64, year, civil->month,
                       civil->day);
}

static char *put_time(const mp_civil *civil, char *out) {
  out += sprintf(out, "T%02" PRId64 ":%02" PRId64 ":%02" PRId64, civil->hour,
                 civil->minute, civil->second);
  if (civil->microsecond == 0) return out;
  out += sprintf(out, ".%06" PRId64, civil->microsecond);
  while (out[-1] == '0')
    out--;
  return out;
}

static size_t finish(const mp_civil *civil, char *end, const char *start) {
  if (civil->year < 0) end += sprintf(end, " BC");
  *end = '\0';
  return (size_t)(end - start);
}

size_t mp_date_to_text(int32_t date, char out[MP_DATETIME_TEXT]) {
  if (date == MP_DATE_INFINITY) return (size_t)sprintf(out, "infinity");
  if (date == MP_DATE_MINUS_INFINITY) return (size_t)sprintf(out, "-infinity");
  mp_civil civil;
  mp_date_to_civil(date, &civil);
  return finish(&civil, put_date(&civil, out), out);
}

size_t mp_timestamp_to_text(int64_t timestamp, bool utc, char out[MP_DATETIME_TEXT]) {
  if (timestamp == MP_TIMESTAMP_INFINITY) return (size_t)sprintf(out, "infinity");
  if (timestamp == MP_TIMESTAMP_MINUS_INFINITY) return (size_t)sprintf(out, "-infinity");
  mp_civil civil;
  mp_timestamp_to_civil(timestamp, &civil);
  char *end = put_time(&civil, put_date(&civil, out));
  if (utc) *end++ = 'Z';
  return finish(&civil, end, out);
}
