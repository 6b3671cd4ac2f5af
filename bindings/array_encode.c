/* array_encode.c - sequences to PostgreSQL arrays, in binary or as a literal. */
#include "codec.h"
#include "values.h"

#include <lauxlib.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

typedef struct shape {
  const mp_type *element;
  const mpl_codec *direct; /* writes what is no table or NULL; NULL: by the type */
  int dimensions;
  lua_Integer sizes[MPL_ARRAY_DIMENSIONS_MAX], lowers[MPL_ARRAY_DIMENSIONS_MAX];
  bool has_null, has_lower;
} shape;

/* A nested table is a dimension, unless it is a value. */
static bool is_dimension(lua_State *L, int index, const mp_type *element) {
  return lua_istable(L, index) && !mpl_is_value(L, element, index);
}

static void refuse_hole(mpl_encoder *encoder, int index) {
  lua_Integer hole = 1;
  while (lua_rawgeti(encoder->L, index, hole) != LUA_TNIL) {
    lua_pop(encoder->L, 1);
    hole++;
  }
  mpl_path_enter(encoder, NULL, hole);
  mpl_refuse(encoder, "put mp.null where there is no value",
             "the array has a hole or a key that is no index");
}

/* The key on top is "lower". */
static bool is_lower(lua_State *L) {
  return lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "lower") == 0;
}

/* ... or one that an array does not have. */
static void refuse_key(mpl_encoder *encoder, int index) {
  if (lua_type(encoder->L, -1) == LUA_TSTRING)
    mpl_refuse(encoder, "for JSON wrap the table: mp.json(table)",
               "a table with string keys is not an array");
  refuse_hole(encoder, index);
}

lua_Integer mpl_check_sequence(mpl_encoder *encoder, int index, bool may_have_lower) {
  lua_State *L = encoder->L;
  lua_Integer length = (lua_Integer)lua_rawlen(L, index), count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0;) {
    lua_pop(L, 1);
    int is_integer = lua_isinteger(L, -1);
    if (!is_integer && may_have_lower && is_lower(L)) continue;
    lua_Integer key = is_integer ? lua_tointeger(L, -1) : 0;
    if (key < 1 || key > length) refuse_key(encoder, index);
    count++;
  }
  if (count != length) refuse_hole(encoder, index);
  return length;
}

static void check_dimensions(mpl_encoder *encoder, int count) {
  if (count < MPL_ARRAY_DIMENSIONS_MAX) return;
  mpl_refuse(encoder, NULL, "an array has at most %d dimensions",
             MPL_ARRAY_DIMENSIONS_MAX);
}

/* Descends along the first elements. */
static void measure(mpl_encoder *encoder, int index, shape *array) {
  lua_State *L = encoder->L;
  int top = lua_gettop(L);
  luaL_checkstack(L, 16, NULL);
  lua_pushvalue(L, index);
  do {
    check_dimensions(encoder, array->dimensions);
    int table = lua_gettop(L);
    lua_Integer size = mpl_check_sequence(encoder, table, array->dimensions == 0);
    array->lowers[array->dimensions] = 1;
    array->sizes[array->dimensions++] = size;
    lua_rawgeti(L, table, 1);
  } while (is_dimension(L, lua_gettop(L), array->element));
  lua_settop(L, top);
  if (array->sizes[array->dimensions - 1] == 0) array->dimensions = 0;
}

static void take_lower(mpl_encoder *encoder, shape *array, int dimension) {
  lua_Integer lower = lua_tointeger(encoder->L, -1);
  bool fits = lua_isinteger(encoder->L, -1) && lower >= INT32_MIN &&
              lower <= INT32_MAX - array->sizes[dimension];
  if (!fits)
    mpl_refuse(encoder, NULL, "lower must be an integer, or a list of one per dimension");
  array->lowers[dimension] = lower;
  array->has_lower = true;
}

static void read_lowers(mpl_encoder *encoder, int index, shape *array) {
  lua_State *L = encoder->L;
  lua_pushliteral(L, "lower");
  lua_rawget(L, index);
  if (lua_istable(L, -1)) {
    for (int i = 0; i < array->dimensions; i++) {
      lua_rawgeti(L, -1, i + 1);
      take_lower(encoder, array, i);
      lua_pop(L, 1);
    }
  } else if (!lua_isnil(L, -1) && array->dimensions > 0) {
    take_lower(encoder, array, 0);
  }
  lua_pop(L, 1);
}

static void put_element(mpl_encoder *encoder, shape *array, int index) {
  if (mpl_is_null(encoder->L, index)) {
    array->has_null = true;
    mpl_buffer_u32(encoder->out, UINT32_MAX);
    return;
  }
  size_t start = mpl_begin_length(encoder);
  mpl_write_binary(encoder, array->element, index);
  mpl_end_length(encoder, start);
}

static void check_nested(mpl_encoder *encoder, const shape *array, int level, int item) {
  bool is_last = level + 1 == array->dimensions;
  if (is_dimension(encoder->L, item, array->element) == is_last)
    mpl_refuse(encoder, NULL, "the array's elements are partly arrays");
  if (is_last) return;
  if (mpl_check_sequence(encoder, item, false) != array->sizes[level + 1])
    mpl_refuse(encoder, NULL, "the nested array is not as long as the ones before it");
}

static void put_direct(mpl_encoder *encoder, const shape *array, int index) {
  size_t start = mpl_begin_length(encoder);
  array->direct->encode(encoder, index);
  mpl_end_length(encoder, start);
}

