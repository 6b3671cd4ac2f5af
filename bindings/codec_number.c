/* codec_number.c - booleans, integers and floats: exact, or refused. */
#include "codec_types.h"
#include "values.h"
#include "wire.h"

#include <lauxlib.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define NUMBER_TEXT_MAX 64
#define FLOAT4_WHOLE_MAX                                                                 \
  16777216 /* whole numbers below are their own shortest digits                          \
            */

void mpl_encode_bool(mpl_encoder *encoder, int index) {
  if (!lua_isboolean(encoder->L, index)) mpl_refuse_type(encoder, index);
  mpl_buffer_byte(encoder->out, (char)lua_toboolean(encoder->L, index));
}

bool mpl_decode_bool(lua_State *L, const char *bytes, size_t length) {
  lua_pushboolean(L, length == 1 && bytes[0] != 0);
  return length == 1;
}

bool mpl_decode_bool_text(lua_State *L, const char *bytes, size_t length) {
  lua_pushboolean(L, length == 1 && bytes[0] == 't');
  return length == 1 && (bytes[0] == 't' || bytes[0] == 'f');
}

static const char hint_fraction[] =
    "round it first, for example with math.floor(x + 0.5)";

static void refuse_number(const mpl_encoder *encoder, int index) {
  char text[MP_DOUBLE_TEXT];
  if (lua_isinteger(encoder->L, index)) {
    mpl_refuse(encoder, NULL, "%lld does not fit %s",
               (long long)lua_tointeger(encoder->L, index), encoder->type);
  }
  double number = lua_tonumber(encoder->L, index);
  mp_double_to_text(number, text);
  const char *hint = isfinite(number) && number != floor(number) ? hint_fraction : NULL;
  mpl_refuse(encoder, hint, "%s does not fit %s", text, encoder->type);
}

/* An integer, a float or a decimal that is one, in the bounds. */
static int64_t take_integer(mpl_encoder *encoder, int index, int64_t least,
                            int64_t most) {
  lua_State *L = encoder->L;
  int64_t value = 0;
  int is_integer = 0;
  const mp_decimal *decimal = NULL;
  if (lua_type(L, index) == LUA_TNUMBER) {
    value = lua_tointegerx(L, index, &is_integer);
  } else {
    decimal = mpl_test_decimal(L, index);
    if (decimal == NULL) mpl_refuse_type(encoder, index);
    is_integer = mp_decimal_to_int64(decimal, &value);
  }
  if (is_integer && value >= least && value <= most) return value;
  if (decimal == NULL) refuse_number(encoder, index);
  mpl_refuse(encoder, NULL, "the decimal does not fit %s", encoder->type);
}

static void put_integer(mpl_encoder *encoder, size_t size, int64_t value) {
  mpl_put_bytes(mpl_buffer_extend(encoder->out, size), size, (uint64_t)value);
}

void mpl_encode_int2(mpl_encoder *encoder, int index) {
  put_integer(encoder, 2, take_integer(encoder, index, INT16_MIN, INT16_MAX));
}

void mpl_encode_int4(mpl_encoder *encoder, int index) {
  put_integer(encoder, 4, take_integer(encoder, index, INT32_MIN, INT32_MAX));
}

void mpl_encode_int8(mpl_encoder *encoder, int index) {
  put_integer(encoder, 8, take_integer(encoder, index, INT64_MIN, INT64_MAX));
}

void mpl_encode_oid(mpl_encoder *encoder, int index) {
  put_integer(encoder, 4, take_integer(encoder, index, 0, UINT32_MAX));
}

void mpl_encode_xid8(mpl_encoder *encoder, int index) {
  put_integer(encoder, 8, take_integer(encoder, index, 0, INT64_MAX));
}

bool mpl_decode_int2(lua_State *L, const char *bytes, size_t length) {
  if (length != 2) return false;
  lua_pushinteger(L, (int16_t)mpl_get_u16(bytes));
  return true;
}

bool mpl_decode_int4(lua_State *L, const char *bytes, size_t length) {
  if (length != 4) return false;
  lua_pushinteger(L, (int32_t)mpl_get_u32(bytes));
  return true;
}

bool mpl_decode_int8(lua_State *L, const char *bytes, size_t length) {
  if (length != 8) return false;
  lua_pushinteger(L, (int64_t)mpl_get_u64(bytes));
  return true;
}

bool mpl_decode_oid(lua_State *L, const char *bytes, size_t length) {
  if (length != 4) return false;
  lua_pushinteger(L, mpl_get_u32(bytes));
  return true;
}

