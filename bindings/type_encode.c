/* type_encode.c - writes a value by its type: a codec's, or one made of parts; in binary,
 * or as a literal where the server must parse a part of it. */
#include "codec.h"
#include "codec_types.h"
#include "custom_codec.h"
#include "values.h"

#include <lauxlib.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Values whose text is not what they say by themselves. */
static void put_hex(mpl_encoder *encoder, int index) {
  static const char digits[] = "0123456789abcdef";
  size_t length = 0;
  const char *bytes = lua_tolstring(encoder->L, index, &length);
  mpl_buffer_text(encoder->out, "\\x");
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    mpl_buffer_byte(encoder->out, digits[byte >> 4]);
    mpl_buffer_byte(encoder->out, digits[byte & 15]);
  }
}

static const struct {
  mpl_encode binary, literal;
} literals[] = {
    {mpl_encode_json, mpl_encode_json},
    {mpl_encode_jsonb, mpl_encode_json},
    {mpl_encode_bytea, put_hex},
    {mpl_encode_hstore, mpl_encode_hstore_literal},
};

static void put_codec_literal(mpl_encoder *encoder, const mpl_codec *codec, int index) {
  size_t start = encoder->out->length;
  if (codec->string_use == MPL_STRING_PARSED &&
      lua_type(encoder->L, index) == LUA_TSTRING) {
    mpl_encode_natural(encoder, index);
    return;
  }
  codec->encode(encoder, index); /* only to have the value checked */
  encoder->out->length = start;
  for (size_t i = 0; i < COUNT(literals); i++) {
    if (literals[i].binary != codec->encode) continue;
    literals[i].literal(encoder, index);
    return;
  }
  mpl_encode_natural(encoder, index);
}

static void check_table(mpl_encoder *encoder, const mpl_codec *codec, int index) {
  if (lua_istable(encoder->L, index) && !codec->takes_tables)
    mpl_refuse_type(encoder, index);
}

static void write_parts_literal(mpl_encoder *encoder, const mp_type *type, int index) {
  switch (mp_type_get_kind(type)) {
  case MP_TYPE_ARRAY:
    mpl_array_write_literal(encoder, mp_type_inner(type), index);
    return;
  case MP_TYPE_COMPOSITE:
    mpl_composite_write_literal(encoder, type, index);
    return;
  case MP_TYPE_RANGE:
    mpl_range_write_literal(encoder, type, index);
    return;
  case MP_TYPE_MULTIRANGE:
    mpl_multirange_write_literal(encoder, type, index);
    return;
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_PSEUDO:
  case MP_TYPE_DOMAIN:
    mpl_encode_natural(encoder, index);
    return;
  }
}

void mpl_write_literal(mpl_encoder *encoder, const mp_type *type, int index) {
  if (type == NULL) {
    mpl_encode_natural(encoder, index);
    return;
  }
  type = mpl_type_base(type);
  encoder->type = mp_type_name(type);
  const mpl_codec *codec = mp_type_codec(type);
  if (codec != NULL && codec->string_use == MPL_STRING_CUSTOM) {
    mpl_custom_write(encoder, codec, MP_FORMAT_TEXT, index);
  } else if (codec != NULL) {
    check_table(encoder, codec, index);
    put_codec_literal(encoder, codec, index);
  } else if (lua_type(encoder->L, index) == LUA_TSTRING) {
    mpl_encode_natural(encoder, index);
  } else {
    write_parts_literal(encoder, type, index);
  }
}

static void write_parts_binary(mpl_encoder *encoder, const mp_type *type, int index) {
  switch (mp_type_get_kind(type)) {
  case MP_TYPE_ARRAY:
    mpl_array_write_binary(encoder, mp_type_inner(type), index);
    return;
  case MP_TYPE_COMPOSITE:
    mpl_composite_write_binary(encoder, type, index);
    return;
  case MP_TYPE_RANGE:
    mpl_range_write_binary(encoder, type, index);
    return;
  case MP_TYPE_MULTIRANGE:
    mpl_multirange_write_binary(encoder, type, index);
    return;
  case MP_TYPE_PSEUDO:
    mpl_refuse(encoder, "cast the parameter to the type it has: $1::schema.type",
               "%s is not %s", mpl_kind_of(encoder->L, index), mp_type_name(type));
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_DOMAIN:
    mpl_refuse_type(encoder, index);
  }
}

void mpl_write_binary(mpl_encoder *encoder, const mp_type *type, int index) {
  type = mpl_type_base(type);
  encoder->type = mp_type_name(type);
  const mpl_codec *codec = mp_type_codec(type);
  if (codec != NULL && codec->string_use == MPL_STRING_CUSTOM) {
    mpl_custom_write(encoder, codec, MP_FORMAT_BINARY, index);
  } else if (codec != NULL) {
    check_table(encoder, codec, index);
    codec->encode(encoder, index);
  } else {
    write_parts_binary(encoder, type, index);
  }
}

