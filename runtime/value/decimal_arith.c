/* decimal_arith.c - sums and products of decimals. */
#include "value/decimal.h"

static int larger(int a, int b) {
  return a > b ? a : b;
}

/* The weight of the last digit. */
static int lowest(const mp_decimal *value) {
  return value->weight - (int)value->count + 1;
}

static int digit_at(const mp_decimal *value, int weight) {
  int at = value->weight - weight;
  return at >= 0 && at < (int)value->count ? value->digits[at] : 0;
}

static int special(const mp_decimal_room *room, mp__decimal_kind kind,
                   const mp_decimal **out) {
  mp_decimal *value = mp__decimal_special(room, kind);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  return mp__decimal_finish(value, out);
}

/* |a| + sign * |b| for |a| >= |b|, with the sign of a unless `negative`. */
static int combine(const mp_decimal_room *room, const mp_decimal *a, const mp_decimal *b,
                   int sign, bool negative, const mp_decimal **out) {
  int bottom = a->count == 0 ? 0 : lowest(a);
  if (b->count > 0 && lowest(b) < bottom) bottom = lowest(b);
  int top = larger(a->weight, bottom) + 1;
  mp_decimal *sum = mp__decimal_new(room, (size_t)(top - bottom) + 1, top);
  if (sum == NULL) return MP_OUT_OF_MEMORY;
  sum->negative = negative;
  sum->scale = larger(a->scale, b->scale);

  int carry = 0;
  for (int weight = bottom; weight <= top; weight++) {
    int digit = digit_at(a, weight) + sign * digit_at(b, weight) + carry;
    carry = digit < 0 ? -1 : digit >= MP__DECIMAL_BASE;
    sum->digits[top - weight] = (uint16_t)(digit - carry * MP__DECIMAL_BASE);
  }
  return mp__decimal_finish(sum, out);
}

/* a + b, where b's sign counts as `b_sign`. */
static int add_signed(const mp_decimal_room *room, const mp_decimal *a,
                      const mp_decimal *b, bool b_negative, const mp_decimal **out) {
  bool b_larger = mp__decimal_compare_digits(a, b) < 0;
  int sign = a->negative == b_negative ? 1 : -1;
  if (b_larger) return combine(room, b, a, sign, b_negative, out);
  return combine(room, a, b, sign, a->negative, out);
}

/* Infinity of the given sign, for an infinite operand. */
static mp__decimal_kind infinity(int sign) {
  if (sign == 0) return MP__DECIMAL_NAN;
  return sign > 0 ? MP__DECIMAL_INFINITY : MP__DECIMAL_MINUS_INFINITY;
}

static int add_special(const mp_decimal_room *room, const mp_decimal *a,
                       const mp_decimal *b, int b_factor, const mp_decimal **out) {
  if (mp_decimal_is_nan(a) || mp_decimal_is_nan(b))
    return special(room, MP__DECIMAL_NAN, out);
  int a_sign = mp_decimal_is_finite(a) ? 0 : mp__decimal_sign(a);
  int b_sign = mp_decimal_is_finite(b) ? 0 : b_factor * mp__decimal_sign(b);
  return special(room, infinity(a_sign + b_sign), out);
}

int mp_decimal_add(const mp_decimal_room *room, const mp_decimal *a, const mp_decimal *b,
                   const mp_decimal **out) {
  if (!mp_decimal_is_finite(a) || !mp_decimal_is_finite(b)) {
    return add_special(room, a, b, 1, out);
  }
  return add_signed(room, a, b, b->negative, out);
}

int mp_decimal_subtract(const mp_decimal_room *room, const mp_decimal *a,
                        const mp_decimal *b, const mp_decimal **out) {
  if (!mp_decimal_is_finite(a) || !mp_decimal_is_finite(b)) {
    return add_special(room, a, b, -1, out);
  }
  return add_signed(room, a, b, !b->negative, out);
}

static void add_product(mp_decimal *sum, size_t at, const mp_decimal *b,
                        uint32_t factor) {
  uint32_t carry = 0;
  for (size_t j = b->count; j-- > 0;) {
    uint32_t digit = sum->digits[at + j + 1] + factor * b->digits[j] + carry;
    carry = digit / MP__DECIMAL_BASE;
    sum->digits[at + j + 1] = (uint16_t)(digit % MP__DECIMAL_BASE);
  }
  sum->digits[at] = (uint16_t)carry;
}

int mp_decimal_multiply(const mp_decimal_room *room, const mp_decimal *a,
                        const mp_decimal *b, const mp_decimal **out) {
  if (mp_decimal_is_nan(a) || mp_decimal_is_nan(b))
    return special(room, MP__DECIMAL_NAN, out);
  if (!mp_decimal_is_finite(a) || !mp_decimal_is_finite(b)) {
    return special(room, infinity(mp__decimal_sign(a) * mp__decimal_sign(b)), out);
  }
  mp_decimal *product =
      mp__decimal_new(room, a->count + b->count + 1, a->weight + b->weight + 2);
  if (product == NULL) return MP_OUT_OF_MEMORY;
  product->negative = a->negative != b->negative;
  product->scale = a->scale + b->scale;
  for (size_t i = a->count; i-- > 0;)
    add_product(product, i + 1, b, a->digits[i]);
  if (product->scale > MP__DECIMAL_SCALE_MAX) {
    mp__decimal_round(product, MP__DECIMAL_SCALE_MAX);
  }
  return mp__decimal_finish(product, out);
}
