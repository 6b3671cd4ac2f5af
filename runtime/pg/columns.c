/* columns.c - the columns that all results of a statement have in common. */
#include "pg/columns.h"

#include "base/alloc.h"

#include <string.h>

static size_t name_bytes(const PGresult *pg, int count) {
  size_t bytes = 0;
  for (int i = 0; i < count; i++)
    bytes += strlen(PQfname(pg, i)) + 1;
  return bytes;
}

mp_columns *mp__columns_new(const PGresult *pg) {
  int count = PQnfields(pg);
  size_t head = sizeof(mp_columns) + (size_t)count * sizeof(mp__column);
  mp_columns *columns = mp__alloc(head + name_bytes(pg, count));
  if (columns == NULL) return NULL;
  *columns = (mp_columns){.references = 1, .count = (size_t)count};
  char *at = (char *)columns + head;
  for (int i = 0; i < count; i++) {
    size_t size = strlen(PQfname(pg, i)) + 1;
    memcpy(at, PQfname(pg, i), size);
    columns->each[i] = (mp__column){.name = at, .type = PQftype(pg, i)};
    at += size;
  }
  return columns;
}

mp_columns *mp__columns_retain(mp_columns *columns) {
  if (columns != NULL) columns->references++;
  return columns;
}

void mp__columns_release(mp_columns *columns) {
  if (columns == NULL || --columns->references > 0) return;
  if (columns->note != NULL) columns->free_note(columns->note);
  mp__free(columns);
}

bool mp__columns_match(const mp_columns *columns, const PGresult *pg) {
  if ((size_t)PQnfields(pg) != columns->count) return false;
  for (size_t i = 0; i < columns->count; i++) {
    const mp__column *column = &columns->each[i];
    if (PQftype(pg, (int)i) != column->type) return false;
    if (strcmp(PQfname(pg, (int)i), column->name) != 0) return false;
  }
  return true;
}

void *mp_columns_note(const mp_columns *columns) {
  return columns->note;
}

void mp_columns_set_note(mp_columns *columns, void *note, mp_note_free_cb free_note) {
  columns->note = note;
  columns->free_note = free_note;
}
