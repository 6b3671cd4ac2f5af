/* time.c - mp.time: a time of day, with an offset from Greenwich or without. */
#include "time.h"

#include "codec_types.h"
#include "datetime_class.h"
#include "error.h"
#include "values.h"
#include "wire.h"

#include <moonpool/time.h>

#include <string.h>

#define TIME_BYTES   8
#define TIMETZ_BYTES 12

typedef struct time_box {
  mpl_object object;
  mp_time value;
} time_box;

static const mpl_class time_class;

static int push_time(lua_State *L, const mp_time *value) {
  time_box *box = mpl_object_new(L, &time_class, sizeof(*box), 0);
  box->value = *value;
  return 1;
}

static const mp_time *test_time(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  time_box *box = mpl_object_test(L, index, &time_class);
  return box == NULL ? NULL : &box->value;
}

static const mp_time *check_time(lua_State *L, int index) {
  time_box *box = mpl_object_check(L, index, &time_class);
  return &box->value;
}

static int from_fields(lua_State *L, mp_time *out) {
  mp_civil civil;
  mpl_civil_check(L, 1, MPL_TIME, &civil);
  out->has_offset = lua_getfield(L, 1, "offset") != LUA_TNIL;
  if (out->has_offset) out->offset = mpl_offset_check(L, -1, MPL_TIME);
  return mp_time_from_civil(&civil, &out->microseconds);
}

/* time(table | string) -> time; called through __call. */
static int time_new(lua_State *L) {
  mp_time value = {0};
  size_t length = 0;
  int status = MP_OK;
  lua_remove(L, 1);
  lua_settop(L, 1);
  if (lua_istable(L, 1)) {
    status = from_fields(L, &value);
  } else if (lua_type(L, 1) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, 1, &length);
    status = mp_time_parse(text, length, &value);
  } else {
    mpl_raise(L, "bad_argument", NULL,
              "a time is made of fields or an ISO string, got %s", luaL_typename(L, 1));
  }
  if (status != MP_OK) mpl_civil_refuse(L, MPL_TIME, status);
  return push_time(L, &value);
}

/* The fields are the clock's, offset is in seconds and absent without one. */
static int time_index(lua_State *L) {
  const mp_time *value = check_time(L, 1);
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  mp_civil civil;
  mp_time_to_civil(value->microseconds, &civil);
  if (mpl_civil_push_field(L, &civil, key, MPL_TIME)) return 1;
  if (value->has_offset && strcmp(key, "offset") == 0) {
    lua_pushinteger(L, value->offset);
    return 1;
  }
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

static int time_tostring(lua_State *L) {
  char text[MP_DATETIME_TEXT];
  lua_pushlstring(L, text, mp_time_to_text(check_time(L, 1), text));
  return 1;
}

/* time:has_offset() -> whether it is a timetz */
static int time_has_offset(lua_State *L) {
  lua_pushboolean(L, check_time(L, 1)->has_offset);
  return 1;
}

static int compare(lua_State *L) {
  const mp_time *a = check_time(L, 1), *b = check_time(L, 2);
  if (a->has_offset != b->has_offset) {
    mpl_raise(L, "bad_argument", "give both an offset, or none",
              "a time with an offset cannot be compared with one without");
  }
  return mp_time_compare(a, b);
}

static int time_eq(lua_State *L) {
  bool both = test_time(L, 1) != NULL && test_time(L, 2) != NULL;
  lua_pushboolean(L, both && compare(L) == 0);
  return 1;
}

static int time_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int time_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

static const luaL_Reg time_methods[] = {
    {"iso", time_tostring}, {"has_offset", time_has_offset}, {NULL, NULL}};

static const luaL_Reg time_events[] = {{"__tostring", time_tostring},
                                       {"__eq", time_eq},
                                       {"__lt", time_lt},
                                       {"__le", time_le},
                                       {NULL, NULL}};

static const mpl_class time_class = {"time", time_methods, time_events};

void mpl_open_time(lua_State *L) {
  static const luaL_Reg functions[] = {{NULL, NULL}};
  mpl_datetime_class_open(L, &time_class, time_index);
  mpl_datetime_set_constructor(L, "time", time_new, functions);
}

bool mpl_buffer_time(mpl_buffer *buffer, lua_State *L, int index) {
  char text[MP_DATETIME_TEXT];
  const mp_time *value = test_time(L, index);
  if (value == NULL) return false;
  mpl_buffer_append(buffer, text, mp_time_to_text(value, text));
  return true;
}

static const mp_time *take_time(mpl_encoder *encoder, int index, bool has_offset) {
  const mp_time *value = test_time(encoder->L, index);
  if (value == NULL) mpl_refuse_type(encoder, index);
  if (value->has_offset == has_offset) return value;
  const char *hint = has_offset ? "give it one, for example { ..., offset = 0 }"
                                : "make it without one, or use a timetz";
  mpl_refuse(encoder, hint, "a time %s an offset is not %s",
             has_offset ? "without" : "with", encoder->type);
}

static void put_microseconds(mpl_encoder *encoder, const mp_time *value) {
  mpl_put_bytes(mpl_buffer_extend(encoder->out, TIME_BYTES), TIME_BYTES,
                (uint64_t)value->microseconds);
}

void mpl_encode_time(mpl_encoder *encoder, int index) {
  put_microseconds(encoder, take_time(encoder, index, false));
}

/* The wire counts offsets westwards. */
void mpl_encode_timetz(mpl_encoder *encoder, int index) {
  const mp_time *value = take_time(encoder, index, true);
  put_microseconds(encoder, value);
  mpl_buffer_u32(encoder->out, (uint32_t)-value->offset);
}

bool mpl_decode_time(lua_State *L, const char *bytes, size_t length) {
  if (length != TIME_BYTES) return false;
  mp_time value = {.microseconds = (int64_t)mpl_get_bytes(bytes, TIME_BYTES)};
  push_time(L, &value);
  return mp_time_is_valid(&value);
}

bool mpl_decode_timetz(lua_State *L, const char *bytes, size_t length) {
  if (length != TIMETZ_BYTES) return false;
  int32_t west = (int32_t)mpl_get_u32(bytes + TIME_BYTES);
  if (west == INT32_MIN) return false;
  mp_time value = {(int64_t)mpl_get_bytes(bytes, TIME_BYTES), -west, true};
  push_time(L, &value);
  return mp_time_is_valid(&value);
}

static bool decode_text(lua_State *L, const char *bytes, size_t length, bool has_offset) {
  mp_time value;
  if (mp_time_parse(bytes, length, &value) != MP_OK) return false;
  push_time(L, &value);
  return value.has_offset == has_offset;
}

bool mpl_decode_time_text(lua_State *L, const char *bytes, size_t length) {
  return decode_text(L, bytes, length, false);
}

bool mpl_decode_timetz_text(lua_State *L, const char *bytes, size_t length) {
  return decode_text(L, bytes, length, true);
}
