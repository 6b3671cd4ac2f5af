/* decimal_text.c - decimals to and from text and machine numbers. */
#include "value/decimal.h"

#include <stdio.h>
#include <string.h>

#define EXPONENT_MAX 1000000 /* beyond any that can be in bounds */

typedef struct number_text {
  const char *digits, *end; /* from the first digit; the point is somewhere in between */
  size_t digit_count;       /* without leading zeros */
  int64_t whole; /* of them before the point, after the exponent; may be negative */
  int64_t scale;
  bool negative;
} number_text;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(const char *text, size_t length, const char *word) {
  if (strlen(word) != length) return false;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c + ('a' - 'A'));
    if (c != word[i]) return false;
  }
  return true;
}

static bool find_special(const char *text, size_t length, mp__decimal_kind *kind) {
  static const struct {
    const char *word;
    mp__decimal_kind kind;
  } words[] = {
      {"nan", MP__DECIMAL_NAN},
      {"infinity", MP__DECIMAL_INFINITY},
      {"inf", MP__DECIMAL_INFINITY},
      {"+infinity", MP__DECIMAL_INFINITY},
      {"+inf", MP__DECIMAL_INFINITY},
      {"-infinity", MP__DECIMAL_MINUS_INFINITY},
      {"-inf", MP__DECIMAL_MINUS_INFINITY},
  };
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
    if (!is_word(text, length, words[i].word)) continue;
    *kind = words[i].kind;
    return true;
  }
  return false;
}

/* The exponent that starts at `at`, 0 where there is none; false where it is malformed.
 */
static bool read_exponent(const char *at, const char *end, int64_t *exponent) {
  *exponent = 0;
  if (at == end) return true;
  if (*at != 'e' && *at != 'E') return false;
  bool negative = ++at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end) return false;
  for (; at < end; at++) {
    if (!is_digit(*at)) return false;
    if (*exponent < EXPONENT_MAX) *exponent = *exponent * 10 + (*at - '0');
  }
  if (negative) *exponent = -*exponent;
  return true;
}

static bool read_number(const char *at, const char *end, number_text *number) {
  *number = (number_text){.negative = at < end && *at == '-'};
  if (at < end && (*at == '-' || *at == '+')) at++;
  bool any = false, after_point = false;
  int64_t fraction = 0, exponent = 0;
  number->digits = at;
  for (; at < end && (is_digit(*at) || (*at == '.' && !after_point)); at++) {
    if (*at == '.') {
      after_point = true;
      continue;
    }
    any = true;
    if (after_point) fraction++;
    if (number->digit_count > 0 || *at != '0') number->digit_count++;
  }
  number->end = at;
  if (!any || !read_exponent(at, end, &exponent)) return false;
  number->whole = (int64_t)number->digit_count - fraction + exponent;
  number->scale = fraction > exponent ? fraction - exponent : 0;
  return true;
}

/* Where the digit that counts 10^(whole-1) stands in its group, from the left. */
static int first_place(int64_t whole) {
  int64_t place = (whole - 1) % MP__DECIMAL_GROUP;
  return (int)(MP__DECIMAL_GROUP - 1 - (place < 0 ? place + MP__DECIMAL_GROUP : place));
}

static int first_weight(int64_t whole) {
  int64_t power = whole - 1;
  return (int)(power >= 0 ? power / MP__DECIMAL_GROUP
                          : (power + 1) / MP__DECIMAL_GROUP - 1);
}

static void fill(mp_decimal *value, const number_text *number, size_t place) {
  static const int unit[] = {1000, 100, 10, 1};
  const char *at = number->digits;
  for (size_t left = number->digit_count; left > 0; at++) {
    if (*at == '.' || (left == number->digit_count && *at == '0')) continue;
    uint16_t *digit = &value->digits[1 + place / MP__DECIMAL_GROUP];
    *digit = (uint16_t)(*digit + (*at - '0') * unit[place % MP__DECIMAL_GROUP]);
    place++;
    left--;
  }
}

