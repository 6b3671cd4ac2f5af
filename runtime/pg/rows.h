/* rows.h - the body of a result, and rows gathered in one. */
#ifndef MP_PG_ROWS_H
#define MP_PG_ROWS_H

#include "pg/bulk.h"

#include <libpq-fe.h>

enum {
  MP__BLOCK_ROWS = 256,
  MP__BLOCK_BYTES = 30 * 1024,
  MP__BLOCK_ROW_MAX = 4 * 1024 /* a longer one stays as it came */
};

/* Rows behind each other: of each row the lengths of its cells, -1 for NULL, and then the
 * cells that are not NULL, each with a NUL behind it, as libpq has them. */
typedef struct mp__row_block {
  size_t count, used, column_count;
  uint32_t starts[MP__BLOCK_ROWS]; /* in `bytes`, each a multiple of four */
  char bytes[MP__BLOCK_BYTES];
} mp__row_block;

/* All rows of a result in the same form, in one piece of memory. */
typedef struct mp__row_pack {
  size_t count, column_count;
  size_t memory; /* bytes, of all of it */
  size_t head;   /* where the rows begin in it */
  uint32_t starts[];
} mp__row_pack;

struct mp_result {
  PGresult *pg; /* with a block or a pack, only its columns count; NULL: a brief */
  mp__row_block *block; /* at most one of these; without both the rows are in `pg` */
  mp__row_pack *pack;
  mp_types *types;
  mp_columns *columns; /* its statement's; NULL: those of `pg` */
  mp_result *next;
  /* Of a brief, which is one piece of memory. */
  const char *command;
  mp_format format;
};

/* Cells of the row at `start`, which is in one of these forms. */
void mp__row_cells(const char *start, size_t column_count, size_t first, size_t count,
                   mp_cell *cells);

#endif
