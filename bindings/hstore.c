/* hstore.c - hstore as a table of strings, mp.null for its NULLs. */
#include "codec_types.h"
#include "wire.h"

#include <lauxlib.h>

#include <string.h>

static void check_text(mpl_encoder *encoder, int index, const char *what) {
  size_t length = 0;
  if (lua_type(encoder->L, index) != LUA_TSTRING) {
    mpl_refuse(encoder, "make it a string yourself, with tostring",
               "hstore holds strings: %s is %s", what, mpl_kind_of(encoder->L, index));
  }
  const char *text = lua_tolstring(encoder->L, index, &length);
  if (memchr(text, '\0', length) == NULL) return;
  mpl_refuse(encoder, "PostgreSQL's text cannot hold it; bytea can",
             "the string contains a NUL byte");
}

/* The pair on top of the stack: a string, and a string or mp.null. */
static void check_pair(mpl_encoder *encoder) {
  int value = lua_gettop(encoder->L), key = value - 1;
  check_text(encoder, key, "the key");
  if (mpl_is_null(encoder->L, value)) return;
  mpl_path_enter(encoder, lua_tostring(encoder->L, key), 0);
  check_text(encoder, value, "the value");
  mpl_path_leave(encoder);
}

static void check_table(mpl_encoder *encoder, int index) {
  luaL_checkstack(encoder->L, 16, NULL);
  if (!lua_istable(encoder->L, index)) mpl_refuse_type(encoder, index);
}

static void put_text(mpl_encoder *encoder, int index) {
  size_t length = 0;
  const char *text = lua_tolstring(encoder->L, index, &length);
  mpl_buffer_u32(encoder->out, (uint32_t)length);
  mpl_buffer_append(encoder->out, text, length);
}

void mpl_encode_hstore(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  uint32_t count = 0;
  check_table(encoder, index);
  size_t start = encoder->out->length;
  mpl_buffer_u32(encoder->out, 0);
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1), count++) {
    check_pair(encoder);
    put_text(encoder, lua_gettop(L) - 1);
    if (mpl_is_null(L, -1))
      mpl_buffer_u32(encoder->out, UINT32_MAX);
    else
      put_text(encoder, lua_gettop(L));
  }
  mpl_buffer_patch_u32(encoder->out, start, count);
}

static void put_quoted(mpl_encoder *encoder, int index) {
  size_t start = encoder->out->length, length = 0;
  const char *text = lua_tolstring(encoder->L, index, &length);
  mpl_buffer_append(encoder->out, text, length);
  mpl_quote(encoder, start);
}

void mpl_encode_hstore_literal(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  bool is_first = true;
  check_table(encoder, index);
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    check_pair(encoder);
    if (!is_first) mpl_buffer_byte(encoder->out, ',');
    is_first = false;
    put_quoted(encoder, lua_gettop(L) - 1);
    mpl_buffer_text(encoder->out, "=>");
    if (mpl_is_null(L, -1))
      mpl_buffer_text(encoder->out, "NULL");
    else
      put_quoted(encoder, lua_gettop(L));
  }
}

typedef struct reader {
  lua_State *L;
  const char *at, *end;
} reader;

static bool read_u32(reader *in, uint32_t *out) {
  if (in->end - in->at < 4) return false;
  *out = mpl_get_u32(in->at);
  in->at += 4;
  return true;
}

static bool read_text(reader *in, bool may_be_null) {
  uint32_t length = 0;
  if (!read_u32(in, &length)) return false;
  if (length == UINT32_MAX && may_be_null) {
    mpl_push_null(in->L);
    return true;
  }
  if (length > (size_t)(in->end - in->at)) return false;
  lua_pushlstring(in->L, in->at, length);
  in->at += length;
  return true;
}

bool mpl_decode_hstore(lua_State *L, const char *bytes, size_t length) {
  reader in = {L, bytes, bytes + length};
  uint32_t count = 0;
  if (!read_u32(&in, &count) || count > (size_t)(in.end - in.at) / 8) return false;
  lua_createtable(L, 0, (int)count);
  for (uint32_t i = 0; i < count; i++) {
    if (!read_text(&in, false) || !read_text(&in, true)) return false;
    lua_rawset(L, -3);
  }
  return in.at == in.end;
}

static bool skip(reader *in, const char *text) {
  size_t length = strlen(text);
  if ((size_t)(in->end - in->at) < length || memcmp(in->at, text, length) != 0)
    return false;
  in->at += length;
  return true;
}

static bool read_quoted(reader *in) {
  mpl_buffer text;
  if (!skip(in, "\"")) return false;
  mpl_buffer_init(in->L, &text);
  while (!skip(in, "\"")) {
    (void)skip(in, "\\");
    if (in->at == in->end) return false;
    mpl_buffer_byte(&text, *in->at++);
  }
  lua_pushlstring(in->L, text.data, text.length);
  lua_remove(in->L, text.slot);
  return true;
}

static bool read_value(reader *in) {
  if (!skip(in, "NULL")) return read_quoted(in);
  mpl_push_null(in->L);
  return true;
}

/* "a"=>"1", "b"=>NULL */
bool mpl_decode_hstore_text(lua_State *L, const char *bytes, size_t length) {
  reader in = {L, bytes, bytes + length};
  lua_newtable(L);
  while (in.at < in.end) {
    if (!read_quoted(&in) || !skip(&in, "=>") || !read_value(&in)) return false;
    lua_rawset(L, -3);
    if (in.at < in.end && !skip(&in, ", ")) return false;
  }
  return true;
}
