/* array_encode.c - sequences to PostgreSQL arrays, in binary or as a literal. */
#include "codec.h"
#include "values.h"

#include <lauxlib.h>

#include <limits.h>
#include <string.h>

typedef struct shape {
  const mpl_codec *element;
  int dimensions;
  lua_Integer sizes[MPL_ARRAY_DIMENSIONS_MAX], lowers[MPL_ARRAY_DIMENSIONS_MAX];
  bool has_null;
} shape;

/* A nested table is a dimension, unless it is a value. */
static bool is_dimension(lua_State *L, int index, const mpl_codec *element) {
  return lua_istable(L, index) && !(element != NULL && element->takes_tables);
}

static void refuse_hole(mpl_encoder *encoder, int index) {
  lua_Integer hole = 1;
  while (lua_rawgeti(encoder->L, index, hole) != LUA_TNIL) {
    lua_pop(encoder->L, 1);
    hole++;
  }
  encoder->path[encoder->depth++] = hole;
  mpl_refuse(encoder, "put mp.null where there is no value",
             "the array has a hole or a key that is no index");
}

/* The length of a table that has no keys but 1..n (and "lower", outermost). */
static lua_Integer check_sequence(mpl_encoder *encoder, int index, bool may_have_lower) {
  lua_State *L = encoder->L;
  lua_Integer length = (lua_Integer)lua_rawlen(L, index), count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0;) {
    lua_pop(L, 1);
    bool is_string = lua_type(L, -1) == LUA_TSTRING;
    if (is_string && may_have_lower && strcmp(lua_tostring(L, -1), "lower") == 0)
      continue;
    if (is_string) {
      mpl_refuse(encoder, "for JSON wrap the table: mp.json(table)",
                 "a table with string keys is not an array");
    }
    lua_Integer key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
    if (key < 1 || key > length) refuse_hole(encoder, index);
    count++;
  }
  if (count != length) refuse_hole(encoder, index);
  return length;
}

/* Descends along the first elements. */
static void measure(mpl_encoder *encoder, int index, shape *array) {
  lua_State *L = encoder->L;
  int top = lua_gettop(L);
  lua_pushvalue(L, index);
  do {
    if (array->dimensions == MPL_ARRAY_DIMENSIONS_MAX) {
      mpl_refuse(encoder, NULL, "an array has at most %d dimensions",
                 MPL_ARRAY_DIMENSIONS_MAX);
    }
    int table = lua_gettop(L);
    lua_Integer size = check_sequence(encoder, table, array->dimensions == 0);
    array->lowers[array->dimensions] = 1;
    array->sizes[array->dimensions++] = size;
    lua_rawgeti(L, table, 1);
  } while (is_dimension(L, -1, array->element));
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
  mpl_buffer *out = encoder->out;
  size_t at = out->length;
  if (mpl_is_null(encoder->L, index)) {
    array->has_null = true;
    mpl_buffer_u32(out, UINT32_MAX);
    return;
  }
  mpl_buffer_u32(out, 0);
  array->element->encode(encoder, index);
  mpl_buffer_patch_u32(out, at, (uint32_t)(out->length - at - 4));
}

static void put_dimension(mpl_encoder *encoder, shape *array, int index) {
  lua_State *L = encoder->L;
  int level = encoder->depth++;
  luaL_checkstack(L, 16, NULL);
  for (lua_Integer i = 1; i <= array->sizes[level]; i++) {
    encoder->path[level] = i;
    lua_rawgeti(L, index, i);
    int item = lua_gettop(L);
    bool is_table = is_dimension(L, item, array->element),
         is_last = level + 1 == array->dimensions;
    if (is_table == is_last) {
      mpl_refuse(encoder, NULL, "the array's elements are partly arrays");
    }
    if (is_last) {
      put_element(encoder, array, item);
    } else {
      if (check_sequence(encoder, item, false) != array->sizes[level + 1]) {
        mpl_refuse(encoder, NULL,
                   "the nested array is not as long as the ones before it");
      }
      put_dimension(encoder, array, item);
    }
    lua_settop(L, item - 1);
  }
  encoder->depth = level;
}

