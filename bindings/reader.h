/* reader.h - how the cells of a result become Lua values: its columns, known once for all
 * rows. */
#ifndef MPL_READER_H
#define MPL_READER_H

#include "codec.h"

#define MPL_FEW_COLUMNS 16

/* How many new values a column may have without one that came again. */
enum { MPL_PATIENCE = 8, MPL_PATIENCE_MAX = 64 };

typedef struct mpl_column {
  const mp_type *type; /* NULL: nobody knows it, and it came as text */
  mpl_decode decode;   /* of types that have one; NULL: by the type */
  bool is_binary;
} mpl_column;

/* A column of strings that may come again from row to row: each is made once then. */
typedef struct mpl_repeat {
  int slot;     /* of the last one on the Lua stack; 0: nobody looks */
  int patience; /* with values that are new */
  mp_cell last; /* NULL: none so far */
} mpl_repeat;

typedef struct mpl_reader {
  lua_State *L;
  const mp_result *result;
  size_t column_count;
  const mpl_column *columns;
  mpl_repeat *repeats; /* by column; NULL: nobody looks */
} mpl_reader;

/* What is known of `count` columns, which live as long as the result's types. */
void mpl_columns_learn(mpl_column *columns, size_t count, const mp_result *result);
/* The same, kept for all results of its statement and as long as they live; NULL where it
 * cannot be. */
const mpl_column *mpl_columns_known(const mp_result *result);

/* Look for strings that come again in many rows. Pushes what it needs for that, which
 * must stay while the reader is used. */
void mpl_reader_open_repeats(mpl_reader *from, size_t row_count);

void mpl_reader_push_repeat(const mpl_reader *from, size_t at, const mp_cell *cell);
/* What has no decoder, or refused: raises decode, or pushes the value. */
void mpl_reader_push_by_type(const mpl_reader *from, size_t at, const mp_cell *cell);

static inline void mpl_reader_push_decoded(const mpl_reader *from, size_t at,
                                           const mp_cell *cell) {
  mpl_decode decode = from->columns[at].decode;
  if (decode != NULL && decode(from->L, cell->bytes, cell->length)) return;
  mpl_reader_push_by_type(from, at, cell);
}

/* Push the value of a cell that is not NULL. */
static inline void mpl_reader_push(const mpl_reader *from, size_t at,
                                   const mp_cell *cell) {
  if (from->repeats != NULL && from->repeats[at].slot != 0)
    mpl_reader_push_repeat(from, at, cell);
  else
    mpl_reader_push_decoded(from, at, cell);
}

/* How many of the columns from `first` on are read in one go. */
static inline size_t mpl_reader_few(const mpl_reader *from, size_t first) {
  size_t left = from->column_count - first;
  return left < MPL_FEW_COLUMNS ? left : MPL_FEW_COLUMNS;
}

/* rows_metadata.c: count, command and columns are read from the table on top through its
 * metatable, and then what the class of rows has. */
void mpl_set_rows_metadata(const mpl_reader *from);

/* Push every column's name, once for all rows; the slot of the first. */
int mpl_reader_push_names(const mpl_reader *from);

#endif
