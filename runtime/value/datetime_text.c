/* datetime_text.c - dates and timestamps to and from ISO 8601 text. */
#include "value/clock.h"

#include <moonpool/datetime.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define YEAR_DIGITS_MAX 7

static bool read_date(mp__cursor *in, mp_civil *out) {
  return mp__read_number(in, 4, YEAR_DIGITS_MAX, &out->year) && mp__skip(in, '-') &&
         mp__read_number(in, 2, 2, &out->month) && mp__skip(in, '-') &&
         mp__read_number(in, 2, 2, &out->day);
}

static bool read_end(mp__cursor *in, mp_civil *out) {
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
  mp__cursor in = {text, text + length};
  mp_civil civil = {0};
  if (!read_date(&in, &civil) || !read_end(&in, &civil)) return MP_BAD_ARGUMENT;
  return mp_date_from_civil(&civil, out);
}

static int parse_finite(mp__cursor *in, int64_t *out, bool *utc) {
  mp_civil civil = {0};
  int64_t offset = 0;
  bool with_offset = false;
  if (!read_date(in, &civil)) return MP_BAD_ARGUMENT;
  bool bc_follows = in->end - in->at == 3;
  if (!bc_follows && (mp__skip(in, 'T') || mp__skip(in, 't') || mp__skip(in, ' '))) {
    if (!mp__read_clock(in, &civil)) return MP_BAD_ARGUMENT;
    with_offset = mp__has_offset(in);
    if (with_offset && !mp__read_offset(in, &offset)) return MP_BAD_ARGUMENT;
  }
  if (!read_end(in, &civil)) return MP_BAD_ARGUMENT;
  int status = mp_timestamp_from_civil(&civil, offset, out);
  if (status == MP_OK) *utc = with_offset;
  return status;
}

int mp_timestamp_parse(const char *text, size_t length, int64_t *out, bool *utc) {
  int sign = infinite(text, length);
  if (sign == 0) {
    mp__cursor in = {text, text + length};
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
  char *end = put_date(&civil, out);
  *end++ = 'T';
  end = mp__put_clock(&civil, end);
  if (utc) *end++ = 'Z';
  return finish(&civil, end, out);
}
