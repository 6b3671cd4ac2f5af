/* timestamp.c - mp.timestamp: an instant, or calendar and clock without a zone. */
#include "timestamp.h"

#include "codec_types.h"
#include "date.h"
#include "datetime_arith.h"
#include "datetime_class.h"
#include "error.h"
#include "values.h"
#include "wire.h"

#include <moonpool/datetime.h>

#include <math.h>
#include <time.h>

#define MICROSECONDS 1000000

typedef struct timestamp {
  mpl_object object;
  int64_t value;
  bool utc; /* a timestamptz */
} timestamp;

static const mpl_class timestamp_class;

int mpl_push_timestamp(lua_State *L, int64_t value, bool utc) {
  timestamp *box = mpl_object_new(L, &timestamp_class, sizeof(*box), 0);
  box->value = value;
  box->utc = utc;
  return 1;
}

static timestamp *test_timestamp(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  return mpl_object_test(L, index, &timestamp_class);
}

static timestamp *check_timestamp(lua_State *L, int index) {
  return mpl_object_check(L, index, &timestamp_class);
}

bool mpl_test_timestamp(lua_State *L, int index, int64_t *value, bool *utc) {
  timestamp *box = test_timestamp(L, index);
  if (box == NULL) return false;
  *value = box->value;
  *utc = box->utc;
  return true;
}

static int from_fields(lua_State *L) {
  mp_civil civil;
  int64_t value = 0;
  mpl_civil_check(L, 1, MPL_TIMESTAMP, &civil);
  bool utc = lua_getfield(L, 1, "offset") != LUA_TNIL;
  int32_t offset = utc ? mpl_offset_check(L, -1, MPL_TIMESTAMP) : 0;
  int status = mp_timestamp_from_civil(&civil, offset, &value);
  if (status != MP_OK) mpl_civil_refuse(L, MPL_TIMESTAMP, status);
  return mpl_push_timestamp(L, value, utc);
}

/* timestamp(table | string) -> timestamp; called through __call. */
static int timestamp_new(lua_State *L) {
  lua_remove(L, 1);
  lua_settop(L, 1);
  if (lua_istable(L, 1)) return from_fields(L);
  if (lua_type(L, 1) != LUA_TSTRING) {
    mpl_raise(L, "bad_argument", NULL,
              "a timestamp is made of fields or an ISO string, got %s",
              luaL_typename(L, 1));
  }
  size_t length = 0;
  int64_t value = 0;
  bool utc = false;
  const char *text = lua_tolstring(L, 1, &length);
  int status = mp_timestamp_parse(text, length, &value, &utc);
  if (status != MP_OK) mpl_civil_refuse(L, MPL_TIMESTAMP, status);
  return mpl_push_timestamp(L, value, utc);
}

/* timestamp.now() -> timestamp with offset */
static int timestamp_now(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t seconds = (int64_t)now.tv_sec - MP_TIMESTAMP_UNIX_OFFSET;
  return mpl_push_timestamp(L, seconds * MICROSECONDS + now.tv_nsec / 1000, true);
}

/* timestamp.from_epoch(seconds) -> timestamp with offset, to the nearest microsecond */
static int timestamp_from_epoch(lua_State *L) {
  double seconds = lua_type(L, 1) == LUA_TNUMBER ? lua_tonumber(L, 1) : (double)NAN;
  if (!isfinite(seconds) || fabs(seconds) > 1e13) {
    mpl_raise(L, "bad_argument", NULL,
              "timestamp: an epoch is a finite number of seconds");
  }
  int64_t whole = (int64_t)floor(seconds) - MP_TIMESTAMP_UNIX_OFFSET;
  int64_t fraction = (int64_t)round((seconds - floor(seconds)) * MICROSECONDS);
  int64_t value = 0, shift = 0;
  int status = __builtin_mul_overflow(whole, INT64_C(1000000), &shift)
                   ? MP_ENCODE
                   : mp_timestamp_shift(fraction, shift, &value);
  if (status != MP_OK) mpl_civil_refuse(L, MPL_TIMESTAMP, status);
  return mpl_push_timestamp(L, value, true);
}

