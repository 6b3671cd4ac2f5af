/* shortest.c - the shortest decimal digits that read back as the same float. */
#include <moonpool/decimal.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX   17
#define EXPONENT_LOW (-5) /* from there on downwards the text has an exponent */

typedef struct digits {
  char text[DIGITS_MAX + 1];
  size_t count;
  int exponent; /* of the first digit */
} digits;

typedef struct format {
  bool is_float;
  bool is_strict; /* a decimal halfway to the next number is not taken */
  int bits;
  int sure;     /* digits that always survive; more before the point make an exponent */
  double whole; /* integers below have no more than those */
  double least; /* normal number */
} format;

static const format shortest = {false, false, DBL_MANT_DIG, DBL_DIG, 1e15, DBL_MIN},
                    float8 = {false, true, DBL_MANT_DIG, DBL_DIG, 1e15, DBL_MIN},
                    float4 = {true, true, FLT_MANT_DIG, FLT_DIG, 1e6, (double)FLT_MIN};

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
  out->text[out->count] = '\0';
  out->exponent = (int)strtol(e + 1, NULL, 10);
}

static bool reads_back(const char *text, double value, const format *as) {
  return as->is_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
}

/* Whether the decimal is `odd` * 2^exponent. */
static bool is_odd_times_power(const digits *number, uint64_t odd, int exponent) {
  int tens = number->exponent - (int)number->count + 1;
  uint64_t whole = strtoull(number->text, NULL, 10);
  bool overflow = tens < 0 || whole == 0;
  for (exponent -= tens; !overflow && whole % 2 == 0; exponent--)
    whole /= 2;
  for (; !overflow && tens > 0; tens--)
    overflow = __builtin_mul_overflow(whole, UINT64_C(5), &whole);
  return !overflow && exponent == 0 && whole == odd;
}

/* Whether the decimal lies in the middle of the number and one of its neighbours. Such a
 * one is an integer: halves have more digits than the number itself. */
static bool is_halfway(const digits *number, double value, const format *as) {
  int exponent = 0;
  double fraction = frexp(value, &exponent);
  uint64_t mantissa = (uint64_t)ldexp(fraction, as->bits);
  int half = exponent - as->bits - 1;
  bool is_power = fraction == 0.5; /* the neighbour below is twice as near */
  return is_odd_times_power(number, mantissa * 2 + 1, half) ||
         is_odd_times_power(number, mantissa * (is_power ? 4 : 2) - 1, half - is_power);
}

/* Any number of at most `sure` digits survives the way through a normal floating-point
 * number, so fewer need not be tried; a subnormal one has less to give. */
static void find_digits(double value, const format *as, digits *out) {
  char text[64];
  for (int precision = value < as->least ? 1 : as->sure;; precision++) {
    snprintf(text, sizeof(text), "%.*e", precision - 1, value);
    take_digits(text, out);
    if (precision >= DIGITS_MAX) return;
    if (!reads_back(text, value, as)) continue;
    if (!as->is_strict || !is_halfway(out, value, as)) return;
  }
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

static size_t put_number(double value, const format *as, char *out) {
  char *start = out;
  if (signbit(value)) *out++ = '-';
  double size = fabs(value);
  digits number = {.count = 0};
  if (size < as->whole && size == (double)(int64_t)size) {
    out += sprintf(out, "%.0f", size);
    return (size_t)(out - start);
  }
  find_digits(size, as, &number);
  bool plain = number.exponent > EXPONENT_LOW && number.exponent < as->sure;
  if (!plain)
    out = put_exponential(&number, out);
  else if (number.exponent < 0)
    out = put_fraction(&number, out);
  else
    out = put_plain(&number, out);
  *out = '\0';
  return (size_t)(out - start);
}

static size_t to_text(double value, const format *as, char *out) {
  if (isnan(value)) return (size_t)sprintf(out, "NaN");
  if (isinf(value)) return (size_t)sprintf(out, value < 0 ? "-Infinity" : "Infinity");
  return put_number(value, as, out);
}

size_t mp_double_to_text(double value, char out[MP_DOUBLE_TEXT]) {
  return to_text(value, &shortest, out);
}

size_t mp_float8_to_text(double value, char out[MP_DOUBLE_TEXT]) {
  return to_text(value, &float8, out);
}

size_t mp_float4_to_text(float value, char out[MP_DOUBLE_TEXT]) {
  return to_text((double)value, &float4, out);
}
