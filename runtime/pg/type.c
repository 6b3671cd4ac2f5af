/* type.c - what can be asked about a type. */
#include "pg/type_set.h"

uint32_t mp_type_oid(const mp_type *type) {
  return type->oid;
}

mp_type_kind mp_type_get_kind(const mp_type *type) {
  return type->kind;
}

const char *mp_type_schema(const mp_type *type) {
  return type->schema;
}

const char *mp_type_bare_name(const mp_type *type) {
  return type->bare_name;
}

const char *mp_type_name(const mp_type *type) {
  return type->name;
}

bool mp_type_is_visible(const mp_type *type) {
  return type->is_visible;
}

const mp_type *mp_type_inner(const mp_type *type) {
  return type->inner;
}

char mp_type_delimiter(const mp_type *type) {
  return type->delimiter;
}

size_t mp_type_field_count(const mp_type *type) {
  return type->field_count;
}

const char *mp_type_field_name(const mp_type *type, size_t field) {
  return type->fields[field].name;
}

const mp_type *mp_type_field_type(const mp_type *type, size_t field) {
  return type->fields[field].type;
}

const void *mp_type_codec(const mp_type *type) {
  return type->codec;
}

bool mp_type_is_binary(const mp_type *type) {
  return type->binary == TYPE_BINARY_YES;
}
