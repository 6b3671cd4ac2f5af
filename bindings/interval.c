/* interval.c - mp.interval: a span of months, days and microseconds, kept apart. */
#include "interval.h"

#include "codec_types.h"
#include "datetime_arith.h"
#include "datetime_class.h"
#include "error.h"
#include "object.h"
#include "values.h"
#include "wire.h"

#include <math.h>
#include <string.h>

#define INTERVAL_BYTES 16
#define MICROSECONDS   1e6
#define EXACT_MAX      9007199254740992.0 /* whole numbers up to here are exact floats */

typedef struct interval {
  mpl_object object;
  mp_interval value;
} interval;

static const mpl_class interval_class;

static const struct part {
  const char *name;
  size_t offset;
} parts[] = {
    {"years", offsetof(mp_interval_parts, years)},
    {"months", offsetof(mp_interval_parts, months)},
    {"weeks", offsetof(mp_interval_parts, weeks)},
    {"days", offsetof(mp_interval_parts, days)},
    {"hours", offsetof(mp_interval_parts, hours)},
    {"minutes", offsetof(mp_interval_parts, minutes)},
    {"seconds", offsetof(mp_interval_parts, seconds)},
    {"microseconds", offsetof(mp_interval_parts, microseconds)},
};

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

int mpl_push_interval(lua_State *L, const mp_interval *value) {
  interval *box = mpl_object_new(L, &interval_class, sizeof(*box), 0);
  box->value = *value;
  return 1;
}

const mp_interval *mpl_test_interval(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  interval *box = mpl_object_test(L, index, &interval_class);
  return box == NULL ? NULL : &box->value;
}

static const mp_interval *check_interval(lua_State *L, int index) {
  interval *box = mpl_object_check(L, index, &interval_class);
  return &box->value;
}

static int64_t *part_of(mp_interval_parts *all, size_t i) {
  return (int64_t *)(void *)((char *)all + parts[i].offset);
}

static void check_keys(lua_State *L) {
  for (lua_pushnil(L); lua_next(L, 1) != 0;) {
    bool known = false;
    lua_pop(L, 1);
    const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    for (size_t i = 0; i < PART_COUNT; i++)
      known = known || strcmp(parts[i].name, key) == 0;
    if (known) continue;
    mpl_raise(L, "bad_argument",
              "its fields are years, months, weeks, days, hours, minutes, seconds and "
              "microseconds",
              "interval: unknown field \"%s\"", key);
  }
}

/* A fraction of a second in microseconds. Dividing a whole number is exact to the last
 * bit, so coming back to the same float means that it has no more than six digits. */
static bool take_fraction(double seconds, int64_t *microseconds) {
  double scaled = round(seconds * MICROSECONDS);
  if (!(fabs(scaled) < EXACT_MAX) || scaled / MICROSECONDS != seconds) return false;
  *microseconds = (int64_t)scaled;
  return true;
}

static void check_part(lua_State *L, size_t i, mp_interval_parts *all,
                       int64_t *fraction) {
  int is_integer = 0;
  int type = lua_getfield(L, 1, parts[i].name);
  if (type == LUA_TNUMBER) *part_of(all, i) = lua_tointegerx(L, -1, &is_integer);
  bool is_seconds = parts[i].offset == offsetof(mp_interval_parts, seconds);
  bool fits =
      type == LUA_TNIL || is_integer ||
      (type == LUA_TNUMBER && is_seconds && take_fraction(lua_tonumber(L, -1), fraction));
  if (!fits) {
    mpl_raise(L, "bad_argument",
              is_seconds ? "round it to microseconds first"
                         : "seconds may have a fraction, the rest are whole numbers",
              "interval: %s must be %s, got %s", parts[i].name,
              is_seconds ? "a number of whole microseconds" : "an integer",
              type == LUA_TNUMBER ? lua_tostring(L, -1) : luaL_typename(L, -1));
  }
  lua_pop(L, 1);
}

static int from_parts(lua_State *L, mp_interval *out) {
  mp_interval_parts all = {0};
  int64_t fraction = 0;
  check_keys(L);
  for (size_t i = 0; i < PART_COUNT; i++)
    check_part(L, i, &all, &fraction);
  if (__builtin_add_overflow(all.microseconds, fraction, &all.microseconds))
    return MP_ENCODE;
  return mp_interval_from_parts(&all, out);
}

static void check_status(lua_State *L, int status) {
  if (status == MP_OK) return;
  if (status == MP_ENCODE) {
    mpl_raise(L, "bad_argument", NULL,
              "interval: beyond the range that PostgreSQL can store");
  }
  mpl_raise(L, "bad_argument",
            "write it like \"1 day 02:03:04.5\", \"90 minutes\" or \"P1DT2H3M4.5S\"",
            "interval: the string is not an interval");
}

/* interval(table | string) -> interval; called through __call. */
static int interval_new(lua_State *L) {
  mp_interval value = {0};
  size_t length = 0;
  lua_remove(L, 1);
  lua_settop(L, 1);
  if (lua_istable(L, 1)) {
    check_status(L, from_parts(L, &value));
  } else if (lua_type(L, 1) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, 1, &length);
    check_status(L, mp_interval_parse(text, length, &value));
  } else {
    mpl_raise(L, "bad_argument", NULL,
              "an interval is made of fields or a string, got %s", luaL_typename(L, 1));
  }
  return mpl_push_interval(L, &value);
}

/* The three numbers that it is made of; infinities have none. */
static bool push_field(lua_State *L, const mp_interval *value, const char *key) {
  bool is_months = strcmp(key, "months") == 0, is_days = strcmp(key, "days") == 0;
  if (mp_interval_infinite(value) != 0) return false;
  if (is_months || is_days)
    lua_pushinteger(L, is_months ? value->months : value->days);
  else if (strcmp(key, "microseconds") == 0)
    lua_pushinteger(L, value->microseconds);
  else
    return false;
  return true;
}