bool mpl_read_integer(const char *text, size_t length, int64_t *out) {
  bool negative = length > 0 && text[0] == '-';
  uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, sum = 0;
  if (length == (size_t)negative) return false;
  for (size_t i = negative; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    uint64_t digit = (uint64_t)(text[i] - '0');
    if (sum > (limit - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *out = negative ? (int64_t)(0 - sum) : (int64_t)sum;
  return true;
}

bool mpl_decode_int_text(lua_State *L, const char *bytes, size_t length) {
  int64_t value = 0;
  if (!mpl_read_integer(bytes, length, &value)) return false;
  lua_pushinteger(L, value);
  return true;
}

static double take_decimal(mpl_encoder *encoder, const mp_decimal *decimal) {
  lua_State *L = encoder->L;
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *back = NULL;
  char *text = lua_newuserdatauv(L, mp_decimal_text_size(decimal), 0);
  double value = 0;
  bool same = mpl_read_double(L, text, mp_decimal_to_text(decimal, text), &value) &&
              mp_decimal_from_double(&room, value, &back) == MP_OK &&
              mp_decimal_compare(decimal, back) == 0;
  if (!same)
    mpl_refuse(encoder, NULL, "the decimal does not fit %s exactly", encoder->type);
  lua_pop(L, 2);
  return value;
}

/* A double for float8: what has more digits than it can keep is refused. */
static double take_float(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  if (lua_type(L, index) != LUA_TNUMBER) {
    const mp_decimal *decimal = mpl_test_decimal(L, index);
    if (decimal == NULL) mpl_refuse_type(encoder, index);
    return take_decimal(encoder, decimal);
  }
  double value = lua_tonumber(L, index);
  int exact = 1;
  if (lua_isinteger(L, index)) {
    lua_pushnumber(L, value);
    exact = lua_compare(L, -1, index, LUA_OPEQ);
    lua_pop(L, 1);
  }
  if (!exact) refuse_number(encoder, index);
  return value;
}

void mpl_encode_float8(mpl_encoder *encoder, int index) {
  double value = take_float(encoder, index);
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof(bits));
  mpl_put_bytes(mpl_buffer_extend(encoder->out, 8), 8, bits);
}

/* What a float4 reads back as: its shortest digits, so that 0.1 stays 0.1. */
static double widen(lua_State *L, float single) {
  double value = (double)single;
  char text[MP_DOUBLE_TEXT];
  if (!isfinite(single)) return value;
  if (single == truncf(single) && fabsf(single) < FLOAT4_WHOLE_MAX) return value;
  size_t length = mp_float4_to_text(single, text);
  mpl_read_double(L, text, length, &value);
  return value;
}

void mpl_encode_float4(mpl_encoder *encoder, int index) {
  double value = take_float(encoder, index);
  float single = isfinite(value) && fabs(value) > (double)3.4028235677973366e38
                     ? (float)INFINITY
                     : (float)value;
  bool fits =
      isnan(value) || (double)single == value || widen(encoder->L, single) == value;
  if (!fits) {
    char text[MP_DOUBLE_TEXT];
    mp_double_to_text(value, text);
    mpl_refuse(encoder,
               "use float8, cast the parameter ($1::float8), or round the number first",
               "%s does not fit %s exactly", text, encoder->type);
  }
  uint32_t bits = 0;
  memcpy(&bits, &single, sizeof(bits));
  mpl_buffer_u32(encoder->out, bits);
}

bool mpl_decode_float8(lua_State *L, const char *bytes, size_t length) {
  if (length != 8) return false;
  uint64_t bits = mpl_get_u64(bytes);
  double value = 0;
  memcpy(&value, &bits, sizeof(value));
  lua_pushnumber(L, value);
  return true;
}

bool mpl_decode_float4(lua_State *L, const char *bytes, size_t length) {
  if (length != 4) return false;
  uint32_t bits = mpl_get_u32(bytes);
  float single = 0;
  memcpy(&single, &bits, sizeof(single));
  lua_pushnumber(L, widen(L, single));
  return true;
}

static bool read_special(const char *text, size_t length, double *out) {
  static const struct {
    const char *word;
    double value;
  } words[] = {{"NaN", (double)NAN},
               {"Infinity", (double)INFINITY},
               {"-Infinity", -(double)INFINITY}};
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
    if (strlen(words[i].word) != length || memcmp(words[i].word, text, length) != 0)
      continue;
    *out = words[i].value;
    return true;
  }
  return false;
}

bool mpl_read_double(lua_State *L, const char *text, size_t length, double *out) {
  char local[NUMBER_TEXT_MAX];
  const char *terminated = local;
  if (read_special(text, length, out)) return true;
  int top = lua_gettop(L);
  if (length < sizeof(local)) {
    memcpy(local, text, length);
    local[length] = '\0';
  } else {
    terminated = lua_pushlstring(L, text, length);
  }
  bool read = length > 0 && lua_stringtonumber(L, terminated) == length + 1;
  if (read) *out = lua_tonumber(L, -1);
  if (read && *out == 0 && text[0] == '-') *out = -0.0; /* "-0" was an integer to Lua */
  lua_settop(L, top);
  return read;
}

bool mpl_decode_float_text(lua_State *L, const char *bytes, size_t length) {
  double value = 0;
  if (!mpl_read_double(L, bytes, length, &value)) return false;
  lua_pushnumber(L, value);
  return true;
}
