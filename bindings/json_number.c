/* json_number.c - JSON numbers to the Lua number that is the same, else to a decimal, and
 * floats to JSON. */
#include "error.h"
#include "values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* That many digits always survive the way through a double, away from the ends of its
 * range. */
#define SURE_DIGITS   15
#define SURE_EXPONENT 290
#define INT64_LIMIT   9223372036854775808.0

/* `at` is behind the "e". */
static int64_t read_exponent(const char *at, const char *end) {
  int64_t exponent = 0;
  if (at < end && *at == '+') at++;
  return mpl_read_integer(at, (size_t)(end - at), &exponent) ? exponent : INT64_MAX;
}

static bool is_sure(const char *text, size_t length) {
  int digits = 0;
  int64_t exponent = 0;
  for (size_t i = 0; i < length && digits <= SURE_DIGITS; i++) {
    if (text[i] == 'e' || text[i] == 'E') {
      exponent = read_exponent(text + i + 1, text + length);
      break;
    }
    if (text[i] >= '0' && text[i] <= '9') digits++;
  }
  return digits <= SURE_DIGITS && exponent >= -SURE_EXPONENT && exponent <= SURE_EXPONENT;
}

/* On top of the stack is the decimal; whether the double's shortest digits mean the same.
 */
static bool is_same(lua_State *L, double number) {
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *decimal = mpl_test_decimal(L, -1), *back = NULL;
  if (!isfinite(number) || mp_decimal_from_double(&room, number, &back) != MP_OK)
    return false;
  bool same = mp_decimal_compare(decimal, back) == 0;
  lua_pop(L, 1);
  return same;
}

static bool push_decimal(lua_State *L, const char *text, size_t length) {
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *out = NULL;
  return mp_decimal_parse(&room, text, length, &out) == MP_OK;
}

bool mpl_json_push_number(lua_State *L, const char *text, size_t length) {
  int64_t integer = 0;
  double number = 0;
  if (mpl_read_integer(text, length, &integer)) {
    lua_pushinteger(L, integer);
    return true;
  }
  if (!mpl_read_double(L, text, length, &number)) return false;
  if (!is_sure(text, length)) {
    if (!push_decimal(L, text, length)) return false;
    if (!is_same(L, number)) return true;
    lua_pop(L, 1);
  }
  lua_pushnumber(L, number);
  return true;
}

/* Whether the text without its exponent would be an integer that an int64 can hold. */
static bool is_whole(double number, const char *text) {
  const char *e = strchr(text, 'e'), *point = strchr(text, '.');
  if (e == NULL || fabs(number) > INT64_LIMIT) return false;
  return (point == NULL ? 0 : e - point - 1) <= strtol(e + 1, NULL, 10);
}

/* "4.5e+16" as "45000000000000000.0" */
static void put_whole(mpl_buffer *out, const char *text) {
  const char *e = strchr(text, 'e');
  long missing = strtol(e + 1, NULL, 10) + 1;
  for (; text < e; text++) {
    if (*text == '.') continue;
    mpl_buffer_byte(out, *text);
    if (*text != '-') missing--;
  }
  for (; missing > 0; missing--)
    mpl_buffer_byte(out, '0');
  mpl_buffer_text(out, ".0");
}

void mpl_json_encode_float(mpl_buffer *out, double number) {
  char text[MP_DOUBLE_TEXT];
  mp_double_to_text(number, text);
  if (is_whole(number, text)) {
    put_whole(out, text);
    return;
  }
  mpl_buffer_text(out, text);
  if (strpbrk(text, ".e") == NULL) mpl_buffer_text(out, ".0");
}
