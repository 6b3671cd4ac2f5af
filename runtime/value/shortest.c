/* shortest.c - the shortest decimal digits that read back as the same float. */
#include <moonpool/decimal.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX    17
#define EXPONENT_LOW  (-5) /* from here and to there the text has an exponent */
#define EXPONENT_HIGH 15
#define WHOLE_MAX     1e15

typedef struct digits {
  char text[DIGITS_MAX + 1];
  size_t count;
  int exponent; /* of the first digit */
} digits;

/* The locale's decimal point may be any bytes, so only digits are taken from printf's
 * text. */
static void take_digits(const char *text, digits *out) {
  const char *e = strchr(text, 'e');
  out->count = 0;
  for (; text < e; text++) {
    if (*text >= '0' && *text <= '9' && out->count < DIGITS_MAX)
      out->text[out->count++] = *text;
  }
  while (out->count > 1 && out->text[out->count - 1] == '0')
    out->count--;
  out->exponent = (int)strtol(e + 1, NULL, 10);
}

static bool reads_back(const char *text, double value, bool single) {
  return single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
}

/* Any number of at most `sure` digits survives the way through a normal floating-point
 * number, so fewer need not be tried; a subnormal one has less to give. */
static void find_digits(double value, bool single, digits *out) {
  char text[64];
  int sure = single ? FLT_DIG : DBL_DIG;
  int precision = value < (single ? (double)FLT_MIN : DBL_MIN) ? 1 : sure;
  for (;; precision++) {
    snprintf(text, sizeof(text), "%.*e", precision - 1, value);
    if (precision >= DIGITS_MAX || reads_back(text, value, single)) break;
  }
  take_digits(text, out);
}

static char *put_exponential(const digits *number, char *out) {
  *out++ = number->text[0];
  if (number->count > 1) *out++ = '.';
  for (size_t i = 1; i < number->count; i++)
    *out++ = number->text[i];
  return out + sprintf(out, "e%+03d", number->exponent);
}

/* At least one digit before the point. */
static char *put_plain(const digits *number, char *out) {
  size_t whole = (size_t)number->exponent + 1;
  for (size_t at = 0; at < whole || at < number->count; at++) {
    if (at == whole) *out++ = '.';
    *out = '0';
    if (at < number->count) *out = number->text[at];
    out++;
  }
  return out;
}

static char *put_fraction(const digits *number, char *out) {
  out += sprintf(out, "0.");
  for (int zeros = -1; zeros > number->exponent; zeros--)
    *out++ = '0';
  for (size_t i = 0; i < number->count; i++)
    *out++ = number->text[i];
  return out;
}

static size_t put_number(double value, bool single, char *out) {
  char *start = out;
  if (signbit(value)) *out++ = '-';
  double size = fabs(value);
  digits number = {.count = 0};
  if (size < WHOLE_MAX && size == (double)(int64_t)size) {
    out += sprintf(out, "%.0f", size);
    return (size_t)(out - start);
  }
  find_digits(size, single, &number);
  bool plain = number.exponent > EXPONENT_LOW && number.exponent < EXPONENT_HIGH;
  if (!plain)
    out = put_exponential(&number, out);
  else if (number.exponent < 0)
    out = put_fraction(&number, out);
  else
    out = put_plain(&number, out);
  *out = '\0';
  return (size_t)(out - start);
}

static size_t to_text(double value, bool single, char *out) {
  if (isnan(value)) return (size_t)sprintf(out, "NaN");
  if (isinf(value)) return (size_t)sprintf(out, value < 0 ? "-Infinity" : "Infinity");
  return put_number(value, single, out);
}

size_t mp_double_to_text(double value, char out[MP_DOUBLE_TEXT]) {
  return to_text(value, false, out);
}

size_t mp_float_to_text(float value, char out[MP_DOUBLE_TEXT]) {
  return to_text((double)value, true, out);
}
