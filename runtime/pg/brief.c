/* brief.c - a short answer, copied out of libpq's result: that is several blocks of
 * memory, which cost least when they go back before the next answer needs them. */
#include "base/alloc.h"
#include "pg/columns.h"
#include "pg/conn_impl.h"
#include "pg/rows.h"

#include <string.h>

enum { ROWS_MAX = 8, BYTES_MAX = 1024 };

/* What becomes of it, before its size is known. */
typedef struct draft {
  uint32_t starts[ROWS_MAX];
  size_t length;
  union {
    int32_t align;
    char bytes[BYTES_MAX];
  } rows;
} draft;

static bool reserve(const draft *into, size_t more) {
  return BYTES_MAX - into->length >= more;
}

static bool copy_cell(draft *into, const PGresult *pg, int row, int column,
                      int32_t *length) {
  *length = PQgetlength(pg, row, column);
  if (*length == 0 && PQgetisnull(pg, row, column)) {
    *length = -1;
    return true;
  }
  size_t size = (size_t)*length + 1;
  if (!reserve(into, size)) return false;
  memcpy(into->rows.bytes + into->length, PQgetvalue(pg, row, column), size);
  into->length += size;
  return true;
}

/* As in a pack: the lengths, and then the cells. */
static bool copy_row(draft *into, const PGresult *pg, int row, int column_count) {
  size_t start = (into->length + sizeof(int32_t) - 1) & ~(sizeof(int32_t) - 1);
  size_t head = (size_t)column_count * sizeof(int32_t);
  if (start > BYTES_MAX || BYTES_MAX - start < head) return false;
  int32_t *lengths = (int32_t *)(void *)(into->rows.bytes + start);
  into->starts[row] = (uint32_t)start;
  into->length = start + head;
  for (int i = 0; i < column_count; i++) {
    if (!copy_cell(into, pg, row, i, &lengths[i])) return false;
  }
  return true;
}

static bool copy_rows(draft *into, const PGresult *pg, int row_count, int column_count) {
  into->length = 0;
  for (int row = 0; row < row_count; row++) {
    if (!copy_row(into, pg, row, column_count)) return false;
  }
  return true;
}

/* Result, pack, rows and command tag, one behind the other. */
static mp_result *assemble(const draft *from, size_t row_count, size_t column_count,
                           const char *command) {
  size_t command_size = strlen(command) + 1;
  size_t head = sizeof(mp__row_pack) + row_count * sizeof(uint32_t);
  size_t size = sizeof(mp_result) + head + from->length + command_size;
  mp_result *result = mp__alloc(size);
  if (result == NULL) return NULL;
  mp__row_pack *pack = (mp__row_pack *)(void *)(result + 1);
  *pack = (mp__row_pack){
      .count = row_count, .column_count = column_count, .memory = size, .head = head};
  memcpy(pack->starts, from->starts, row_count * sizeof(uint32_t));
  char *rows = (char *)pack + head, *tag = rows + from->length;
  memcpy(rows, from->rows.bytes, from->length);
  memcpy(tag, command, command_size);
  *result = (mp_result){.pack = pack, .command = tag};
  return result;
}

mp_result *mp__result_brief(PGresult *pg, mp_types *types, mp_columns *columns) {
  draft rows;
  int row_count = PQntuples(pg), column_count = (int)columns->count;
  if (row_count > ROWS_MAX || column_count == 0) return NULL;
  if (!copy_rows(&rows, pg, row_count, column_count)) return NULL;
  mp_result *result = assemble(&rows, (size_t)row_count, columns->count, PQcmdStatus(pg));
  if (result == NULL) return NULL;
  result->format = PQfformat(pg, 0) == 1 ? MP_FORMAT_BINARY : MP_FORMAT_TEXT;
  result->types = mp_types_retain(types);
  result->columns = mp__columns_retain(columns);
  PQclear(pg);
  return result;
}
