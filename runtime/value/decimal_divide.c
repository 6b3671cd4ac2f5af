/* decimal_divide.c - quotients of decimals, by long division in base 10000. */
#include "value/decimal.h"

#include <string.h>

/* As the server: at least this many significant digits, at most this scale. */
#define QUOTIENT_DIGITS_MIN 16
#define QUOTIENT_SCALE_MAX  1000

/* One long division: `rest` starts as the dividend behind a 0 and ends as the remainder;
 * both are scaled so that the divisor's first digit is at least half of the base. */
typedef struct division {
  uint16_t *rest, *divisor;
  size_t rest_count, divisor_count, quotient_count;
} division;

static void scale_up(uint16_t *digits, size_t count, uint32_t factor) {
  uint32_t carry = 0;
  for (size_t i = count; i-- > 0;) {
    uint32_t digit = digits[i] * factor + carry;
    digits[i] = (uint16_t)(digit % MP__DECIMAL_BASE);
    carry = digit / MP__DECIMAL_BASE;
  }
}

/* A divisor of one digit gets a 0 behind it, so that there are always two to guess by. */
static bool begin(const mp_decimal_room *room, const mp_decimal *a, const mp_decimal *b,
                  size_t quotient_count, division *work) {
  size_t n = b->count > 1 ? b->count : 2;
  size_t m = quotient_count + n;
  uint16_t *memory = room->take(room->data, (m + n) * sizeof(uint16_t));
  if (memory == NULL) return false;
  memset(memory, 0, (m + n) * sizeof(uint16_t));
  *work = (division){memory, memory + m, m, n, quotient_count};
  size_t used = a->count < m - 1 ? a->count : m - 1;
  memcpy(work->rest + 1, a->digits, used * sizeof(uint16_t));
  memcpy(work->divisor, b->digits, b->count * sizeof(uint16_t));

  uint32_t factor = MP__DECIMAL_BASE / ((uint32_t)b->digits[0] + 1);
  scale_up(work->rest, m, factor);
  scale_up(work->divisor, n, factor);
  return true;
}

/* Knuth's guess from the leading digits: never too small, at most one too large. */
static uint32_t guess(const division *work, size_t at) {
  const uint16_t *u = work->rest + at, *v = work->divisor;
  uint32_t lead = (uint32_t)u[0] * MP__DECIMAL_BASE + u[1];
  uint32_t digit = lead / v[0], left = lead % v[0];
  while (digit >= MP__DECIMAL_BASE || digit * v[1] > left * MP__DECIMAL_BASE + u[2]) {
    digit--;
    left += v[0];
    if (left >= MP__DECIMAL_BASE) break;
  }
  return digit;
}

/* rest -= digit * divisor at `at`; true where that went below zero. */
static bool subtract(division *work, size_t at, uint32_t digit) {
  uint16_t *u = work->rest + at;
  int64_t carry = 0;
  for (size_t i = work->divisor_count; i-- > 0;) {
    int64_t value = u[i + 1] - (int64_t)digit * work->divisor[i] + carry;
    carry = value < 0 ? -((-value + MP__DECIMAL_BASE - 1) / MP__DECIMAL_BASE) : 0;
    u[i + 1] = (uint16_t)(value - carry * MP__DECIMAL_BASE);
  }
  int64_t top = u[0] + carry;
  u[0] = (uint16_t)(top < 0 ? top + MP__DECIMAL_BASE : top);
  return top < 0;
}

static void add_back(division *work, size_t at) {
  uint16_t *u = work->rest + at;
  int carry = 0;
  for (size_t i = work->divisor_count; i-- > 0;) {
    int value = u[i + 1] + work->divisor[i] + carry;
    carry = value >= MP__DECIMAL_BASE;
    u[i + 1] = (uint16_t)(value - carry * MP__DECIMAL_BASE);
  }
  u[0] = (uint16_t)((u[0] + carry) % MP__DECIMAL_BASE);
}

static void divide_digits(division *work, uint16_t *quotient) {
  for (size_t at = 0; at < work->quotient_count; at++) {
    uint32_t digit = guess(work, at);
    if (subtract(work, at, digit)) {
      digit--;
      add_back(work, at);
    }
    quotient[at] = (uint16_t)digit;
  }
}

/* The quotient's digits down to 10000^-groups, cut and not rounded; *exact tells whether
 * nothing was lost. Both operands are finite, b is not zero. */