static bool is_direct(const shape *array, int kind) {
  return array->direct != NULL && kind != LUA_TNIL && kind != LUA_TTABLE &&
         kind != LUA_TLIGHTUSERDATA;
}

static void put_dimension(mpl_encoder *encoder, shape *array, int level, int index);

/* An element, or a dimension more. */
static void put_item(mpl_encoder *encoder, shape *array, int level, int item) {
  check_nested(encoder, array, level, item);
  if (level + 1 == array->dimensions)
    put_element(encoder, array, item);
  else
    put_dimension(encoder, array, level + 1, item);
}

static void put_dimension(mpl_encoder *encoder, shape *array, int level, int index) {
  lua_State *L = encoder->L;
  luaL_checkstack(L, 16, NULL);
  bool is_last = level + 1 == array->dimensions;
  int item = lua_gettop(L) + 1;
  mpl_path_enter(encoder, NULL, 0);
  for (lua_Integer i = 1; i <= array->sizes[level]; i++) {
    encoder->path[encoder->depth - 1].index = i;
    int kind = lua_rawgeti(L, index, i);
    if (is_last && is_direct(array, kind))
      put_direct(encoder, array, item);
    else
      put_item(encoder, array, level, item);
    lua_settop(L, item - 1);
  }
  mpl_path_leave(encoder);
}

/* The codec that writes the elements; of a codec of the user's, or none, their type must
 * be asked. */
static const mpl_codec *direct_codec(mpl_encoder *encoder, const mp_type *element) {
  const mp_type *base = mpl_type_base(element);
  const mpl_codec *codec = mp_type_codec(base);
  encoder->type = mp_type_name(base);
  return codec == NULL || codec->string_use == MPL_STRING_CUSTOM ? NULL : codec;
}

static void check_table(mpl_encoder *encoder, int index) {
  if (!lua_istable(encoder->L, index)) mpl_refuse_type(encoder, index);
}

void mpl_array_write_binary(mpl_encoder *encoder, const mp_type *element, int index) {
  shape array = {.element = element};
  mpl_buffer *out = encoder->out;
  check_table(encoder, index);
  if (mpl_array_write_list(encoder, element, index)) return;
  measure(encoder, index, &array);
  read_lowers(encoder, index, &array);
  size_t start = out->length;
  mpl_buffer_u32(out, (uint32_t)array.dimensions);
  mpl_buffer_u32(out, 0);
  mpl_buffer_u32(out, mp_type_oid(element));
  for (int i = 0; i < array.dimensions; i++) {
    mpl_buffer_u32(out, (uint32_t)array.sizes[i]);
    mpl_buffer_u32(out, (uint32_t)array.lowers[i]);
  }
  array.direct = direct_codec(encoder, element);
  if (array.dimensions > 0) put_dimension(encoder, &array, 0, index);
  mpl_buffer_patch_u32(out, start + 4, array.has_null);
}

static void put_literal_element(mpl_encoder *encoder, const mp_type *element, int index) {
  size_t start = encoder->out->length;
  if (mpl_is_null(encoder->L, index)) {
    mpl_buffer_text(encoder->out, "NULL");
    return;
  }
  mpl_write_literal(encoder, element, index);
  mpl_quote(encoder, start);
}

static void put_literal(mpl_encoder *encoder, const mp_type *element, int level,
                        int index) {
  lua_State *L = encoder->L;
  char delimiter = ',';
  if (element != NULL) delimiter = mp_type_delimiter(element);
  check_dimensions(encoder, level);
  lua_Integer length = mpl_check_sequence(encoder, index, level == 0);
  luaL_checkstack(L, 16, NULL);
  mpl_buffer_byte(encoder->out, '{');
  for (lua_Integer i = 1; i <= length; i++) {
    mpl_path_enter(encoder, NULL, i);
    if (i > 1) mpl_buffer_byte(encoder->out, delimiter);
    lua_rawgeti(L, index, i);
    int item = lua_gettop(L);
    if (is_dimension(L, item, element))
      put_literal(encoder, element, level + 1, item);
    else
      put_literal_element(encoder, element, item);
    lua_settop(L, item - 1);
    mpl_path_leave(encoder);
  }
  mpl_buffer_byte(encoder->out, '}');
}

/* "[0:2][1:1]=" where a bound does not start at 1. */
static void put_bounds(mpl_encoder *encoder, int index, const mp_type *element) {
  shape array = {.element = element};
  char text[64];
  measure(encoder, index, &array);
  read_lowers(encoder, index, &array);
  for (int i = 0; i < array.dimensions && array.has_lower; i++) {
    long long lower = array.lowers[i], upper = lower + array.sizes[i] - 1;
    snprintf(text, sizeof(text), "[%lld:%lld]", lower, upper);
    mpl_buffer_text(encoder->out, text);
  }
  if (array.has_lower) mpl_buffer_byte(encoder->out, '=');
}

void mpl_array_write_literal(mpl_encoder *encoder, const mp_type *element, int index) {
  check_table(encoder, index);
  lua_pushliteral(encoder->L, "lower");
  bool has_lower = lua_rawget(encoder->L, index) != LUA_TNIL;
  lua_pop(encoder->L, 1);
  if (has_lower) put_bounds(encoder, index, element);
  put_literal(encoder, element, 0, index);
}
