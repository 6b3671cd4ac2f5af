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

struct mp_result {
  PGresult *pg;         /* with a block, only its columns count */
  mp__row_block *block; /* NULL: the rows are in `pg` */
  mp_types *types;
  mp_result *next;
};

void mp__block_cells(const mp__row_block *block, size_t row, size_t first, size_t count,
                     mp_cell *cells);

#endif
