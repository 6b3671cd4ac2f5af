/* type_rows.c - the catalogue's rows about types, one for each field of one, and the
 * query for them. */
#include "engine/type_rows.h"

#include <stdlib.h>

enum { FIRST_WITH_MULTIRANGES = 14 };

enum column {
  COLUMN_OID,
  COLUMN_SCHEMA,
  COLUMN_BARE_NAME,
  COLUMN_NAME,
  COLUMN_IS_VISIBLE,
  COLUMN_KIND,
  COLUMN_INNER,
  COLUMN_DELIMITER,
  COLUMN_FIELD_NAME,
  COLUMN_FIELD_TYPE
};

/* Every name is qualified, operators too: the search path may be hostile. Arrays are what
 * another type calls its array. The built-in types are among the rows, so that those of a
 * newer server than builtin_types.c are known too. */
#define CATALOG(multirange, multirange_join)                                             \
  "SELECT t.oid, n.nspname, t.typname,"                                                  \
  " CASE WHEN pg_catalog.pg_type_is_visible(t.oid)"                                      \
  " THEN pg_catalog.quote_ident(t.typname::pg_catalog.text)"                             \
  " ELSE pg_catalog.concat(pg_catalog.quote_ident(n.nspname::pg_catalog.text), '.',"     \
  " pg_catalog.quote_ident(t.typname::pg_catalog.text)) END,"                            \
  " pg_catalog.pg_type_is_visible(t.oid),"                                               \
  " CASE WHEN e.oid IS NOT NULL THEN 'a'::pg_catalog.\"char\" ELSE t.typtype END,"       \
  " coalesce(e.oid, r.rngsubtype, " multirange ", t.typbasetype),"                       \
  " t.typdelim, a.attname, a.atttypid"                                                   \
  " FROM pg_catalog.pg_type t"                                                           \
  " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace"       \
  " LEFT JOIN pg_catalog.pg_type e ON e.typarray OPERATOR(pg_catalog.=) t.oid"           \
  " LEFT JOIN pg_catalog.pg_range r ON r.rngtypid OPERATOR(pg_catalog.=) "               \
  "t.oid" multirange_join                                                                \
  " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) t.typrelid" \
  " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped"                        \
  " AND t.typtype OPERATOR(pg_catalog.=) 'c'"                                            \
  " ORDER BY t.oid, a.attnum"

static const char catalog_text[] =
    CATALOG("m.rngtypid", " LEFT JOIN pg_catalog.pg_range m"
                          " ON m.rngmultitypid OPERATOR(pg_catalog.=) t.oid");
static const char catalog_text_13[] = CATALOG("NULL::pg_catalog.oid", "");

const char *mp__type_rows_query(const char *server_version) {
  bool is_old = server_version != NULL && atoi(server_version) < FIRST_WITH_MULTIRANGES;
  return is_old ? catalog_text_13 : catalog_text;
}

static mp_type_kind kind_of(char letter) {
  static const struct {
    char letter;
    mp_type_kind kind;
  } kinds[] = {
      {'a', MP_TYPE_ARRAY},  {'b', MP_TYPE_BASE},  {'c', MP_TYPE_COMPOSITE},
      {'d', MP_TYPE_DOMAIN}, {'e', MP_TYPE_ENUM},  {'m', MP_TYPE_MULTIRANGE},
      {'p', MP_TYPE_PSEUDO}, {'r', MP_TYPE_RANGE},
  };
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
    if (kinds[i].letter == letter) return kinds[i].kind;
  }
  return MP_TYPE_BASE;
}

static const char *text_of(const mp_result *rows, size_t row, enum column column) {
  size_t length = 0;
  const char *text = mp_result_cell(rows, row, column, &length);
  return text == NULL ? "" : text;
}

static uint32_t oid_of(const mp_result *rows, size_t row, enum column column) {
  return (uint32_t)strtoul(text_of(rows, row, column), NULL, 10);
}

/* The rows of one type are its fields; one row with none where it has none. */
static void add_fields(mp_types *types, mp_type *type, const mp_result *rows,
                       size_t first, size_t count, bool *failed) {
  if (*text_of(rows, first, COLUMN_FIELD_NAME) == '\0') return;
  type->fields = mp__types_fields(types, count, failed);
  for (size_t i = 0; i < count && !*failed; i++) {
    mp__type_field *field = &type->fields[i];
    field->name =
        mp__types_text(types, text_of(rows, first + i, COLUMN_FIELD_NAME), failed);
    field->oid = oid_of(rows, first + i, COLUMN_FIELD_TYPE);
  }
  if (!*failed) type->field_count = count;
}

static void add_type(mp_types *types, const mp_result *rows, size_t first, size_t count,
                     bool *failed) {
  mp_type *type = mp__types_add(types, oid_of(rows, first, COLUMN_OID), failed);
  if (type == NULL) return;
  type->kind = kind_of(*text_of(rows, first, COLUMN_KIND));
  type->inner_oid = oid_of(rows, first, COLUMN_INNER);
  type->is_visible = *text_of(rows, first, COLUMN_IS_VISIBLE) == 't';
  type->delimiter = *text_of(rows, first, COLUMN_DELIMITER);
  type->schema = mp__types_text(types, text_of(rows, first, COLUMN_SCHEMA), failed);
  type->bare_name = mp__types_text(types, text_of(rows, first, COLUMN_BARE_NAME), failed);
  type->name = mp__types_text(types, text_of(rows, first, COLUMN_NAME), failed);
  if (type->kind == MP_TYPE_COMPOSITE)
    add_fields(types, type, rows, first, count, failed);
}

bool mp__type_rows_add(mp_types *types, const mp_result *rows) {
  bool failed = false;
  size_t total = mp_result_row_count(rows);
  for (size_t first = 0, end; first < total && !failed; first = end) {
    uint32_t oid = oid_of(rows, first, COLUMN_OID);
    for (end = first + 1; end < total && oid_of(rows, end, COLUMN_OID) == oid;)
      end++;
    add_type(types, rows, first, end - first, &failed);
  }
  return !failed;
}