static int timestamp_index(lua_State *L) {
  timestamp *box = check_timestamp(L, 1);
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  mp_civil civil;
  bool finite = mp_timestamp_is_finite(box->value);
  if (finite) mp_timestamp_to_civil(box->value, &civil);
  if (finite && mpl_civil_push_field(L, &civil, key, MPL_TIMESTAMP)) return 1;
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

static int timestamp_tostring(lua_State *L) {
  timestamp *box = check_timestamp(L, 1);
  char text[MP_DATETIME_TEXT];
  lua_pushlstring(L, text, mp_timestamp_to_text(box->value, box->utc, text));
  return 1;
}

/* timestamp:epoch() -> seconds since 1970-01-01 as a float; without an offset, as if in
 * UTC */
static int timestamp_epoch(lua_State *L) {
  int64_t value = check_timestamp(L, 1)->value;
  if (mp_timestamp_is_finite(value)) {
    int64_t seconds = value / MICROSECONDS + MP_TIMESTAMP_UNIX_OFFSET;
    lua_pushnumber(L, (double)seconds + (double)(value % MICROSECONDS) / MICROSECONDS);
  } else {
    lua_pushnumber(L, value > 0 ? (double)INFINITY : -(double)INFINITY);
  }
  return 1;
}

/* timestamp:date() -> date of the same day */
static int timestamp_date(lua_State *L) {
  int64_t value = check_timestamp(L, 1)->value;
  mp_civil civil;
  int32_t date = value > 0 ? MP_DATE_INFINITY : MP_DATE_MINUS_INFINITY;
  if (mp_timestamp_is_finite(value)) {
    mp_timestamp_to_civil(value, &civil);
    int status = mp_date_from_civil(&civil, &date);
    if (status != MP_OK) mpl_civil_refuse(L, MPL_DATE, status);
  }
  mpl_push_date(L, date);
  return 1;
}

/* timestamp:has_offset() -> whether it is a timestamptz */
static int timestamp_has_offset(lua_State *L) {
  lua_pushboolean(L, check_timestamp(L, 1)->utc);
  return 1;
}

/* Infinities are of both kinds. */
static int compare(lua_State *L) {
  timestamp *a = check_timestamp(L, 1), *b = check_timestamp(L, 2);
  bool finite = mp_timestamp_is_finite(a->value) && mp_timestamp_is_finite(b->value);
  if (finite && a->utc != b->utc) {
    mpl_raise(L, "bad_argument", "give both an offset, or none",
              "a timestamp with an offset cannot be compared with one without");
  }
  return (a->value > b->value) - (a->value < b->value);
}

static int timestamp_eq(lua_State *L) {
  bool both = test_timestamp(L, 1) != NULL && test_timestamp(L, 2) != NULL;
  lua_pushboolean(L, both && compare(L) == 0);
  return 1;
}

static int timestamp_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int timestamp_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

static const luaL_Reg timestamp_methods[] = {{"epoch", timestamp_epoch},
                                             {"date", timestamp_date},
                                             {"iso", timestamp_tostring},
                                             {"has_offset", timestamp_has_offset},
                                             {NULL, NULL}};

static const luaL_Reg timestamp_events[] = {{"__tostring", timestamp_tostring},
                                            {"__eq", timestamp_eq},
                                            {"__lt", timestamp_lt},
                                            {"__le", timestamp_le},
                                            {"__add", mpl_datetime_add},
                                            {"__sub", mpl_datetime_subtract},
                                            {NULL, NULL}};

static const mpl_class timestamp_class = {"timestamp", timestamp_methods,
                                          timestamp_events};

void mpl_open_timestamp(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"now", timestamp_now}, {"from_epoch", timestamp_from_epoch}, {NULL, NULL}};
  mpl_datetime_class_open(L, &timestamp_class, timestamp_index);
  mpl_datetime_set_constructor(L, "timestamp", timestamp_new, functions);
  mpl_push_timestamp(L, MP_TIMESTAMP_INFINITY, false);
  mpl_push_timestamp(L, MP_TIMESTAMP_MINUS_INFINITY, false);
  mpl_datetime_set_infinities(L, "timestamp");
}

bool mpl_buffer_timestamp(mpl_buffer *buffer, lua_State *L, int index) {
  char text[MP_DATETIME_TEXT];
  timestamp *box = test_timestamp(L, index);
  if (box == NULL) return false;
  mpl_buffer_append(buffer, text, mp_timestamp_to_text(box->value, box->utc, text));
  return true;
}

static void encode(mpl_encoder *encoder, int index, bool utc) {
  timestamp *box = test_timestamp(encoder->L, index);
  if (box == NULL) mpl_refuse_type(encoder, index);
  if (mp_timestamp_is_finite(box->value) && box->utc != utc) {
    const char *hint = utc ? "give it one, for example { ..., offset = 0 } or \"...Z\""
                           : "make it without one, or use a timestamptz";
    mpl_refuse(encoder, hint, "a timestamp %s an offset is not %s",
               utc ? "without" : "with", encoder->type);
  }
  mpl_put_bytes(mpl_buffer_extend(encoder->out, 8), 8, (uint64_t)box->value);
}

void mpl_encode_timestamp(mpl_encoder *encoder, int index) {
  encode(encoder, index, false);
}

void mpl_encode_timestamptz(mpl_encoder *encoder, int index) {
  encode(encoder, index, true);
}

static bool decode(lua_State *L, const char *bytes, size_t length, bool utc) {
  int64_t value = length == 8 ? (int64_t)mpl_get_u64(bytes) : 0;
  mpl_push_timestamp(L, value, utc);
  return length == 8 && mp_timestamp_is_valid(value);
}

bool mpl_decode_timestamp(lua_State *L, const char *bytes, size_t length) {
  return decode(L, bytes, length, false);
}

bool mpl_decode_timestamptz(lua_State *L, const char *bytes, size_t length) {
  return decode(L, bytes, length, true);
}

static bool decode_text(lua_State *L, const char *bytes, size_t length, bool expect_utc) {
  int64_t value = 0;
  bool utc = false;
  if (mp_timestamp_parse(bytes, length, &value, &utc) != MP_OK) return false;
  if (mp_timestamp_is_finite(value) && utc != expect_utc) return false;
  mpl_push_timestamp(L, value, expect_utc);
  return true;
}

bool mpl_decode_timestamp_text(lua_State *L, const char *bytes, size_t length) {
  return decode_text(L, bytes, length, false);
}

bool mpl_decode_timestamptz_text(lua_State *L, const char *bytes, size_t length) {
  return decode_text(L, bytes, length, true);
}
