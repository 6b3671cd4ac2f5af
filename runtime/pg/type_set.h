/* type_set.h - the body of mp_types: made once from the built-in types and the rows of a
 * catalogue. */
#ifndef MP_PG_TYPE_SET_H
#define MP_PG_TYPE_SET_H

#include "base/arena.h"

#include <moonpool/type.h>

typedef struct mp__type_field {
  const char *name;
  uint32_t oid;
  mp_type *type;
} mp__type_field;

typedef enum type_binary {
  TYPE_BINARY_UNKNOWN,
  TYPE_BINARY_ASKED, /* on the way down: no type contains itself */
  TYPE_BINARY_NO,
  TYPE_BINARY_YES
} type_binary;

struct mp_type {
  uint32_t oid, inner_oid;
  mp_type_kind kind;
  type_binary binary;
  bool is_builtin, is_visible;
  char delimiter;
  const char *schema, *bare_name, *name;
  mp_type *inner;
  mp__type_field *fields;
  size_t field_count;
  const void *codec;
};

/* What a host keeps with a type: its codec, and whether that reads binary. NULL: none. */
typedef const void *(*mp__type_codec)(const mp_type *type, bool *is_binary, void *data);

/* A set in the making. */
MP_MUST_CHECK mp_types *mp__types_new(void); /* with the built-in types; NULL: memory */
/* A new type with this oid, zeroed but for it, to be filled in; one that is there already
 * is left alone (NULL, and *failed stays as it is). *failed is set without memory. */
mp_type *mp__types_add(mp_types *types, uint32_t oid, bool *failed);
const char *mp__types_text(mp_types *types, const char *text, bool *failed);
mp__type_field *mp__types_fields(mp_types *types, size_t count, bool *failed);
/* Keep a type that nobody knows as unknown, so that it is not looked for again. */
MP_MUST_CHECK bool mp__types_add_unknown(mp_types *types, uint32_t oid);
/* ... also all that `before` had as unknown. */
MP_MUST_CHECK bool mp__types_keep_unknown(mp_types *types, const mp_types *before);
/* Connect the types with each other and give them codecs: the set is made. False without
 * memory. */
MP_MUST_CHECK bool mp__types_close(mp_types *types, mp__type_codec codec, void *data);

bool mp__types_are_doubted(const mp_types *types);

/* builtin_types.c */
MP_MUST_CHECK bool mp__builtin_types_add(mp_types *types);

#endif
