/* statement.h - the body of mp_statement: text, class and, once described, types. */
#ifndef MP_PG_STATEMENT_H
#define MP_PG_STATEMENT_H

#include "base/list.h"
#include "pg/type_set.h"

#include <moonpool/params.h>
#include <moonpool/result.h>
#include <moonpool/statement.h>

/* Descriptions of more are over 30,000 bytes, which libpq before 15.19 takes for a stream
 * that has gone wrong (VALID_LONG_MESSAGE_TYPE in its fe-protocol3.c). */
#define MP__DESCRIBED_PARAMS_MAX 7000

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
  bool changes_types;   /* types that are known may be others afterwards */
  bool has_many;        /* several statements in one text */
  bool is_wide; /* more than MP__DESCRIBED_PARAMS_MAX parameters: no columns are described
                 */
  uint32_t pace; /* how long it takes, see mp__statement_note_time; starts as unknown */

  bool described;
  size_t param_count;
  uint32_t *param_types;
  mp_columns *columns; /* NULL: none are known */
  mp_format result_format;
  bool typed;            /* the description is complete: its types are in `types` */
  mp_types *types;       /* kept for results under way when it is described anew */
  bool has_loaded_types; /* among its own, types that are not built in */

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
/* Its types are found in `types`, which it keeps: with this the description is complete.
 * Results are asked for in binary where all of their columns can be read so. */
void mp__statement_set_types(mp_statement *statement, mp_types *types);
/* The oid of its parameters and columns, one after the other; 0 after the last. */
uint32_t mp__statement_type_oid(const mp_statement *statement, size_t index);

#define MP__PACE_UNKNOWN UINT32_MAX
/* A running average in sixteenths of a millisecond: one slow run is forgiven by a dozen
 * fast ones. */
void mp__statement_note_time(mp_statement *statement, uint64_t took_ms);
/* It has run before, and those who wait behind it would not notice. */
bool mp__statement_is_fast(const mp_statement *statement);

#endif
