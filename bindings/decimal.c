/* decimal.c - mp.decimal: exact numbers in Lua, and numeric over the wire. */
#include "codec_types.h"
#include "error.h"
#include "object.h"
#include "values.h"

#include <moonpool/decimal.h>

#include <lauxlib.h>

#include <stdalign.h>

typedef struct decimal_box {
  mpl_object object;
  alignas(16) unsigned char decimal[];
} decimal_box;

static const mpl_class decimal_class;

static void *take(void *data, size_t size) {
  lua_State *L = data;
  luaL_checkstack(L, 8, NULL);
  decimal_box *box = mpl_object_new(L, &decimal_class, sizeof(*box) + size, 0);
  return box->decimal;
}

mp_decimal_room mpl_decimal_room(lua_State *L) {
  return (mp_decimal_room){take, L};
}

const mp_decimal *mpl_test_decimal(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  decimal_box *box = mpl_object_test(L, index, &decimal_class);
  return box == NULL ? NULL : (const mp_decimal *)(const void *)box->decimal;
}

void mpl_buffer_decimal(mpl_buffer *buffer, const mp_decimal *value) {
  size_t size = mp_decimal_text_size(value);
  size_t length = mp_decimal_to_text(value, mpl_buffer_extend(buffer, size));
  buffer->length -= size - length;
}

static const mp_decimal *check_decimal(lua_State *L, int index) {
  mpl_object_check(L, index, &decimal_class);
  return mpl_test_decimal(L, index);
}

/* Push the decimal that a number is. */
static void push_number(lua_State *L, int index) {
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *out = NULL;
  int status = MP_OK;
  if (lua_isinteger(L, index)) {
    status = mp_decimal_from_int64(&room, lua_tointeger(L, index), &out);
  } else {
    status = mp_decimal_from_double(&room, lua_tonumber(L, index), &out);
  }
  if (status != MP_OK) mpl_raise_memory(L);
}

static void push_parsed(lua_State *L, int index) {
  size_t length = 0;
  const char *text = lua_tolstring(L, index, &length);
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *out = NULL;
  int status = mp_decimal_parse(&room, text, length, &out);
  if (status == MP_OK) return;
  if (status == MP_ENCODE) {
    mpl_raise(
        L, "bad_argument", NULL,
        "the number is beyond numeric's 131072 digits before and 16383 after the point");
  }
  mpl_raise(L, "bad_argument",
            "write it like \"1.50\", \"1e-7\", \"NaN\" or \"Infinity\"",
            "the string is not a decimal number");
}

/* decimal(string | number | decimal) -> decimal */
static int decimal_new(lua_State *L) {
  int type = lua_type(L, 1);
  lua_settop(L, 1);
  if (type == LUA_TNUMBER) {
    push_number(L, 1);
  } else if (type == LUA_TSTRING) {
    push_parsed(L, 1);
  } else if (mpl_test_decimal(L, 1) == NULL) {
    mpl_raise(L, "bad_argument", NULL,
              "a decimal is made of a string or a number, got %s", luaL_typename(L, 1));
  }
  return 1;
}

/* The decimal at `index`, made there from a number. */
static const mp_decimal *operand(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    push_number(L, index);
    lua_replace(L, index);
  }
  const mp_decimal *value = mpl_test_decimal(L, index);
  if (value != NULL) return value;
  mpl_raise(L, "bad_argument", "make it a decimal first, with mp.decimal(value)",
            "a decimal goes together with decimals and numbers, not with %s",
            mpl_kind_of(L, index));
}

typedef int (*operation)(const mp_decimal_room *, const mp_decimal *, const mp_decimal *,
                         const mp_decimal **);

static int apply(lua_State *L, operation run) {
  lua_settop(L, 2);
  const mp_decimal *a = operand(L, 1), *b = operand(L, 2), *out = NULL;
  mp_decimal_room room = mpl_decimal_room(L);
  int status = run(&room, a, b, &out);
  if (status == MP_OK) return 1;
  if (status == MP_OUT_OF_MEMORY) mpl_raise_memory(L);
  const char *why = status == MP_BAD_ARGUMENT ? "division by zero"
                                              : "the result is beyond numeric's range";
  mpl_raise(L, "bad_argument", NULL, "decimal arithmetic: %s", why);
}

static int decimal_add(lua_State *L) {
  return apply(L, mp_decimal_add);
}

static int decimal_sub(lua_State *L) {
  return apply(L, mp_decimal_subtract);
}

static int decimal_mul(lua_State *L) {
  return apply(L, mp_decimal_multiply);
}

static int decimal_div(lua_State *L) {
  return apply(L, mp_decimal_divide);
}

static int decimal_idiv(lua_State *L) {
  return apply(L, mp_decimal_floor_divide);
}

