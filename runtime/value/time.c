/* time.c - times of day: fields, order, text. */
#include "value/clock.h"

#include <moonpool/time.h>

#include <stdio.h>
#include <stdlib.h>

#define MICROSECONDS INT64_C(1000000)

bool mp_time_is_valid(const mp_time *time) {
  return time->microseconds >= 0 && time->microseconds <= MP_TIME_MAX &&
         time->offset > -MP_TIME_OFFSET_LESS && time->offset < MP_TIME_OFFSET_LESS;
}

/* 24:00:00 is a time, and nothing after it. */
const char *mp_time_wrong_field(const mp_civil *civil) {
  bool at_end = civil->hour == 24;
  if (civil->hour < 0 || civil->hour > 24) return "hour";
  if (civil->minute < 0 || civil->minute > (at_end ? 0 : 59)) return "min";
  if (civil->second < 0 || civil->second > (at_end ? 0 : 59)) return "sec";
  if (civil->microsecond < 0 || civil->microsecond > (at_end ? 0 : MICROSECONDS - 1))
    return "usec";
  return NULL;
}

int mp_time_from_civil(const mp_civil *civil, int64_t *microseconds) {
  if (mp_time_wrong_field(civil) != NULL) return MP_BAD_ARGUMENT;
  int64_t seconds = (civil->hour * 60 + civil->minute) * 60 + civil->second;
  *microseconds = seconds * MICROSECONDS + civil->microsecond;
  return MP_OK;
}

void mp_time_to_civil(int64_t microseconds, mp_civil *out) {
  int64_t seconds = microseconds / MICROSECONDS;
  *out = (mp_civil){.hour = seconds / 3600,
                    .minute = seconds / 60 % 60,
                    .second = seconds % 60,
                    .microsecond = microseconds % MICROSECONDS};
}

int mp_time_compare(const mp_time *a, const mp_time *b) {
  int64_t at_a = a->microseconds - a->offset * MICROSECONDS;
  int64_t at_b = b->microseconds - b->offset * MICROSECONDS;
  if (at_a != at_b) return at_a < at_b ? -1 : 1;
  return (b->offset > a->offset) - (b->offset < a->offset);
}

static char *put_offset(int32_t offset, char *out) {
  int32_t seconds = abs(offset);
  if (offset == 0) {
    *out++ = 'Z';
    return out;
  }
  out += sprintf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', seconds / 3600,
                 seconds / 60 % 60);
  if (seconds % 60 != 0) out += sprintf(out, ":%02d", seconds % 60);
  return out;
}

size_t mp_time_to_text(const mp_time *time, char out[MP_DATETIME_TEXT]) {
  mp_civil civil;
  mp_time_to_civil(time->microseconds, &civil);
  char *end = mp__put_clock(&civil, out);
  if (time->has_offset) end = put_offset(time->offset, end);
  *end = '\0';
  return (size_t)(end - out);
}

int mp_time_parse(const char *text, size_t length, mp_time *out) {
  mp__cursor in = {text, text + length};
  mp_civil civil = {0};
  int64_t offset = 0;
  if (!mp__read_clock(&in, &civil)) return MP_BAD_ARGUMENT;
  bool has_offset = mp__has_offset(&in);
  if (has_offset && !mp__read_offset(&in, &offset)) return MP_BAD_ARGUMENT;
  if (in.at != in.end) return MP_BAD_ARGUMENT;
  *out = (mp_time){.offset = (int32_t)offset, .has_offset = has_offset};
  return mp_time_from_civil(&civil, &out->microseconds);
}
