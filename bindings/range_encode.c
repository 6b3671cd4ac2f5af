/* range_encode.c - ranges and sequences of them to the server's ranges and multiranges.
 */
#include "codec.h"
#include "range.h"

#include <lauxlib.h>

static const char range_class_key = 0;

void mpl_open_range(lua_State *L) {
  lua_newtable(L);
  lua_pushliteral(L, "moonpool.range");
  lua_setfield(L, -2, "__name");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &range_class_key);
  lua_setfield(L, -2, "range_class");
}

void mpl_push_range_class(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &range_class_key);
}

bool mpl_is_range(lua_State *L, int index) {
  if (!lua_istable(L, index) || !lua_getmetatable(L, index)) return false;
  mpl_push_range_class(L);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

static bool flag_of(lua_State *L, int index, const char *name) {
  lua_pushstring(L, name);
  lua_rawget(L, index);
  bool is = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is;
}

/* Push a bound; false, and nothing pushed, where there is none. */
static bool push_bound(mpl_encoder *encoder, int index, const char *name) {
  lua_State *L = encoder->L;
  lua_pushstring(L, name);
  lua_rawget(L, index);
  if (mpl_is_null(L, -1)) {
    lua_pop(L, 1);
    return false;
  }
  mpl_path_enter(encoder, name, 0);
  return true;
}

static void pop_bound(mpl_encoder *encoder) {
  mpl_path_leave(encoder);
  lua_pop(encoder->L, 1);
}

static void check_range(mpl_encoder *encoder, const mp_type *type, int index) {
  luaL_checkstack(encoder->L, 16, NULL);
  if (mpl_is_range(encoder->L, index)) return;
  mpl_refuse(encoder, "make one with mp.range(lower, upper, \"[)\")", "%s is not %s",
             mpl_kind_of(encoder->L, index), mp_type_name(type));
}

/* The flag that is due when there is no such bound. */
static unsigned put_bound(mpl_encoder *encoder, const mp_type *bound, int index,
                          const char *name, unsigned infinite) {
  if (!push_bound(encoder, index, name)) return infinite;
  size_t start = mpl_begin_length(encoder);
  mpl_write_binary(encoder, bound, lua_gettop(encoder->L));
  mpl_end_length(encoder, start);
  pop_bound(encoder);
  return 0;
}

void mpl_range_write_binary(mpl_encoder *encoder, const mp_type *type, int index) {
  lua_State *L = encoder->L;
  const mp_type *bound = mp_type_inner(type);
  check_range(encoder, type, index);
  unsigned flags = 0;
  size_t start = encoder->out->length;
  mpl_buffer_byte(encoder->out, 0);
  if (flag_of(L, index, "empty")) {
    flags = MPL_RANGE_EMPTY;
  } else {
    if (flag_of(L, index, "lower_inc")) flags |= MPL_RANGE_LOWER_INC;
    if (flag_of(L, index, "upper_inc")) flags |= MPL_RANGE_UPPER_INC;
    flags |= put_bound(encoder, bound, index, "lower", MPL_RANGE_LOWER_INFINITE);
    flags |= put_bound(encoder, bound, index, "upper", MPL_RANGE_UPPER_INFINITE);
  }
  encoder->out->data[start] = (char)flags;
}

static void put_bound_literal(mpl_encoder *encoder, const mp_type *bound, int index,
                              const char *name) {
  if (!push_bound(encoder, index, name)) return;
  size_t start = encoder->out->length;
  mpl_write_literal(encoder, bound, lua_gettop(encoder->L));
  mpl_quote(encoder, start);
  pop_bound(encoder);
}

void mpl_range_write_literal(mpl_encoder *encoder, const mp_type *type, int index) {
  lua_State *L = encoder->L;
  const mp_type *bound = mp_type_inner(type);
  check_range(encoder, type, index);
  if (flag_of(L, index, "empty")) {
    mpl_buffer_text(encoder->out, "empty");
    return;
  }
  mpl_buffer_byte(encoder->out, flag_of(L, index, "lower_inc") ? '[' : '(');
  put_bound_literal(encoder, bound, index, "lower");
  mpl_buffer_byte(encoder->out, ',');
  put_bound_literal(encoder, bound, index, "upper");
  mpl_buffer_byte(encoder->out, flag_of(L, index, "upper_inc") ? ']' : ')');
}

static lua_Integer check_ranges(mpl_encoder *encoder, const mp_type *type, int index) {
  if (lua_istable(encoder->L, index) && !mpl_is_range(encoder->L, index))
    return mpl_check_sequence(encoder, index, false);
  mpl_refuse(encoder, "give a sequence of ranges: { mp.range(1, 3), mp.range(5, 8) }",
             "%s is not %s", mpl_kind_of(encoder->L, index), mp_type_name(type));
}

void mpl_multirange_write_binary(mpl_encoder *encoder, const mp_type *type, int index) {
  lua_State *L = encoder->L;
  lua_Integer count = check_ranges(encoder, type, index);
  mpl_buffer_u32(encoder->out, (uint32_t)count);
  for (lua_Integer i = 1; i <= count; i++) {
    mpl_path_enter(encoder, NULL, i);
    lua_rawgeti(L, index, i);
    size_t start = mpl_begin_length(encoder);
    mpl_range_write_binary(encoder, mp_type_inner(type), lua_gettop(L));
    mpl_end_length(encoder, start);
    lua_pop(L, 1);
    mpl_path_leave(encoder);
  }
}

void mpl_multirange_write_literal(mpl_encoder *encoder, const mp_type *type, int index) {
  lua_State *L = encoder->L;
  lua_Integer count = check_ranges(encoder, type, index);
  mpl_buffer_byte(encoder->out, '{');
  for (lua_Integer i = 1; i <= count; i++) {
    if (i > 1) mpl_buffer_byte(encoder->out, ',');
    mpl_path_enter(encoder, NULL, i);
    lua_rawgeti(L, index, i);
    mpl_write_literal(encoder, mp_type_inner(type), lua_gettop(L));
    lua_pop(L, 1);
    mpl_path_leave(encoder);
  }
  mpl_buffer_byte(encoder->out, '}');
}