static bool field_needs_literal(lua_State *L, const mp_type *type, int table,
                                const char *name) {
  lua_pushstring(L, name);
  lua_rawget(L, table);
  bool needs = mpl_needs_literal(L, type, lua_gettop(L));
  lua_pop(L, 1);
  return needs;
}

/* Of such a type only a string may have to be parsed. */
static bool is_binary_codec(const mp_type *type) {
  type = mpl_type_base(type);
  return mp_type_codec(type) != NULL && mp_type_is_binary(type);
}

/* `depth` is how many tables more may be dimensions of the array. */
static bool item_needs_literal(lua_State *L, const mp_type *type, int table, int depth) {
  bool needs = false, is_simple = is_binary_codec(type);
  luaL_checkstack(L, 8, NULL);
  lua_Integer length = (lua_Integer)lua_rawlen(L, table);
  int item = lua_gettop(L) + 1;
  for (lua_Integer i = 1; i <= length && !needs; i++) {
    int kind = lua_rawgeti(L, table, i);
    if (is_simple && kind != LUA_TSTRING && kind != LUA_TTABLE)
      needs = false;
    else if (kind == LUA_TTABLE && depth > 0 && !mpl_is_value(L, type, item))
      needs = item_needs_literal(L, type, item, depth - 1);
    else
      needs = mpl_needs_literal(L, type, item);
    lua_pop(L, 1);
  }
  return needs;
}

static bool parts_need_literal(lua_State *L, const mp_type *type, int index) {
  bool needs = false;
  luaL_checkstack(L, 8, NULL);
  if (!lua_istable(L, index)) return false;
  switch (mp_type_get_kind(type)) {
  case MP_TYPE_ARRAY:
    return item_needs_literal(L, mp_type_inner(type), index, MPL_ARRAY_DIMENSIONS_MAX);
  case MP_TYPE_MULTIRANGE:
    return item_needs_literal(L, mp_type_inner(type), index, 0);
  case MP_TYPE_RANGE:
    return field_needs_literal(L, mp_type_inner(type), index, "lower") ||
           field_needs_literal(L, mp_type_inner(type), index, "upper");
  case MP_TYPE_COMPOSITE:
    for (size_t i = 0; i < mp_type_field_count(type) && !needs; i++) {
      needs = field_needs_literal(L, mp_type_field_type(type, i), index,
                                  mp_type_field_name(type, i));
    }
    return needs;
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_PSEUDO:
  case MP_TYPE_DOMAIN:
    break;
  }
  return false;
}

/* Arrays of what is never parsed need not be looked through. */
static bool is_never_parsed(const mp_type *type) {
  if (mp_type_get_kind(type) != MP_TYPE_ARRAY) return false;
  const mpl_codec *codec = mp_type_codec(mpl_type_base(mp_type_inner(type)));
  return codec != NULL && codec->string_use != MPL_STRING_PARSED;
}

bool mpl_needs_literal(lua_State *L, const mp_type *type, int index) {
  type = mpl_type_base(type);
  const mpl_codec *codec = mp_type_codec(type);
  if (mpl_is_null(L, index)) return false;
  if (!mp_type_is_binary(type)) return true;
  bool is_string = lua_type(L, index) == LUA_TSTRING;
  if (codec != NULL) return is_string && codec->string_use == MPL_STRING_PARSED;
  if (is_string) return true;
  return !is_never_parsed(type) && parts_need_literal(L, type, index);
}

static bool is_multirange(lua_State *L, int index) {
  lua_rawgeti(L, index, 1);
  bool is = lua_isnil(L, -1) || mpl_is_range(L, lua_gettop(L));
  lua_pop(L, 1);
  return is;
}

bool mpl_is_value(lua_State *L, const mp_type *type, int index) {
  if (type == NULL) return false;
  type = mpl_type_base(type);
  const mpl_codec *codec = mp_type_codec(type);
  bool is_sequence = lua_rawlen(L, index) > 0;
  if (codec != NULL && codec->encode == mpl_encode_hstore) return !is_sequence;
  if (codec != NULL) return codec->takes_tables;
  switch (mp_type_get_kind(type)) {
  case MP_TYPE_COMPOSITE:
    return !is_sequence;
  case MP_TYPE_RANGE:
    return mpl_is_range(L, index) || !is_sequence;
  case MP_TYPE_MULTIRANGE:
    return is_multirange(L, index);
  case MP_TYPE_ARRAY: /* behind a domain: arrays have no arrays as elements */
    return true;
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_PSEUDO:
  case MP_TYPE_DOMAIN:
    break;
  }
  return false;
}