void mpl_array_encode(mpl_encoder *encoder, int index, const mpl_codec *element) {
  shape array = {.element = element};
  mpl_buffer *out = encoder->out;
  measure(encoder, index, &array);
  read_lowers(encoder, index, &array);
  size_t start = out->length;
  mpl_buffer_u32(out, (uint32_t)array.dimensions);
  mpl_buffer_u32(out, 0);
  mpl_buffer_u32(out, element->oid);
  for (int i = 0; i < array.dimensions; i++) {
    mpl_buffer_u32(out, (uint32_t)array.sizes[i]);
    mpl_buffer_u32(out, (uint32_t)array.lowers[i]);
  }
  if (array.dimensions > 0) put_dimension(encoder, &array, index);
  mpl_buffer_patch_u32(out, start + 4, array.has_null);
}

static bool needs_literal(lua_State *L, int index, int depth) {
  luaL_checkstack(L, 8, NULL);
  lua_Integer length = (lua_Integer)lua_rawlen(L, index);
  bool found = false;
  for (lua_Integer i = 1; i <= length && !found; i++) {
    int type = lua_rawgeti(L, index, i);
    found = type == LUA_TSTRING;
    if (type == LUA_TTABLE && depth < MPL_ARRAY_DIMENSIONS_MAX) {
      found = needs_literal(L, lua_gettop(L), depth + 1);
    }
    lua_pop(L, 1);
  }
  return found;
}

bool mpl_array_needs_literal(lua_State *L, int index, const mpl_codec *element) {
  return element->string_use == MPL_STRING_PARSED && needs_literal(L, index, 1);
}

static void put_quoted(mpl_buffer *out, const char *text, size_t length) {
  mpl_buffer_byte(out, '"');
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"' || text[i] == '\\') mpl_buffer_byte(out, '\\');
    mpl_buffer_byte(out, text[i]);
  }
  mpl_buffer_byte(out, '"');
}

/* The codec's own encoding is made only to have the value checked. */
static void put_literal_element(mpl_encoder *encoder, int index,
                                const mpl_codec *element) {
  lua_State *L = encoder->L;
  mpl_buffer *out = encoder->out;
  size_t start = out->length, length = 0;
  if (mpl_is_null(L, index)) {
    mpl_buffer_text(out, "NULL");
    return;
  }
  if (element != NULL && lua_type(L, index) != LUA_TSTRING)
    element->encode(encoder, index);
  out->length = start;
  mpl_encode_natural(encoder, index);
  const char *text = lua_pushlstring(L, out->data + start, out->length - start);
  length = out->length - start;
  out->length = start;
  put_quoted(out, text, length);
  lua_pop(L, 1);
}

static void put_literal(mpl_encoder *encoder, int index, const mpl_codec *element) {
  lua_State *L = encoder->L;
  int level = encoder->depth;
  if (level == MPL_ARRAY_DIMENSIONS_MAX) {
    mpl_refuse(encoder, NULL, "an array has at most %d dimensions",
               MPL_ARRAY_DIMENSIONS_MAX);
  }
  lua_Integer length = check_sequence(encoder, index, false);
  encoder->depth++;
  luaL_checkstack(L, 16, NULL);
  mpl_buffer_byte(encoder->out, '{');
  for (lua_Integer i = 1; i <= length; i++) {
    encoder->path[level] = i;
    if (i > 1) mpl_buffer_byte(encoder->out, ',');
    lua_rawgeti(L, index, i);
    int item = lua_gettop(L);
    if (is_dimension(L, item, element))
      put_literal(encoder, item, element);
    else
      put_literal_element(encoder, item, element);
    lua_settop(L, item - 1);
  }
  mpl_buffer_byte(encoder->out, '}');
  encoder->depth = level;
}

void mpl_array_encode_literal(mpl_encoder *encoder, int index, const mpl_codec *element) {
  put_literal(encoder, index, element);
}
