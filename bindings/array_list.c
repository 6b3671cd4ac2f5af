/* array_list.c - plain lists as arrays, in one walk: most arrays are no more than that.
 */
#include "codec.h"

#include <lauxlib.h>

enum {
  LIKELY_BYTES = 12, /* of an element and its length */
  ELEMENTS_AHEAD = 65536
};

/* What is written most often fits at once. */
static void make_room(mpl_encoder *encoder, lua_Integer length) {
  size_t elements = length < ELEMENTS_AHEAD ? (size_t)length : ELEMENTS_AHEAD;
  mpl_buffer_reserve(encoder->out, elements * LIKELY_BYTES);
  luaL_checkstack(encoder->L, 16, NULL);
}

/* What writes each element; NULL where their type must be asked. */
static const mpl_codec *codec_of(const mp_type *element) {
  const mpl_codec *codec = mp_type_codec(mpl_type_base(element));
  bool is_custom = codec != NULL && codec->string_use == MPL_STRING_CUSTOM;
  return is_custom ? NULL : codec;
}

/* False for what is no plain value. */
static bool put_element(mpl_encoder *encoder, const mpl_codec *codec, int index) {
  int kind = lua_type(encoder->L, index);
  if (kind == LUA_TTABLE) return false;
  if (kind == LUA_TLIGHTUSERDATA && mpl_is_null(encoder->L, index)) {
    mpl_buffer_u32(encoder->out, UINT32_MAX);
    return true;
  }
  size_t start = mpl_begin_length(encoder);
  codec->encode(encoder, index);
  mpl_end_length(encoder, start);
  return true;
}

static bool is_null_at(const mpl_buffer *out, size_t start) {
  return mpl_get_u32(out->data + start) == UINT32_MAX;
}

/* Lua walks through a list in its order; false where the walk meets anything else. */
static bool put_elements(mpl_encoder *encoder, const mpl_codec *codec, int index,
                         lua_Integer length, bool *has_null) {
  lua_State *L = encoder->L;
  int key = lua_gettop(L) + 1;
  lua_Integer count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_settop(L, key)) {
    if (!lua_isinteger(L, key) || lua_tointeger(L, key) != count + 1) return false;
    size_t start = encoder->out->length;
    encoder->path[encoder->depth - 1].index = ++count;
    if (!put_element(encoder, codec, key + 1)) return false;
    *has_null = *has_null || is_null_at(encoder->out, start);
  }
  return count == length;
}

static void put_header(mpl_encoder *encoder, const mp_type *element, lua_Integer length) {
  mpl_buffer_u32(encoder->out, 1); /* dimension */
  mpl_buffer_u32(encoder->out, 0); /* whether there are NULLs, as far as is known */
  mpl_buffer_u32(encoder->out, mp_type_oid(element));
  mpl_buffer_u32(encoder->out, (uint32_t)length);
  mpl_buffer_u32(encoder->out, 1); /* lower bound */
}

bool mpl_array_write_list(mpl_encoder *encoder, const mp_type *element, int index) {
  lua_State *L = encoder->L;
  const mpl_codec *codec = codec_of(element);
  lua_Integer length = (lua_Integer)lua_rawlen(L, index);
  if (codec == NULL || length == 0 || length > INT32_MAX) return false;
  int top = lua_gettop(L), depth = encoder->depth;
  const char *name = encoder->type;
  size_t start = encoder->out->length;
  bool has_null = false;
  encoder->type = mp_type_name(mpl_type_base(element));
  make_room(encoder, length);
  put_header(encoder, element, length);
  mpl_path_enter(encoder, NULL, 0);
  bool is_list = put_elements(encoder, codec, index, length, &has_null);
  mpl_buffer_patch_u32(encoder->out, start + 4, has_null);
  if (!is_list) encoder->out->length = start;
  encoder->type = name;
  encoder->depth = depth;
  lua_settop(L, top);
  return is_list;
}
