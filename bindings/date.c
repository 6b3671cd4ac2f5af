/* date.c - mp.date: a day of the calendar. */
#include "date.h"

#include "codec_types.h"
#include "datetime_arith.h"
#include "datetime_class.h"
#include "error.h"
#include "values.h"
#include "wire.h"

#include <math.h>

#define DAY_SECONDS 86400

typedef struct date {
  mpl_object object;
  int32_t value;
} date;

static const mpl_class date_class;

void mpl_push_date(lua_State *L, int32_t value) {
  date *box = mpl_object_new(L, &date_class, sizeof(*box), 0);
  box->value = value;
}

static date *test_date(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  return mpl_object_test(L, index, &date_class);
}

const int32_t *mpl_test_date(lua_State *L, int index) {
  date *box = test_date(L, index);
  return box == NULL ? NULL : &box->value;
}

static date *check_date(lua_State *L, int index) {
  return mpl_object_check(L, index, &date_class);
}

/* date(table | string) -> date; called through __call. */
static int date_new(lua_State *L) {
  mp_civil civil;
  int32_t value = 0;
  size_t length = 0;
  int status = MP_OK;
  lua_remove(L, 1);
  lua_settop(L, 1);
  if (lua_istable(L, 1)) {
    mpl_civil_check(L, 1, MPL_DATE, &civil);
    status = mp_date_from_civil(&civil, &value);
  } else if (lua_type(L, 1) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, 1, &length);
    status = mp_date_parse(text, length, &value);
  } else {
    mpl_raise(L, "bad_argument", NULL,
              "a date is made of fields or an ISO string, got %s", luaL_typename(L, 1));
  }
  if (status != MP_OK) mpl_civil_refuse(L, MPL_DATE, status);
  mpl_push_date(L, value);
  return 1;
}

static int date_index(lua_State *L) {
  date *box = check_date(L, 1);
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  mp_civil civil;
  bool finite = mp_date_is_finite(box->value);
  if (finite) mp_date_to_civil(box->value, &civil);
  if (finite && mpl_civil_push_field(L, &civil, key, MPL_DATE)) return 1;
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

static int date_tostring(lua_State *L) {
  char text[MP_DATETIME_TEXT];
  lua_pushlstring(L, text, mp_date_to_text(check_date(L, 1)->value, text));
  return 1;
}

/* date:epoch() -> seconds from 1970-01-01 to its midnight in UTC, as a float */
static int date_epoch(lua_State *L) {
  int32_t value = check_date(L, 1)->value;
  if (mp_date_is_finite(value)) {
    lua_pushnumber(L, (double)value * DAY_SECONDS + MP_TIMESTAMP_UNIX_OFFSET);
  } else {
    lua_pushnumber(L, value > 0 ? (double)INFINITY : -(double)INFINITY);
  }
  return 1;
}

static int compare(lua_State *L) {
  int32_t a = check_date(L, 1)->value, b = check_date(L, 2)->value;
  return (a > b) - (a < b);
}

static int date_eq(lua_State *L) {
  bool both = test_date(L, 1) != NULL && test_date(L, 2) != NULL;
  lua_pushboolean(L, both && compare(L) == 0);
  return 1;
}

static int date_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int date_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

static const luaL_Reg date_methods[] = {
    {"epoch", date_epoch}, {"iso", date_tostring}, {NULL, NULL}};

static const luaL_Reg date_events[] = {{"__tostring", date_tostring},
                                       {"__eq", date_eq},
                                       {"__lt", date_lt},
                                       {"__le", date_le},
                                       {"__add", mpl_datetime_add},
                                       {"__sub", mpl_datetime_subtract},
                                       {NULL, NULL}};

static const mpl_class date_class = {"date", date_methods, date_events};

void mpl_open_date(lua_State *L) {
  static const luaL_Reg functions[] = {{NULL, NULL}};
  mpl_datetime_class_open(L, &date_class, date_index);
  mpl_datetime_set_constructor(L, "date", date_new, functions);
  mpl_push_date(L, MP_DATE_INFINITY);
  mpl_push_date(L, MP_DATE_MINUS_INFINITY);
  mpl_datetime_set_infinities(L, "date");
}

bool mpl_buffer_date(mpl_buffer *buffer, lua_State *L, int index) {
  char text[MP_DATETIME_TEXT];
  date *box = test_date(L, index);
  if (box == NULL) return false;
  mpl_buffer_append(buffer, text, mp_date_to_text(box->value, text));
  return true;
}

void mpl_encode_date(mpl_encoder *encoder, int index) {
  date *box = test_date(encoder->L, index);
  if (box == NULL) mpl_refuse_type(encoder, index);
  mpl_buffer_u32(encoder->out, (uint32_t)box->value);
}

bool mpl_decode_date(lua_State *L, const char *bytes, size_t length) {
  int32_t value = length == 4 ? (int32_t)mpl_get_u32(bytes) : 0;
  mpl_push_date(L, value);
  return length == 4 && mp_date_is_valid(value);
}

bool mpl_decode_date_text(lua_State *L, const char *bytes, size_t length) {
  int32_t value = 0;
  if (mp_date_parse(bytes, length, &value) != MP_OK) return false;
  mpl_push_date(L, value);
  return true;
}
