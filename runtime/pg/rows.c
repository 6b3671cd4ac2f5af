/* rows.c - the rows of a stream, gathered: libpq makes a result of each, several blocks
 * of memory that cost least when they go back before the next is made. */
#include "pg/rows.h"

#include "base/alloc.h"
#include "pg/conn_impl.h"

#include <string.h>

/* The lengths of the row's cells into `lengths`; the bytes it takes in a block. */
static size_t measure(const PGresult *pg, int32_t *lengths, size_t column_count) {
  size_t size = column_count * sizeof(*lengths);
  for (size_t i = 0; i < column_count; i++) {
    int length = PQgetlength(pg, 0, (int)i);
    bool is_null = length == 0 && PQgetisnull(pg, 0, (int)i);
    lengths[i] = is_null ? -1 : length;
    if (!is_null) size += (size_t)length + 1;
    if (size > MP__BLOCK_ROW_MAX) return size;
  }
  return size;
}

static void copy_cells(const PGresult *pg, const int32_t *lengths, size_t column_count,
                       char *to) {
  for (size_t i = 0; i < column_count; i++) {
    if (lengths[i] < 0) continue;
    size_t size = (size_t)lengths[i] + 1;
    memcpy(to, PQgetvalue(pg, 0, (int)i), size);
    to += size;
  }
}

static bool has_room(const mp__row_block *block) {
  return block->count < MP__BLOCK_ROWS &&
         sizeof(block->bytes) - block->used >= MP__BLOCK_ROW_MAX;
}

/* Copy the row, if it is a short one, behind those of the block; the bytes it takes, 0
 * for a long one. */
static size_t add_to_block(mp__row_block *block, const PGresult *pg) {
  size_t count = block->column_count;
  char *row = block->bytes + block->used;
  int32_t *lengths = (int32_t *)(void *)row;
  if (count * sizeof(*lengths) > MP__BLOCK_ROW_MAX) return 0;
  size_t size = measure(pg, lengths, count);
  if (size > MP__BLOCK_ROW_MAX) return 0;
  copy_cells(pg, lengths, count, row + count * sizeof(*lengths));
  block->starts[block->count++] = (uint32_t)block->used;
  block->used += (size + 3) & ~(size_t)3;
  return size;
}

static void append(mp__rows *rows, mp_result *result) {
  if (rows->first == NULL) rows->first = result;
  if (rows->last != NULL) mp__result_append(rows->last, result);
  rows->last = result;
}

static mp__row_block *new_block(const PGresult *pg) {
  mp__row_block *block = mp__alloc(sizeof(*block));
  if (block == NULL) return NULL;
  block->count = block->used = 0;
  block->column_count = (size_t)PQnfields(pg);
  return block;
}

/* The first row of a block lends it its columns; a long row has none. */
static bool add_result(mp__rows *rows, PGresult *pg, mp_types *types) {
  mp_result *result = mp__result_new(pg, types, NULL);
  if (result == NULL) return false;
  append(rows, result);
  mp__row_block *block = new_block(pg);
  size_t size = block == NULL ? 0 : add_to_block(block, pg);
  rows->bytes += size == 0 ? mp_result_memory(result) : size;
  if (size > 0)
    result->block = block;
  else
    mp__free(block);
  return true;
}

bool mp__rows_add(mp__rows *rows, PGresult *pg, mp_types *types) {
  mp__row_block *block = rows->last == NULL ? NULL : rows->last->block;
  size_t size = block != NULL && has_room(block) ? add_to_block(block, pg) : 0;
  rows->count++;
  if (size == 0) return add_result(rows, pg, types);
  rows->bytes += size;
  PQclear(pg);
  return true;
}

mp_result *mp__rows_take(mp__rows *rows) {
  mp_result *first = rows->first;
  *rows = (mp__rows){0};
  return first;
}

static size_t size_of(int32_t length) {
  return length < 0 ? 0 : (size_t)length + 1;
}

void mp__row_cells(const char *start, size_t column_count, size_t first, size_t count,
                   mp_cell *cells) {
  const int32_t *lengths = (const int32_t *)(const void *)start;
  const char *at = start + column_count * sizeof(*lengths);
  for (size_t i = 0; i < first; i++)
    at += size_of(lengths[i]);
  for (size_t i = first; i < first + count; i++, cells++) {
    cells->bytes = lengths[i] < 0 ? NULL : at;
    cells->length = lengths[i] < 0 ? 0 : (size_t)lengths[i];
    at += size_of(lengths[i]);
  }
}
