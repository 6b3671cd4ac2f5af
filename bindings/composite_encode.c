/* composite_encode.c - tables by field name to rows of a known type. */
#include "codec.h"

#include <lauxlib.h>

#include <string.h>

enum { NAME_LENGTH_MAX = 63 };

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Edits (insert, delete, replace one byte) from one name to the other. */
static size_t distance(const char *a, const char *b) {
  size_t row[NAME_LENGTH_MAX + 1], length = strlen(b);
  if (strlen(a) > NAME_LENGTH_MAX || length > NAME_LENGTH_MAX) return NAME_LENGTH_MAX;
  for (size_t j = 0; j <= length; j++)
    row[j] = j;
  for (size_t i = 1; a[i - 1] != '\0'; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= length; j++) {
      size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
    }
  }
  return row[length];
}

static const char *nearest_field(const mp_type *type, const char *name) {
  const char *best = NULL;
  size_t least = strlen(name) / 3 + 2;
  for (size_t i = 0; i < mp_type_field_count(type); i++) {
    size_t edits = distance(name, mp_type_field_name(type, i));
    if (edits >= least) continue;
    least = edits;
    best = mp_type_field_name(type, i);
  }
  return best;
}

static bool has_field(const mp_type *type, const char *name) {
  for (size_t i = 0; i < mp_type_field_count(type); i++) {
    if (strcmp(mp_type_field_name(type, i), name) == 0) return true;
  }
  return false;
}

static void check_key(mpl_encoder *encoder, const mp_type *type) {
  lua_State *L = encoder->L;
  if (lua_type(L, -1) != LUA_TSTRING) {
    mpl_refuse(encoder, "give its fields by name: { name = value }",
               "%s has fields, the table has a key that is no name", mp_type_name(type));
  }
  const char *name = lua_tostring(L, -1);
  if (has_field(type, name)) return;
  const char *nearest = nearest_field(type, name), *hint = NULL;
  if (nearest != NULL) hint = lua_pushfstring(L, "did you mean \"%s\"?", nearest);
  mpl_refuse(encoder, hint, "%s has no field \"%s\"", mp_type_name(type), name);
}

static void check_table(mpl_encoder *encoder, const mp_type *type, int index) {
  lua_State *L = encoder->L;
  if (!lua_istable(L, index)) {
    mpl_refuse(encoder, "give its fields by name: { name = value }", "%s is not %s",
               mpl_kind_of(L, index), mp_type_name(type));
  }
  luaL_checkstack(L, 16, NULL);
  for (lua_pushnil(L); lua_next(L, index) != 0;) {
    lua_pop(L, 1);
    check_key(encoder, type);
  }
}

/* Push field `i`; false, and nothing pushed, where it is NULL. */
static bool enter_field(mpl_encoder *encoder, const mp_type *type, int index, size_t i) {
  const char *name = mp_type_field_name(type, i);
  lua_pushstring(encoder->L, name);
  lua_rawget(encoder->L, index);
  if (mpl_is_null(encoder->L, -1)) {
    lua_pop(encoder->L, 1);
    return false;
  }
  mpl_path_enter(encoder, name, 0);
  return true;
}

static void leave_field(mpl_encoder *encoder) {
  mpl_path_leave(encoder);
  lua_pop(encoder->L, 1);
}

void mpl_composite_write_binary(mpl_encoder *encoder, const mp_type *type, int index) {
  check_table(encoder, type, index);
  mpl_buffer_u32(encoder->out, (uint32_t)mp_type_field_count(type));
  for (size_t i = 0; i < mp_type_field_count(type); i++) {
    const mp_type *field = mp_type_field_type(type, i);
    mpl_buffer_u32(encoder->out, mp_type_oid(field));
    if (!enter_field(encoder, type, index, i)) {
      mpl_buffer_u32(encoder->out, UINT32_MAX);
      continue;
    }
    size_t start = mpl_begin_length(encoder);
    mpl_write_binary(encoder, field, lua_gettop(encoder->L));
    mpl_end_length(encoder, start);
    leave_field(encoder);
  }
}

void mpl_composite_write_literal(mpl_encoder *encoder, const mp_type *type, int index) {
  check_table(encoder, type, index);
  mpl_buffer_byte(encoder->out, '(');
  for (size_t i = 0; i < mp_type_field_count(type); i++) {
    if (i > 0) mpl_buffer_byte(encoder->out, ',');
    if (!enter_field(encoder, type, index, i)) continue;
    size_t start = encoder->out->length;
    mpl_write_literal(encoder, mp_type_field_type(type, i), lua_gettop(encoder->L));
    mpl_quote(encoder, start);
    leave_field(encoder);
  }
  mpl_buffer_byte(encoder->out, ')');
}