int mp_decimal_parse(const mp_decimal_room *room, const char *text, size_t length,
                     const mp_decimal **out) {
  const char *end = text + length;
  while (text < end && is_space(*text))
    text++;
  while (text < end && is_space(end[-1]))
    end--;

  mp_decimal *value = NULL;
  mp__decimal_kind kind;
  if (find_special(text, (size_t)(end - text), &kind)) {
    value = mp__decimal_special(room, kind);
    if (value == NULL) return MP_OUT_OF_MEMORY;
    return mp__decimal_finish(value, out);
  }
  number_text number;
  if (!read_number(text, end, &number)) return MP_BAD_ARGUMENT;
  if (number.scale > MP__DECIMAL_SCALE_MAX) return MP_ENCODE;
  if (number.digit_count == 0) number.whole = 1;
  int64_t whole_max = ((int64_t)MP__DECIMAL_WEIGHT_MAX + 1) * MP__DECIMAL_GROUP;
  if (number.whole > whole_max) return MP_ENCODE;

  size_t place = (size_t)first_place(number.whole);
  size_t groups =
      (place + number.digit_count + MP__DECIMAL_GROUP - 1) / MP__DECIMAL_GROUP;
  value = mp__decimal_new(room, groups + 1, first_weight(number.whole) + 1);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  value->negative = number.negative;
  value->scale = (int)number.scale;
  fill(value, &number, place);
  return mp__decimal_finish(value, out);
}

int mp_decimal_from_int64(const mp_decimal_room *room, int64_t integer,
                          const mp_decimal **out) {
  mp_decimal *value = mp__decimal_new(room, 5, 4);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
  for (size_t i = 5; i-- > 0; rest /= MP__DECIMAL_BASE) {
    value->digits[i] = (uint16_t)(rest % MP__DECIMAL_BASE);
  }
  value->negative = integer < 0;
  return mp__decimal_finish(value, out);
}

int mp_decimal_from_double(const mp_decimal_room *room, double value,
                           const mp_decimal **out) {
  char text[MP_DOUBLE_TEXT];
  size_t length = mp_double_to_text(value, text);
  return mp_decimal_parse(room, text, length, out);
}

bool mp_decimal_to_int64(const mp_decimal *value, int64_t *out) {
  if (value->kind != MP__DECIMAL_FINITE) return false;
  if (value->count > 0 && value->weight + 1 < (int)value->count) return false;
  if (value->count > 0 && value->weight > 4) return false;
  uint64_t limit = value->negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
  uint64_t sum = 0;
  for (size_t i = 0; value->count > 0 && (int)i <= value->weight; i++) {
    uint64_t digit = i < value->count ? value->digits[i] : 0;
    if (sum > (limit - digit) / MP__DECIMAL_BASE) return false;
    sum = sum * MP__DECIMAL_BASE + digit;
  }
  *out = value->negative ? (int64_t)(0 - sum) : (int64_t)sum;
  return true;
}

size_t mp_decimal_text_size(const mp_decimal *value) {
  size_t groups = value->weight > 0 ? (size_t)value->weight + 1 : 1;
  return groups * MP__DECIMAL_GROUP + (size_t)value->scale + MP__DECIMAL_GROUP + 12;
}

static int digit_at(const mp_decimal *value, int weight) {
  int64_t at = (int64_t)value->weight - weight;
  return at >= 0 && (uint64_t)at < value->count ? value->digits[at] : 0;
}

static char *put_group(char *out, int digit) {
  for (int unit = MP__DECIMAL_BASE / 10; unit > 0; unit /= 10) {
    *out++ = (char)('0' + digit / unit % 10);
  }
  return out;
}

static char *put_finite(const mp_decimal *value, char *out) {
  if (value->negative) *out++ = '-';
  out += sprintf(out, "%d", value->weight >= 0 ? digit_at(value, value->weight) : 0);
  for (int weight = value->weight - 1; weight >= 0; weight--) {
    out = put_group(out, digit_at(value, weight));
  }
  if (value->scale == 0) return out;
  *out++ = '.';
  char *end = out + value->scale;
  for (int weight = -1; out < end; weight--)
    out = put_group(out, digit_at(value, weight));
  return end;
}

size_t mp_decimal_to_text(const mp_decimal *value, char *out) {
  char *end = out;
  switch (value->kind) {
  case MP__DECIMAL_FINITE:
    end = put_finite(value, out);
    break;
  case MP__DECIMAL_NAN:
    end = out + sprintf(out, "NaN");
    break;
  case MP__DECIMAL_INFINITY:
    end = out + sprintf(out, "Infinity");
    break;
  case MP__DECIMAL_MINUS_INFINITY:
    end = out + sprintf(out, "-Infinity");
    break;
  }
  *end = '\0';
  return (size_t)(end - out);
}
