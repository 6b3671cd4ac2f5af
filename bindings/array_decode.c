/* array_decode.c - PostgreSQL arrays in binary and as literals to sequences. */
#include "codec.h"
#include "wire.h"

#include <lauxlib.h>

#include <string.h>

typedef struct reader {
  lua_State *L;
  mpl_decoder *from;
  const mp_type *element;
  char delimiter; /* of literals */
  const char *at, *end;
  int dimensions;
  int32_t sizes[MPL_ARRAY_DIMENSIONS_MAX], lowers[MPL_ARRAY_DIMENSIONS_MAX];
} reader;

static bool read_i32(reader *in, int32_t *out) {
  if (in->end - in->at < 4) return false;
  *out = (int32_t)mpl_get_u32(in->at);
  in->at += 4;
  return true;
}

/* Set `lower` on the table on top where a bound does not start at 1. */
static void set_lower(const reader *in) {
  bool plain = true;
  for (int i = 0; i < in->dimensions; i++)
    plain = plain && in->lowers[i] == 1;
  if (plain) return;
  if (in->dimensions == 1) {
    lua_pushinteger(in->L, in->lowers[0]);
  } else {
    lua_createtable(in->L, in->dimensions, 0);
    for (int i = 0; i < in->dimensions; i++) {
      lua_pushinteger(in->L, in->lowers[i]);
      lua_rawseti(in->L, -2, i + 1);
    }
  }
  lua_setfield(in->L, -2, "lower");
}

static bool read_header(reader *in) {
  int32_t dimensions = 0, has_null = 0, oid = 0;
  if (!read_i32(in, &dimensions) || !read_i32(in, &has_null) || !read_i32(in, &oid))
    return false;
  if (dimensions < 0 || dimensions > MPL_ARRAY_DIMENSIONS_MAX) return false;
  in->from->is_changed = (uint32_t)oid != mp_type_oid(in->element);
  if (in->from->is_changed) return false;
  in->dimensions = dimensions;
  for (int i = 0; i < dimensions; i++) {
    if (!read_i32(in, &in->sizes[i]) || !read_i32(in, &in->lowers[i])) return false;
    if (in->sizes[i] < 0) return false;
  }
  return true;
}

static bool read_element(reader *in) {
  int32_t length = 0;
  if (!read_i32(in, &length)) return false;
  if (length == -1) {
    mpl_push_null(in->L);
    return true;
  }
  if (length < 0 || length > in->end - in->at) return false;
  in->at += length;
  return mpl_read_binary(in->from, in->element, in->at - length, (size_t)length);
}

/* Each element has at least its length, so a false size cannot make a huge table. */
static bool read_dimension(reader *in, int level) {
  luaL_checkstack(in->L, 16, NULL);
  if (in->sizes[level] > (in->end - in->at) / 4) return false;
  lua_createtable(in->L, in->sizes[level], 0);
  for (int32_t i = 1; i <= in->sizes[level]; i++) {
    bool is_last = level + 1 == in->dimensions;
    if (!(is_last ? read_element(in) : read_dimension(in, level + 1))) return false;
    lua_rawseti(in->L, -2, i);
  }
  return true;
}

static reader open_reader(mpl_decoder *from, const mp_type *element, const char *bytes,
                          size_t length) {
  return (reader){.L = from->L,
                  .from = from,
                  .element = element,
                  .delimiter = mp_type_delimiter(element),
                  .at = bytes,
                  .end = bytes + length};
}

bool mpl_array_read_binary(mpl_decoder *from, const mp_type *element, const char *bytes,
                           size_t length) {
  reader in = open_reader(from, element, bytes, length);
  if (!read_header(&in)) return false;
  if (in.dimensions == 0) {
    lua_newtable(in.L);
    return in.at == in.end;
  }
  if (!read_dimension(&in, 0) || in.at != in.end) return false;
  set_lower(&in);
  return true;
}

static bool skip(reader *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool read_bound(reader *in, int32_t *out) {
  bool negative = skip(in, '-');
  int64_t value = 0;
  const char *start = in->at;
  for (; in->at < in->end && *in->at >= '0' && *in->at <= '9' && value <= INT32_MAX;
       in->at++) {
    value = value * 10 + (*in->at - '0');
  }
  *out = (int32_t)(negative ? -value : value);
  return in->at > start;
}

/* "[0:2][1:1]=" */
static bool read_bounds(reader *in) {
  if (in->at == in->end || *in->at != '[') return true;
  while (skip(in, '[')) {
    int32_t upper = 0;
    if (in->dimensions == MPL_ARRAY_DIMENSIONS_MAX) return false;
    if (!read_bound(in, &in->lowers[in->dimensions++]) || !skip(in, ':')) return false;
    if (!read_bound(in, &upper) || !skip(in, ']')) return false;
  }
  return skip(in, '=');
}

static bool read_quoted(reader *in) {
  mpl_buffer text;
  mpl_buffer_init(in->L, &text);
  while (!skip(in, '"')) {
    skip(in, '\\');
    if (in->at == in->end) return false;
    mpl_buffer_byte(&text, *in->at++);
  }
  if (!mpl_read_literal(in->from, in->element, text.data, text.length)) return false;
  lua_remove(in->L, text.slot);
  return true;
}

static bool read_bare(reader *in) {
  const char *start = in->at;
  while (in->at < in->end && *in->at != in->delimiter && *in->at != '}')
    in->at++;
  size_t length = (size_t)(in->at - start);
  if (length == 4 && memcmp(start, "NULL", 4) == 0) {
    mpl_push_null(in->L);
    return true;
  }
  return length > 0 && mpl_read_literal(in->from, in->element, start, length);
}

static bool read_literal(reader *in, int level);

static bool read_item(reader *in, int level) {
  if (skip(in, '{')) return read_literal(in, level + 1);
  return skip(in, '"') ? read_quoted(in) : read_bare(in);
}

/* Behind the opening brace. */
static bool read_literal(reader *in, int level) {
  if (level > MPL_ARRAY_DIMENSIONS_MAX) return false;
  luaL_checkstack(in->L, 16, NULL);
  lua_newtable(in->L);
  if (skip(in, '}')) return true;
  for (lua_Integer i = 1;; i++) {
    if (!read_item(in, level)) return false;
    lua_rawseti(in->L, -2, i);
    if (skip(in, '}')) return true;
    if (!skip(in, in->delimiter)) return false;
  }
}

bool mpl_array_read_literal(mpl_decoder *from, const mp_type *element, const char *bytes,
                            size_t length) {
  reader in = open_reader(from, element, bytes, length);
  if (!read_bounds(&in) || !skip(&in, '{')) return false;
  if (!read_literal(&in, 1) || in.at != in.end) return false;
  set_lower(&in);
  return true;
}
