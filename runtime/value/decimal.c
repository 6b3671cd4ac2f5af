/* decimal.c - a decimal's form: making, finishing, rounding, comparing. */
#include "value/decimal.h"

#include <string.h>

static const int power_of_ten[] = {1, 10, 100, 1000, 10000};

mp_decimal *mp__decimal_new(const mp_decimal_room *room, size_t count, int weight) {
  mp_decimal *value = room->take(room->data, sizeof(*value) + count * sizeof(uint16_t));
  if (value == NULL) return NULL;
  *value = (mp_decimal){.kind = MP__DECIMAL_FINITE, .weight = weight, .count = count};
  memset(value->digits, 0, count * sizeof(uint16_t));
  return value;
}

mp_decimal *mp__decimal_special(const mp_decimal_room *room, mp__decimal_kind kind) {
  mp_decimal *value = mp__decimal_new(room, 0, 0);
  if (value != NULL) value->kind = kind;
  return value;
}

static void carry_up(mp_decimal *value, size_t at, int amount) {
  int digit = value->digits[at] + amount;
  while (digit >= MP__DECIMAL_BASE && at > 0) {
    value->digits[at] = (uint16_t)(digit - MP__DECIMAL_BASE);
    digit = value->digits[--at] + 1;
  }
  value->digits[at] = (uint16_t)digit;
}

/* Keep the first `keep` decimal digits. */
static void cut(mp_decimal *value, size_t keep) {
  size_t at = keep / MP__DECIMAL_GROUP;
  int unit = power_of_ten[MP__DECIMAL_GROUP - (int)(keep % MP__DECIMAL_GROUP)];
  int dropped = value->digits[at] % unit;
  value->digits[at] = (uint16_t)(value->digits[at] - dropped);
  value->count = at + 1;
  if (2 * dropped < unit) return;
  if (unit < MP__DECIMAL_BASE)
    carry_up(value, at, unit);
  else if (at > 0)
    carry_up(value, at - 1, 1);
}

void mp__decimal_round(mp_decimal *value, int scale) {
  int64_t keep = ((int64_t)value->weight + 1) * MP__DECIMAL_GROUP + scale;
  value->scale = scale > 0 ? scale : 0;
  if (keep < 0)
    value->count = 0;
  else if ((uint64_t)keep < value->count * MP__DECIMAL_GROUP)
    cut(value, (size_t)keep);
}

int mp__decimal_finish(mp_decimal *value, const mp_decimal **out) {
  size_t zeros = 0;
  while (value->count > 0 && value->digits[value->count - 1] == 0)
    value->count--;
  while (zeros < value->count && value->digits[zeros] == 0)
    zeros++;
  value->count -= zeros;
  value->weight -= (int)zeros;
  memmove(value->digits, value->digits + zeros, value->count * sizeof(uint16_t));
  if (value->count == 0) {
    value->weight = 0;
    value->negative = false;
  }
  if (value->weight > MP__DECIMAL_WEIGHT_MAX || value->scale > MP__DECIMAL_SCALE_MAX) {
    return MP_ENCODE;
  }
  *out = value;
  return MP_OK;
}

int mp__decimal_sign(const mp_decimal *value) {
  switch (value->kind) {
  case MP__DECIMAL_MINUS_INFINITY:
    return -1;
  case MP__DECIMAL_INFINITY:
    return 1;
  case MP__DECIMAL_NAN:
    return 0;
  case MP__DECIMAL_FINITE:
    break;
  }
  if (value->count == 0) return 0;
  return value->negative ? -1 : 1;
}

int mp__decimal_compare_digits(const mp_decimal *a, const mp_decimal *b) {
  if (a->count == 0 || b->count == 0) return (a->count > 0) - (b->count > 0);
  if (a->weight != b->weight) return a->weight < b->weight ? -1 : 1;
  for (size_t i = 0; i < a->count && i < b->count; i++) {
    if (a->digits[i] != b->digits[i]) return a->digits[i] < b->digits[i] ? -1 : 1;
  }
  return (a->count > b->count) - (a->count < b->count);
}

int mp_decimal_compare(const mp_decimal *a, const mp_decimal *b) {
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  int sign = mp__decimal_sign(a), other = mp__decimal_sign(b);
  if (a->kind != MP__DECIMAL_FINITE) return 0;
  if (sign != other) return sign < other ? -1 : 1;
  return sign < 0 ? mp__decimal_compare_digits(b, a) : mp__decimal_compare_digits(a, b);
}

int mp_decimal_scale(const mp_decimal *value) {
  return value->scale;
}

bool mp_decimal_is_nan(const mp_decimal *value) {
  return value->kind == MP__DECIMAL_NAN;
}

bool mp_decimal_is_finite(const mp_decimal *value) {
  return value->kind == MP__DECIMAL_FINITE;
}

static mp_decimal *copy(const mp_decimal_room *room, const mp_decimal *a) {
  if (a->kind != MP__DECIMAL_FINITE) return mp__decimal_special(room, a->kind);
  mp_decimal *value = mp__decimal_new(room, a->count + 1, a->weight + 1);
  if (value == NULL) return NULL;
  value->negative = a->negative;
  value->scale = a->scale;
  memcpy(value->digits + 1, a->digits, a->count * sizeof(uint16_t));
  return value;
}

int mp_decimal_negate(const mp_decimal_room *room, const mp_decimal *a,
                      const mp_decimal **out) {
  mp_decimal *value = copy(room, a);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  value->negative = !a->negative;
  if (a->kind == MP__DECIMAL_INFINITY) value->kind = MP__DECIMAL_MINUS_INFINITY;
  if (a->kind == MP__DECIMAL_MINUS_INFINITY) value->kind = MP__DECIMAL_INFINITY;
  return mp__decimal_finish(value, out);
}

int mp_decimal_round(const mp_decimal_room *room, const mp_decimal *a, int scale,
                     const mp_decimal **out) {
  mp_decimal *value = copy(room, a);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  if (value->kind == MP__DECIMAL_FINITE) mp__decimal_round(value, scale);
  return mp__decimal_finish(value, out);
}
