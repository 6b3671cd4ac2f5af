/* composite_decode.c - rows to tables by field name; absent where a field is NULL. */
#include "literal.h"
#include "wire.h"

#include <lauxlib.h>

#include <stdio.h>

typedef struct row {
  mpl_decoder *from;
  const mp_type *type; /* a composite, or record */
  bool is_record; /* its fields are f1, f2, ... of the types that the message names */
  const char *at, *end;
} row;

static bool read_u32(row *in, uint32_t *out) {
  if (in->end - in->at < 4) return false;
  *out = mpl_get_u32(in->at);
  in->at += 4;
  return true;
}

static const mp_type *record_field(row *in, uint32_t oid) {
  mpl_decoder *from = in->from;
  const mp_type *type = mp_types_find(from->types, oid);
  if (type != NULL && mp_type_is_binary(type)) return type;
  if (type == NULL) from->is_changed = true;
  from->trouble = "is inside a row, and cannot be read there";
  from->trouble_oid = oid;
  return NULL;
}

static const mp_type *field_type(row *in, uint32_t i, uint32_t oid) {
  if (in->is_record) return record_field(in, oid);
  const mp_type *type = mp_type_field_type(in->type, i);
  if (mp_type_oid(type) == oid) return type;
  in->from->is_changed = true;
  return NULL;
}

static void set_field(row *in, int table, uint32_t i) {
  char name[16];
  const char *key = name;
  if (in->is_record)
    snprintf(name, sizeof(name), "f%u", (unsigned)i + 1);
  else
    key = mp_type_field_name(in->type, i);
  lua_setfield(in->from->L, table, key);
}

static bool read_field(row *in, int table, uint32_t i) {
  uint32_t oid = 0, length = 0;
  if (!read_u32(in, &oid) || !read_u32(in, &length)) return false;
  const mp_type *type = field_type(in, i, oid);
  if (type == NULL) return false;
  if (length == UINT32_MAX) return true;
  if (length > (size_t)(in->end - in->at)) return false;
  in->at += length;
  if (!mpl_read_binary(in->from, type, in->at - length, length)) return false;
  set_field(in, table, i);
  return true;
}

bool mpl_composite_read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                               size_t length) {
  bool is_record = mp_type_get_kind(type) == MP_TYPE_PSEUDO;
  row in = {from, type, is_record, bytes, bytes + length};
  uint32_t count = 0;
  if (!read_u32(&in, &count) || count > (size_t)(in.end - in.at) / 8) return false;
  if (!is_record && count != mp_type_field_count(type)) {
    from->is_changed = true;
    return false;
  }
  lua_createtable(from->L, 0, (int)count);
  int table = lua_gettop(from->L);
  for (uint32_t i = 0; i < count; i++) {
    if (!read_field(&in, table, i)) return false;
  }
  return in.at == in.end;
}

static bool read_parts(mpl_literal *in, const mp_type *type, int table) {
  size_t count = mp_type_field_count(type);
  for (size_t i = 0; i < count; i++) {
    bool is_null = false;
    if (i > 0 && !mpl_literal_skip(in, ',')) return false;
    if (!mpl_literal_part(in, mp_type_field_type(type, i), ",)", &is_null)) return false;
    if (!is_null) lua_setfield(in->from->L, table, mp_type_field_name(type, i));
  }
  return true;
}

bool mpl_composite_read_literal(mpl_decoder *from, const mp_type *type, const char *bytes,
                                size_t length) {
  mpl_literal in = {from, bytes, bytes + length};
  lua_createtable(from->L, 0, (int)mp_type_field_count(type));
  if (!mpl_literal_skip(&in, '(')) return false;
  if (!read_parts(&in, type, lua_gettop(from->L)) || in.at == in.end) return false;
  from->is_changed = *in.at == ','; /* one field more */
  return mpl_literal_skip(&in, ')') && in.at == in.end;
}