static int decimal_unm(lua_State *L) {
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *out = NULL;
  if (mp_decimal_negate(&room, check_decimal(L, 1), &out) != MP_OK) mpl_raise_memory(L);
  return 1;
}

static int decimal_eq(lua_State *L) {
  const mp_decimal *a = mpl_test_decimal(L, 1), *b = mpl_test_decimal(L, 2);
  lua_pushboolean(L, a != NULL && b != NULL && mp_decimal_compare(a, b) == 0);
  return 1;
}

static int compare(lua_State *L) {
  const mp_decimal *a = operand(L, 1);
  return mp_decimal_compare(a, operand(L, 2));
}

static int decimal_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int decimal_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

static int decimal_tostring(lua_State *L) {
  mpl_buffer text;
  const mp_decimal *value = check_decimal(L, 1);
  mpl_buffer_init(L, &text);
  mpl_buffer_decimal(&text, value);
  lua_pushlstring(L, text.data, text.length);
  return 1;
}

static int decimal_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

/* decimal:tonumber() -> the integer it is, else the nearest float */
static int decimal_tonumber(lua_State *L) {
  int64_t integer = 0;
  if (mp_decimal_to_int64(check_decimal(L, 1), &integer)) {
    lua_pushinteger(L, integer);
    return 1;
  }
  size_t length = 0;
  double number = 0;
  decimal_tostring(L);
  const char *text = lua_tolstring(L, -1, &length);
  mpl_read_double(L, text, length, &number);
  lua_pushnumber(L, number);
  return 1;
}

/* decimal:scale() -> number of digits shown after the point */
static int decimal_scale(lua_State *L) {
  lua_pushinteger(L, mp_decimal_scale(check_decimal(L, 1)));
  return 1;
}

/* decimal:round([scale]) -> decimal, half away from zero */
static int decimal_round(lua_State *L) {
  const mp_decimal *value = check_decimal(L, 1), *out = NULL;
  int is_integer = 1;
  lua_Integer scale = lua_isnoneornil(L, 2) ? 0 : lua_tointegerx(L, 2, &is_integer);
  if (!is_integer || scale > 16383 || scale < -131072) {
    mpl_raise(L, "bad_argument", NULL, "scale must be an integer from -131072 to 16383");
  }
  mp_decimal_room room = mpl_decimal_room(L);
  if (mp_decimal_round(&room, value, (int)scale, &out) == MP_OK) return 1;
  mpl_raise(L, "bad_argument", NULL,
            "decimal arithmetic: the result is beyond numeric's range");
}

static int decimal_is_nan(lua_State *L) {
  lua_pushboolean(L, mp_decimal_is_nan(check_decimal(L, 1)));
  return 1;
}

static int decimal_is_finite(lua_State *L) {
  lua_pushboolean(L, mp_decimal_is_finite(check_decimal(L, 1)));
  return 1;
}

static const luaL_Reg decimal_methods[] = {
    {"tonumber", decimal_tonumber},   {"scale", decimal_scale},
    {"round", decimal_round},         {"is_nan", decimal_is_nan},
    {"is_finite", decimal_is_finite}, {NULL, NULL}};

static const luaL_Reg decimal_events[] = {
    {"__add", decimal_add},       {"__sub", decimal_sub},
    {"__mul", decimal_mul},       {"__div", decimal_div},
    {"__idiv", decimal_idiv},     {"__unm", decimal_unm},
    {"__eq", decimal_eq},         {"__lt", decimal_lt},
    {"__le", decimal_le},         {"__tostring", decimal_tostring},
    {"__concat", decimal_concat}, {NULL, NULL}};

static const mpl_class decimal_class = {"decimal", decimal_methods, decimal_events};

void mpl_open_decimal(lua_State *L) {
  mpl_class_open(L, &decimal_class);
  lua_pushcfunction(L, decimal_new);
  lua_setfield(L, -2, "decimal");
}

void mpl_encode_numeric(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  const mp_decimal *value = mpl_test_decimal(L, index);
  int top = lua_gettop(L);
  if (value == NULL) {
    if (lua_type(L, index) != LUA_TNUMBER) mpl_refuse_type(encoder, index);
    push_number(L, index);
    value = mpl_test_decimal(L, -1);
  }
  mp_decimal_to_wire(value, mpl_buffer_extend(encoder->out, mp_decimal_wire_size(value)));
  lua_settop(L, top);
}

bool mpl_decode_numeric(lua_State *L, const char *bytes, size_t length) {
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *out = NULL;
  return mp_decimal_from_wire(&room, bytes, length, &out) == MP_OK;
}

bool mpl_decode_numeric_text(lua_State *L, const char *bytes, size_t length) {
  mp_decimal_room room = mpl_decimal_room(L);
  const mp_decimal *out = NULL;
  return mp_decimal_parse(&room, bytes, length, &out) == MP_OK;
}
