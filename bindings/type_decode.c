/* type_decode.c - reads a value by its type: a codec's, or one made of parts. */
#include "codec.h"
#include "custom_codec.h"

#include <lauxlib.h>

#define DEPTH_MAX 100 /* a row of unknown fields may hold another, and so on */

const mp_type *mpl_type_base(const mp_type *type) {
  while (mp_type_codec(type) == NULL && mp_type_get_kind(type) == MP_TYPE_DOMAIN)
    type = mp_type_inner(type);
  return type;
}

static bool enter(mpl_decoder *from) {
  if (from->depth++ >= DEPTH_MAX) return false;
  luaL_checkstack(from->L, 16, NULL);
  return true;
}

/* In binary only what has a codec, or is made of what has one, can be read. */
static bool refuse_unknown(mpl_decoder *from, const mp_type *type) {
  from->trouble = "has no form that could be read here";
  from->trouble_oid = mp_type_oid(type);
  return false;
}

static bool read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                        size_t length) {
  switch (mp_type_get_kind(type)) {
  case MP_TYPE_ARRAY:
    return mpl_array_read_binary(from, mp_type_inner(type), bytes, length);
  case MP_TYPE_RANGE:
    return mpl_range_read_binary(from, type, bytes, length);
  case MP_TYPE_MULTIRANGE:
    return mpl_multirange_read_binary(from, type, bytes, length);
  case MP_TYPE_COMPOSITE:
    return mpl_composite_read_binary(from, type, bytes, length);
  case MP_TYPE_PSEUDO:
    if (mp_type_oid(type) == MP_TYPE_RECORD)
      return mpl_composite_read_binary(from, type, bytes, length);
    return refuse_unknown(from, type);
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_DOMAIN:
    return refuse_unknown(from, type);
  }
  return false;
}

bool mpl_read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                     size_t length) {
  type = mpl_type_base(type);
  const mpl_codec *codec = mp_type_codec(type);
  if (codec != NULL && codec->string_use == MPL_STRING_CUSTOM)
    return mpl_custom_read(from, codec, MP_FORMAT_BINARY, bytes, length);
  if (codec != NULL) return codec->decode_binary(from->L, bytes, length);
  bool is_read = enter(from) && read_binary(from, type, bytes, length);
  from->depth--;
  return is_read;
}

static bool read_literal(mpl_decoder *from, const mp_type *type, const char *bytes,
                         size_t length) {
  switch (mp_type_get_kind(type)) {
  case MP_TYPE_ARRAY:
    return mpl_array_read_literal(from, mp_type_inner(type), bytes, length);
  case MP_TYPE_RANGE:
    return mpl_range_read_literal(from, type, bytes, length);
  case MP_TYPE_MULTIRANGE:
    return mpl_multirange_read_literal(from, type, bytes, length);
  case MP_TYPE_COMPOSITE:
    return mpl_composite_read_literal(from, type, bytes, length);
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_PSEUDO:
  case MP_TYPE_DOMAIN:
    break;
  }
  lua_pushlstring(from->L, bytes, length);
  return true;
}

bool mpl_read_literal(mpl_decoder *from, const mp_type *type, const char *bytes,
                      size_t length) {
  type = mpl_type_base(type);
  const mpl_codec *codec = mp_type_codec(type);
  if (codec != NULL && codec->string_use == MPL_STRING_CUSTOM)
    return mpl_custom_read(from, codec, MP_FORMAT_TEXT, bytes, length);
  if (codec != NULL) return codec->decode_text(from->L, bytes, length);
  bool is_read = enter(from) && read_literal(from, type, bytes, length);
  from->depth--;
  return is_read;
}
