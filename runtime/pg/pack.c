/* pack.c - the rows of a whole result behind each other: libpq keeps a pointer and a
 * length for each cell, and blocks for them, which is half of what short rows take. */
#include "base/alloc.h"
#include "pg/conn_impl.h"
#include "pg/rows.h"

#include <string.h>

enum {
  FEW_ROWS = 16,       /* not worth a copy */
  LONG_ROW = 1024,     /* nor are rows that consist of what they hold */
  MAX_BYTES = 1 << 30, /* so that where a row starts fits its number */
  ALIGNMENT = (int)sizeof(int32_t)
};

static size_t aligned(size_t size) {
  return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Copy the row; where the next one goes. */
static char *copy_row(const PGresult *pg, int row, int column_count, char *to) {
  int32_t *lengths = (int32_t *)(void *)to;
  char *at = to + (size_t)column_count * sizeof(*lengths);
  for (int i = 0; i < column_count; i++) {
    int length = PQgetlength(pg, row, i);
    lengths[i] = length == 0 && PQgetisnull(pg, row, i) ? -1 : length;
    if (lengths[i] < 0) continue;
    memcpy(at, PQgetvalue(pg, row, i), (size_t)length + 1);
    at += length + 1;
  }
  return to + aligned((size_t)(at - to));
}

/* No less than the rows take: of a cell libpq keeps its bytes with a NUL, as we do, and
 * its length and a pointer, where we keep the length. Memory that nobody writes to costs
 * nothing; given back it would make malloc map the next piece anew. */
static size_t bound(const PGresult *pg, size_t count, size_t column_count) {
  size_t saved = sizeof(int) + sizeof(char *), cells = count * column_count;
  return PQresultMemorySize(pg) - saved * cells + ALIGNMENT * count;
}

static mp__row_pack *new_pack(const PGresult *pg, size_t count, int column_count) {
  size_t head = sizeof(mp__row_pack) + aligned(count * sizeof(uint32_t));
  mp__row_pack *pack = mp__alloc(head + bound(pg, count, (size_t)column_count));
  if (pack == NULL) return NULL;
  char *bytes = (char *)pack + head, *at = bytes;
  *pack =
      (mp__row_pack){.count = count, .column_count = (size_t)column_count, .head = head};
  for (size_t row = 0; row < count; row++) {
    pack->starts[row] = (uint32_t)(at - bytes);
    at = copy_row(pg, (int)row, column_count, at);
  }
  pack->memory = head + (size_t)(at - bytes);
  return pack;
}

bool mp_result_pack(mp_result *result) {
  PGresult *pg = result->pg;
  if (pg == NULL) return false;
  size_t count = (size_t)PQntuples(pg), size = PQresultMemorySize(pg);
  if (result->block != NULL || result->pack != NULL || count < FEW_ROWS) return false;
  if (size > MAX_BYTES || size / count > LONG_ROW) return false;
  PGresult *columns = PQcopyResult(pg, PG_COPYRES_ATTRS);
  mp__row_pack *pack = columns == NULL ? NULL : new_pack(pg, count, PQnfields(pg));
  if (pack == NULL) {
    PQclear(columns);
    return false;
  }
  PQclear(pg);
  result->pg = columns;
  result->pack = pack;
  return true;
}
