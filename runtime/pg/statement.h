/* statement.h - the body of mp_statement: text, class and, once described, types. */
#ifndef MP_PG_STATEMENT_H
#define MP_PG_STATEMENT_H

#include "base/list.h"

#include <moonpool/params.h>
#include <moonpool/statement.h>

/* Descriptions of more are over 30,000 bytes, which libpq before 15.19 takes for a stream
 * that has gone wrong (VALID_LONG_MESSAGE_TYPE in its fe-protocol3.c). */
#define MP__DESCRIBED_PARAMS_MAX 7000

typedef struct mp__column {
  char *name;
  uint32_t type;
} mp__column;

/* What running it has come to, until its engine adds that up (statistics.c). */
typedef struct mp__statement_use {
  uint64_t calls, errors, rows;
  uint64_t queue_us, run_us, longest_us;
} mp__statement_use;

struct mp_statement {
  uint32_t references;
  uint64_t id;   /* never used twice */
  char name[24]; /* on servers: "mp_<id>" */
  char *text;    /* as the user wrote it */
  size_t length;
  char *wire; /* as it is sent: `text` itself unless named parameters became $n */
  char **names;
  size_t name_count;
  mp_statement_class kind;
  bool touches_session; /* may leave something behind on the connection */
  bool changes_schema;  /* what texts mean may be another afterwards */
  bool has_many;        /* several statements in one text */
  bool is_wide; /* more than MP__DESCRIBED_PARAMS_MAX parameters: no columns are described
                 */

  bool (*is_binary)(uint32_t type); /* NULL: results arrive as text */
  bool described;
  size_t param_count;
  uint32_t *param_types;
  size_t column_count;
  mp__column *columns;
  mp_format result_format;

  mp__statement_use use;

  mp__link link;       /* for its cache; unlinked elsewhere */
  mp__link describers; /* for the engine: who waits for its description */
  const void *asker;   /* for the engine: the group that asks for its description */
};

/* A new statement with one reference, class MP_STATEMENT_WRITE, not described; NULL
 * without memory. */
MP_MUST_CHECK mp_statement *mp__statement_new(const char *sql, size_t length);
/* What it selects from has changed: forget the columns and take a new id, so that every
 * connection prepares it anew. Its parameters stay what they are: some were encoded. */
void mp__statement_retire(mp_statement *statement);

#endif
