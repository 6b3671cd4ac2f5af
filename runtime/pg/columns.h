/* columns.h - the body of mp_columns: what a statement's rows consist of, in one piece.
 */
#ifndef MP_PG_COLUMNS_H
#define MP_PG_COLUMNS_H

#include <moonpool/result.h>

#include <libpq-fe.h>

typedef struct mp__column {
  const char *name;
  uint32_t type;
} mp__column;

/* Never changes once it is made: a statement that is described anew gets others. */
struct mp_columns {
  uint32_t references;
  void *note;
  mp_note_free_cb free_note;
  size_t count;
  mp__column each[];
};

/* Those of a description or a result; NULL without memory. */
MP_MUST_CHECK mp_columns *mp__columns_new(const PGresult *pg);
mp_columns *mp__columns_retain(mp_columns *columns);
void mp__columns_release(mp_columns *columns);
/* Whether a result's columns have the same names and types. */
bool mp__columns_match(const mp_columns *columns, const PGresult *pg);

#endif
