/* result.c - a server's answer: a PGresult behind our own face. */
#include "base/alloc.h"
#include "pg/columns.h"
#include "pg/conn_impl.h"
#include "pg/rows.h"

#include <stdlib.h>
#include <string.h>

mp_result *mp__result_new(PGresult *pg, mp_types *types, mp_columns *columns) {
  mp_result *brief = columns == NULL ? NULL : mp__result_brief(pg, types, columns);
  if (brief != NULL) return brief;
  mp_result *result = mp__alloc(sizeof(*result));
  if (result == NULL) {
    PQclear(pg);
    return NULL;
  }
  *result = (mp_result){
      .pg = pg, .types = mp_types_retain(types), .columns = mp__columns_retain(columns)};
  return result;
}

size_t mp_result_memory(const mp_result *result) {
  if (result->pg == NULL) return result->pack->memory;
  size_t block = result->block == NULL ? 0 : sizeof(*result->block);
  size_t pack = result->pack == NULL ? 0 : result->pack->memory;
  return PQresultMemorySize(result->pg) + block + pack;
}

void mp__result_append(mp_result *last, mp_result *next) {
  last->next = next;
}

void mp_result_free(mp_result *result) {
  while (result != NULL) {
    mp_result *next = result->next;
    if (result->pg != NULL) mp__free(result->pack);
    PQclear(result->pg);
    mp__free(result->block);
    mp__columns_release(result->columns);
    mp_types_release(result->types);
    mp__free(result);
    result = next;
  }
}

const mp_result *mp_result_next(const mp_result *result) {
  return result->next;
}

mp_result *mp_result_cut(mp_result *result) {
  mp_result *next = result->next;
  result->next = NULL;
  return next;
}

size_t mp_result_row_count(const mp_result *result) {
  if (result->block != NULL) return result->block->count;
  return result->pack != NULL ? result->pack->count : (size_t)PQntuples(result->pg);
}

size_t mp_result_column_count(const mp_result *result) {
  return result->columns != NULL ? result->columns->count : (size_t)PQnfields(result->pg);
}

const char *mp_result_column_name(const mp_result *result, size_t column) {
  if (result->columns == NULL) return PQfname(result->pg, (int)column);
  return column < result->columns->count ? result->columns->each[column].name : NULL;
}

uint32_t mp_result_column_type(const mp_result *result, size_t column) {
  if (result->columns == NULL) return PQftype(result->pg, (int)column);
  return column < result->columns->count ? result->columns->each[column].type : 0;
}

mp_columns *mp_result_columns(const mp_result *result) {
  return result->columns;
}

mp_types *mp_result_types(const mp_result *result) {
  return result->types;
}

mp_format mp_result_column_format(const mp_result *result, size_t column) {
  if (result->pg == NULL) return result->format;
  return PQfformat(result->pg, (int)column) == 1 ? MP_FORMAT_BINARY : MP_FORMAT_TEXT;
}

static void read_block(const mp__row_block *block, size_t row, size_t first, size_t count,
                       mp_cell *cells) {
  const char *start = block->bytes + block->starts[row];
  mp__row_cells(start, block->column_count, first, count, cells);
}

static void read_pack(const mp__row_pack *pack, size_t row, size_t first, size_t count,
                      mp_cell *cells) {
  const char *start = (const char *)pack + pack->head + pack->starts[row];
  mp__row_cells(start, pack->column_count, first, count, cells);
}

static void read_pg(const PGresult *pg, size_t row, size_t first, size_t count,
                    mp_cell *cells) {
  int at = (int)row, column = (int)first;
  for (const mp_cell *end = cells + count; cells < end; cells++, column++) {
    /* A cell of length 0 may be NULL or empty; every other one is a value. */
    int length = PQgetlength(pg, at, column);
    cells->length = (size_t)length;
    cells->bytes =
        length == 0 && PQgetisnull(pg, at, column) ? NULL : PQgetvalue(pg, at, column);
  }
}

void mp_result_cells(const mp_result *result, size_t row, size_t first, size_t count,
                     mp_cell *cells) {
  if (result->pack != NULL)
    read_pack(result->pack, row, first, count, cells);
  else if (result->block != NULL)
    read_block(result->block, row, first, count, cells);
  else
    read_pg(result->pg, row, first, count, cells);
}

const char *mp_result_cell(const mp_result *result, size_t row, size_t column,
                           size_t *length) {
  mp_cell cell;
  mp_result_cells(result, row, column, 1, &cell);
  *length = cell.length;
  return cell.bytes;
}

const char *mp_result_command(const mp_result *result) {
  return result->pg == NULL ? result->command : PQcmdStatus(result->pg);
}

int64_t mp_result_affected(const mp_result *result) {
  if (result->pg != NULL) return strtoll(PQcmdTuples(result->pg), NULL, 10);
  const char *last = strrchr(result->command, ' '); /* of "INSERT 0 3", "SELECT 3" */
  return last == NULL ? 0 : strtoll(last, NULL, 10);
}