static int truncated(const mp_decimal_room *room, const mp_decimal *a,
                     const mp_decimal *b, int groups, mp_decimal **out, bool *exact) {
  int count = a->weight - b->weight + groups + 1;
  *exact = a->count == 0;
  if (a->count == 0 || count <= 0) {
    *out = mp__decimal_new(room, 1, 0);
    return *out == NULL ? MP_OUT_OF_MEMORY : MP_OK;
  }
  division work;
  if (!begin(room, a, b, (size_t)count, &work)) return MP_OUT_OF_MEMORY;
  mp_decimal *quotient =
      mp__decimal_new(room, (size_t)count + 1, a->weight - b->weight + 1);
  if (quotient == NULL) return MP_OUT_OF_MEMORY;
  divide_digits(&work, quotient->digits + 1);

  *exact = a->count <= work.rest_count - 1;
  for (size_t i = 0; i < work.rest_count && *exact; i++)
    *exact = work.rest[i] == 0;
  quotient->negative = a->negative != b->negative;
  *out = quotient;
  return MP_OK;
}

static int quotient_scale(const mp_decimal *a, const mp_decimal *b) {
  int weight = a->weight - b->weight;
  if ((a->count > 0 ? a->digits[0] : 0) <= b->digits[0]) weight--;
  int scale = QUOTIENT_DIGITS_MIN - weight * MP__DECIMAL_GROUP;
  if (scale < a->scale) scale = a->scale;
  if (scale < b->scale) scale = b->scale;
  if (scale < 0) scale = 0;
  return scale > QUOTIENT_SCALE_MAX ? QUOTIENT_SCALE_MAX : scale;
}

static mp_decimal *special_quotient(const mp_decimal_room *room, const mp_decimal *a,
                                    const mp_decimal *b) {
  bool both = !mp_decimal_is_finite(a) && !mp_decimal_is_finite(b);
  if (mp_decimal_is_nan(a) || mp_decimal_is_nan(b) || both) {
    return mp__decimal_special(room, MP__DECIMAL_NAN);
  }
  if (mp_decimal_is_finite(a)) return mp__decimal_new(room, 0, 0);
  bool negative = (mp__decimal_sign(a) < 0) != (mp__decimal_sign(b) < 0);
  return mp__decimal_special(room, negative ? MP__DECIMAL_MINUS_INFINITY
                                            : MP__DECIMAL_INFINITY);
}

/* Handles what is not plain long division; false where it is. */
static bool divide_special(const mp_decimal_room *room, const mp_decimal *a,
                           const mp_decimal *b, const mp_decimal **out, int *status) {
  bool nan = mp_decimal_is_nan(a) || mp_decimal_is_nan(b);
  if (!nan && mp__decimal_sign(b) == 0) {
    *status = MP_BAD_ARGUMENT;
    return true;
  }
  if (mp_decimal_is_finite(a) && mp_decimal_is_finite(b)) return false;
  mp_decimal *value = special_quotient(room, a, b);
  *status = value == NULL ? MP_OUT_OF_MEMORY : mp__decimal_finish(value, out);
  return true;
}

int mp_decimal_divide(const mp_decimal_room *room, const mp_decimal *a,
                      const mp_decimal *b, const mp_decimal **out) {
  int status = MP_OK;
  if (divide_special(room, a, b, out, &status)) return status;
  int scale = quotient_scale(a, b);
  mp_decimal *quotient = NULL;
  bool exact = false;
  status = truncated(room, a, b, scale / MP__DECIMAL_GROUP + 1, &quotient, &exact);
  if (status != MP_OK) return status;
  mp__decimal_round(quotient, scale);
  return mp__decimal_finish(quotient, out);
}

int mp_decimal_floor_divide(const mp_decimal_room *room, const mp_decimal *a,
                            const mp_decimal *b, const mp_decimal **out) {
  int status = MP_OK;
  if (divide_special(room, a, b, out, &status)) return status;
  mp_decimal *quotient = NULL;
  bool exact = false;
  status = truncated(room, a, b, 0, &quotient, &exact);
  if (status != MP_OK) return status;
  if (!exact && a->negative != b->negative) {
    size_t at = quotient->count - 1;
    quotient->negative = true;
    while (quotient->digits[at] == MP__DECIMAL_BASE - 1)
      quotient->digits[at--] = 0;
    quotient->digits[at]++;
  }
  return mp__decimal_finish(quotient, out);
}
