/* decimal.h - the inside of a decimal, and the steps that its operations share. */
#ifndef MP_VALUE_DECIMAL_H
#define MP_VALUE_DECIMAL_H

#include <moonpool/decimal.h>

#define MP__DECIMAL_BASE       10000
#define MP__DECIMAL_GROUP      4 /* decimal digits in one digit of ours */
#define MP__DECIMAL_WEIGHT_MAX 32767
#define MP__DECIMAL_SCALE_MAX  16383

/* In the order in which they compare. */
typedef enum mp__decimal_kind {
  MP__DECIMAL_MINUS_INFINITY,
  MP__DECIMAL_FINITE,
  MP__DECIMAL_INFINITY,
  MP__DECIMAL_NAN
} mp__decimal_kind;

/* Invariant of a finished one: neither the first nor the last digit is 0, zero has no
 * digits, weight 0 and no sign. */
struct mp_decimal {
  mp__decimal_kind kind;
  bool negative;
  int scale;    /* digits shown after the point */
  int weight;   /* the first digit counts 10000^weight */
  size_t count; /* of digits */
  uint16_t digits[];
};

/* A finite 0 with `count` digits to be filled in, the first of which must stay 0 until
 * the value is rounded or finished: a carry may need it. NULL without memory. */
mp_decimal *mp__decimal_new(const mp_decimal_room *room, size_t count, int weight);
mp_decimal *mp__decimal_special(const mp_decimal_room *room, mp__decimal_kind kind);
/* Cut to `scale` digits after the point, half away from zero. */
void mp__decimal_round(mp_decimal *value, int scale);
/* Establish the invariant and check the bounds. */
MP_MUST_CHECK int mp__decimal_finish(mp_decimal *value, const mp_decimal **out);
/* Without their signs. */
int mp__decimal_compare_digits(const mp_decimal *a, const mp_decimal *b);
int mp__decimal_sign(const mp_decimal *value); /* of infinities, too; 0 for NaN */

#endif