static int interval_index(lua_State *L) {
  const mp_interval *value = check_interval(L, 1);
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (push_field(L, value, key)) return 1;
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

/* interval:parts() -> { years =, months =, days =, hours =, minutes =, seconds =,
 * microseconds = }, which make it again; empty for infinities */
static int interval_parts(lua_State *L) {
  const mp_interval *value = check_interval(L, 1);
  mp_interval_parts all;
  lua_createtable(L, 0, PART_COUNT);
  if (mp_interval_infinite(value) != 0) return 1;
  mp_interval_to_parts(value, &all);
  for (size_t i = 0; i < PART_COUNT; i++) {
    if (parts[i].offset == offsetof(mp_interval_parts, weeks)) continue;
    lua_pushinteger(L, *part_of(&all, i));
    lua_setfield(L, -2, parts[i].name);
  }
  return 1;
}

/* interval:is_finite() -> boolean */
static int interval_is_finite(lua_State *L) {
  lua_pushboolean(L, mp_interval_infinite(check_interval(L, 1)) == 0);
  return 1;
}

static int interval_tostring(lua_State *L) {
  char text[MP_INTERVAL_TEXT];
  lua_pushlstring(L, text, mp_interval_to_text(check_interval(L, 1), text));
  return 1;
}

static int push_result(lua_State *L, int status, const mp_interval *value) {
  if (status == MP_OK) return mpl_push_interval(L, value);
  mpl_raise(L, "bad_argument", NULL, "interval arithmetic: %s",
            status == MP_ENCODE
                ? "the result is beyond the range that PostgreSQL can store"
                : "infinity times 0 is nothing");
}

static int interval_unm(lua_State *L) {
  mp_interval out;
  return push_result(L, mp_interval_negate(check_interval(L, 1), &out), &out);
}

/* interval * integer, integer * interval */
static int interval_mul(lua_State *L) {
  mp_interval out;
  int at = mpl_test_interval(L, 1) != NULL ? 1 : 2, is_integer = 0;
  lua_Integer factor =
      lua_type(L, 3 - at) == LUA_TNUMBER ? lua_tointegerx(L, 3 - at, &is_integer) : 0;
  if (!is_integer) {
    mpl_raise(L, "bad_argument", "let the server multiply: $1::interval * $2::float8",
              "an interval is multiplied by integers");
  }
  return push_result(L, mp_interval_multiply(check_interval(L, at), factor, &out), &out);
}

static int compare(lua_State *L) {
  return mp_interval_compare(check_interval(L, 1), check_interval(L, 2));
}

static int interval_eq(lua_State *L) {
  bool both = mpl_test_interval(L, 1) != NULL && mpl_test_interval(L, 2) != NULL;
  lua_pushboolean(L, both && compare(L) == 0);
  return 1;
}

static int interval_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int interval_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

static const luaL_Reg interval_methods[] = {
    {"parts", interval_parts}, {"is_finite", interval_is_finite}, {NULL, NULL}};

static const luaL_Reg interval_events[] = {{"__tostring", interval_tostring},
                                           {"__add", mpl_datetime_add},
                                           {"__sub", mpl_datetime_subtract},
                                           {"__unm", interval_unm},
                                           {"__mul", interval_mul},
                                           {"__eq", interval_eq},
                                           {"__lt", interval_lt},
                                           {"__le", interval_le},
                                           {NULL, NULL}};

static const mpl_class interval_class = {"interval", interval_methods, interval_events};

void mpl_open_interval(lua_State *L) {
  static const luaL_Reg functions[] = {{NULL, NULL}};
  mpl_datetime_class_open(L, &interval_class, interval_index);
  mpl_datetime_set_constructor(L, "interval", interval_new, functions);
  mpl_push_interval(L, &MP_INTERVAL_INFINITY);
  mpl_push_interval(L, &MP_INTERVAL_MINUS_INFINITY);
  mpl_datetime_set_infinities(L, "interval");
}

bool mpl_buffer_interval(mpl_buffer *buffer, lua_State *L, int index) {
  char text[MP_INTERVAL_TEXT];
  const mp_interval *value = mpl_test_interval(L, index);
  if (value == NULL) return false;
  mpl_buffer_append(buffer, text, mp_interval_to_text(value, text));
  return true;
}

void mpl_encode_interval(mpl_encoder *encoder, int index) {
  const mp_interval *value = mpl_test_interval(encoder->L, index);
  if (value == NULL) mpl_refuse_type(encoder, index);
  mpl_put_bytes(mpl_buffer_extend(encoder->out, 8), 8, (uint64_t)value->microseconds);
  mpl_buffer_u32(encoder->out, (uint32_t)value->days);
  mpl_buffer_u32(encoder->out, (uint32_t)value->months);
}

bool mpl_decode_interval(lua_State *L, const char *bytes, size_t length) {
  if (length != INTERVAL_BYTES) return false;
  mp_interval value = {.months = (int32_t)mpl_get_u32(bytes + 12),
                       .days = (int32_t)mpl_get_u32(bytes + 8),
                       .microseconds = (int64_t)mpl_get_u64(bytes)};
  mpl_push_interval(L, &value);
  return true;
}

bool mpl_decode_interval_text(lua_State *L, const char *bytes, size_t length) {
  mp_interval value;
  if (mp_interval_parse(bytes, length, &value) != MP_OK) return false;
  mpl_push_interval(L, &value);
  return true;
}
