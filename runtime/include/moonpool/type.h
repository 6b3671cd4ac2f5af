/* moonpool/type.h - the types of a database: what the server says about them, by oid.
 *
 * A set of types is a snapshot that never changes: statements and results keep the one
 * they were described with. It holds the server's built-in types, and once a statement
 * has named another one, all the types of the database. */
#ifndef MOONPOOL_TYPE_H
#define MOONPOOL_TYPE_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_types mp_types; /* a snapshot, counted */
typedef struct mp_type mp_type;   /* lives as long as its snapshot */

typedef enum mp_type_kind {
  MP_TYPE_UNKNOWN, /* the server named it, its catalogue does not: it travels as text */
  MP_TYPE_BASE,
  MP_TYPE_ENUM,
  MP_TYPE_PSEUDO,     /* record, void, cstring, ... */
  MP_TYPE_ARRAY,      /* inner: the elements' type */
  MP_TYPE_DOMAIN,     /* inner: the type it is made of */
  MP_TYPE_RANGE,      /* inner: the bounds' type */
  MP_TYPE_MULTIRANGE, /* inner: its range type */
  MP_TYPE_COMPOSITE   /* fields; also the row type of a table or view */
} mp_type_kind;

#define MP_TYPE_RECORD 2249u /* the oid of a row whose message tells its types */

MP_EXTERN uint32_t mp_type_oid(const mp_type *type);
MP_EXTERN mp_type_kind mp_type_get_kind(const mp_type *type);
/* The schema, and the name in it; "pg_catalog" for built-in types. */
MP_EXTERN const char *mp_type_schema(const mp_type *type);
MP_EXTERN const char *mp_type_bare_name(const mp_type *type);
/* As SQL writes it: "int4[]", "mood" where the search path finds it, else "app.mood". */
MP_EXTERN const char *mp_type_name(const mp_type *type);
/* Whether the search path found it when it was loaded. */
MP_EXTERN bool mp_type_is_visible(const mp_type *type);
/* What it is made of, see the kinds; NULL for the others. */
MP_EXTERN const mp_type *mp_type_inner(const mp_type *type);
/* What separates the elements of its array's literal. */
MP_EXTERN char mp_type_delimiter(const mp_type *type);
/* In the order of the type, without dropped ones. */
MP_EXTERN size_t mp_type_field_count(const mp_type *type);
MP_EXTERN const char *mp_type_field_name(const mp_type *type, size_t field);
MP_EXTERN const mp_type *mp_type_field_type(const mp_type *type, size_t field);

/* What mp_engine_options.type_codec gave for it. */
MP_EXTERN const void *mp_type_codec(const mp_type *type);
/* Whether its values can be read in binary, parts and all. */
MP_EXTERN bool mp_type_is_binary(const mp_type *type);

/* What was retained, release; NULL does nothing. */
MP_EXTERN mp_types *mp_types_retain(mp_types *types);
MP_EXTERN void mp_types_release(mp_types *types);

/* NULL for a type that the snapshot does not know; `types` may be NULL. */
MP_EXTERN const mp_type *mp_types_find(const mp_types *types, uint32_t oid);
/* A value did not look like its type: the types are read anew before the next statement
 * that needs them. */
MP_EXTERN void mp_types_doubt(const mp_types *types);

MP_END_C

#endif
