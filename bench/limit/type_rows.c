/* type_rows.c - W3: the rows of pg_type, twelve columns each, into an array of structs.
 */
#include "limit.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 4096

typedef struct type_row {
  char name[64];
  int32_t namespace_id, owner;
  int16_t length;
  char by_value, category, is_preferred, is_defined, delimiter;
  int32_t relation, element, array;
} type_row;

typedef struct reading {
  PGconn *conn;
  type_row *rows;
} reading;

static const char query[] =
    "select typname, typnamespace, typowner, typlen, typbyval, typcategory, "
    "typispreferred, typisdefined, typdelim, typrelid, typelem, typarray "
    "from pg_type where typtypmod = $1 and typisdefined = $2";

static void read_row(const PGresult *from, int row, type_row *out) {
  size_t length = (size_t)PQgetlength(from, row, 0);
  if (length >= sizeof(out->name)) fail("a name is too long");
  memcpy(out->name, PQgetvalue(from, row, 0), length + 1);
  out->namespace_id = get_int32(PQgetvalue(from, row, 1));
  out->owner = get_int32(PQgetvalue(from, row, 2));
  out->length = get_int16(PQgetvalue(from, row, 3));
  out->by_value = *PQgetvalue(from, row, 4);
  out->category = *PQgetvalue(from, row, 5);
  out->is_preferred = *PQgetvalue(from, row, 6);
  out->is_defined = *PQgetvalue(from, row, 7);
  out->delimiter = *PQgetvalue(from, row, 8);
  out->relation = get_int32(PQgetvalue(from, row, 9));
  out->element = get_int32(PQgetvalue(from, row, 10));
  out->array = get_int32(PQgetvalue(from, row, 11));
}

static long select_all(void *data) {
  const reading *into = data;
  uint32_t modifier = htonl(UINT32_MAX);
  const char *values[] = {(const char *)&modifier, "\1"};
  const int lengths[] = {sizeof(modifier), 1}, formats[] = {1, 1};
  PGresult *result =
      expect_success(PQexecPrepared(into->conn, "types", 2, values, lengths, formats, 1));
  int count = PQntuples(result);
  if (count > ROWS_MAX) fail("more types than there is room for");
  for (int i = 0; i < count; i++)
    read_row(result, i, &into->rows[i]);
  PQclear(result);
  return count;
}

void type_rows(void) {
  reading into = {dial(), calloc(ROWS_MAX, sizeof(type_row))};
  if (into.rows == NULL) fail("not enough memory");
  prepare(into.conn, "types", query);
  measure(select_all, &into);
  free(into.rows);
  PQfinish(into.conn);
}
