/* range_decode.c - the server's ranges to range objects, multiranges to sequences. */
#include "literal.h"
#include "range.h"
#include "wire.h"

#include <lauxlib.h>

#include <string.h>

static void set_flag(lua_State *L, int range, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, range, name);
}

/* Push a range without bounds; its slot. */
static int push_range(lua_State *L, bool is_empty, bool lower_inc, bool upper_inc) {
  lua_createtable(L, 0, 5);
  int range = lua_gettop(L);
  set_flag(L, range, "empty", is_empty);
  set_flag(L, range, "lower_inc", lower_inc);
  set_flag(L, range, "upper_inc", upper_inc);
  mpl_push_range_class(L);
  lua_setmetatable(L, range);
  return range;
}

typedef struct bytes {
  const char *at, *end;
} bytes;

/* A length and as many bytes; false where they are not there. */
static bool take(bytes *in, bytes *part) {
  if (in->end - in->at < 4) return false;
  uint32_t length = mpl_get_u32(in->at);
  in->at += 4;
  if (length > (size_t)(in->end - in->at)) return false;
  *part = (bytes){in->at, in->at + length};
  in->at += length;
  return true;
}

static bool read_bound(mpl_decoder *from, const mp_type *type, bytes *in, int range,
                       const char *name) {
  bytes part;
  if (!take(in, &part)) return false;
  if (!mpl_read_binary(from, type, part.at, (size_t)(part.end - part.at))) return false;
  lua_setfield(from->L, range, name);
  return true;
}

bool mpl_range_read_binary(mpl_decoder *from, const mp_type *type, const char *start,
                           size_t length) {
  const mp_type *bound = mp_type_inner(type);
  bytes in = {start + 1, start + length};
  if (length == 0) return false;
  unsigned flags = (unsigned char)*start;
  bool is_empty = flags & MPL_RANGE_EMPTY;
  int range = push_range(from->L, is_empty, flags & MPL_RANGE_LOWER_INC,
                         flags & MPL_RANGE_UPPER_INC);
  bool has_lower = !is_empty && !(flags & MPL_RANGE_LOWER_INFINITE),
       has_upper = !is_empty && !(flags & MPL_RANGE_UPPER_INFINITE);
  if (has_lower && !read_bound(from, bound, &in, range, "lower")) return false;
  if (has_upper && !read_bound(from, bound, &in, range, "upper")) return false;
  return in.at == in.end;
}

bool mpl_multirange_read_binary(mpl_decoder *from, const mp_type *type, const char *start,
                                size_t length) {
  bytes in = {start, start + length}, part;
  if (length < 4) return false;
  uint32_t count = mpl_get_u32(in.at);
  in.at += 4;
  if (count > (size_t)(in.end - in.at) / 4) return false;
  lua_createtable(from->L, (int)count, 0);
  for (uint32_t i = 1; i <= count; i++) {
    if (!take(&in, &part)) return false;
    size_t size = (size_t)(part.end - part.at);
    if (!mpl_read_binary(from, mp_type_inner(type), part.at, size)) return false;
    lua_rawseti(from->L, -2, (lua_Integer)i);
  }
  return in.at == in.end;
}

static bool read_literal_bound(mpl_literal *in, const mp_type *type, int range,
                               const char *name) {
  bool is_infinite = false;
  if (!mpl_literal_part(in, type, ",)]", &is_infinite)) return false;
  if (!is_infinite) lua_setfield(in->from->L, range, name);
  return true;
}

static bool read_range(mpl_literal *in, const mp_type *type) {
  lua_State *L = in->from->L;
  const mp_type *bound = mp_type_inner(type);
  if (in->end - in->at >= 5 && memcmp(in->at, "empty", 5) == 0) {
    in->at += 5;
    push_range(L, true, false, false);
    return true;
  }
  bool lower_inc = mpl_literal_skip(in, '[');
  if (!lower_inc && !mpl_literal_skip(in, '(')) return false;
  int range = push_range(L, false, lower_inc, false);
  if (!read_literal_bound(in, bound, range, "lower")) return false;
  if (!mpl_literal_skip(in, ',')) return false;
  if (!read_literal_bound(in, bound, range, "upper")) return false;
  bool upper_inc = mpl_literal_skip(in, ']');
  set_flag(L, range, "upper_inc", upper_inc);
  return upper_inc || mpl_literal_skip(in, ')');
}

bool mpl_range_read_literal(mpl_decoder *from, const mp_type *type, const char *start,
                            size_t length) {
  mpl_literal in = {from, start, start + length};
  return read_range(&in, type) && in.at == in.end;
}

bool mpl_multirange_read_literal(mpl_decoder *from, const mp_type *type,
                                 const char *start, size_t length) {
  mpl_literal in = {from, start, start + length};
  if (!mpl_literal_skip(&in, '{')) return false;
  lua_newtable(from->L);
  if (mpl_literal_skip(&in, '}')) return in.at == in.end;
  for (lua_Integer i = 1;; i++) {
    if (!read_range(&in, mp_type_inner(type))) return false;
    lua_rawseti(from->L, -2, i);
    if (mpl_literal_skip(&in, '}')) return in.at == in.end;
    if (!mpl_literal_skip(&in, ',')) return false;
  }
}
