/* value/cursor.h - reading a text from left to right: marks, digits, numbers. */
#ifndef MP__VALUE_CURSOR_H
#define MP__VALUE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct mp__cursor {
  const char *at, *end;
} mp__cursor;

static inline bool mp__skip(mp__cursor *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static inline bool mp__at_digit(const mp__cursor *in) {
  return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

/* At most 18 digits; false where there are fewer than `least`. */
static inline bool mp__read_number(mp__cursor *in, int least, int most, int64_t *out) {
  int count = 0;
  *out = 0;
  for (; count < most && mp__at_digit(in); count++)
    *out = *out * 10 + (*in->at++ - '0');
  return count >= least;
}

#endif
