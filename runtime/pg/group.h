/* group.h - the body of a group: its statements, its executions, and how far the answers
 * have come. */
#ifndef MP_PG_GROUP_H
#define MP_PG_GROUP_H

#include "pg/statement.h"

#include <moonpool/group.h>

typedef struct mp__group_statement {
  mp_statement *statement;
  bool asks;   /* its description is asked for */
  bool parses; /* a Parse goes in front of that */
} mp__group_statement;

typedef struct mp__execution {
  size_t statement; /* index */
  mp_params *params;
  bool parses; /* a Parse goes in front of it */
} mp__execution;

/* The parts of what is sent, in their order. */
typedef enum mp__group_part {
  MP__GROUP_UNDO, /* of what an earlier try left open */
  MP__GROUP_BEGIN,
  MP__GROUP_PARSE,
  MP__GROUP_EXECUTION,
  MP__GROUP_XID,
  MP__GROUP_FINISH, /* COMMIT or RELEASE */
  MP__GROUP_END
} mp__group_part;

/* What stands around the executions; a text is "" for nothing. */
typedef struct mp__group_frame {
  char begin[80], finish[40];
  char undo[40];           /* of what a failed try has begun, ahead of the next */
  bool begins_transaction; /* else `begin` is a savepoint, which `undo` leaves begun */
  bool commits;            /* else `finish` releases a savepoint */
  bool reads_only;         /* the transaction has no id to ask for */
} mp__group_frame;

struct mp_group {
  uint32_t references;
  mp__group_statement *statements;
  size_t statement_count, statement_room;
  mp__execution *executions;
  size_t execution_count, execution_room;

  mp__group_frame frame;
  bool is_repeated; /* on a connection whose transaction an earlier try has failed */

  /* Written by the connection: which answer comes next. */
  bool asks; /* for the transaction's id, ahead of its COMMIT */
  mp__group_part part;
  size_t at;    /* in executions; in statements while these are described */
  char xid[24]; /* of the transaction, once known */
};

mp_group *mp__group_retain(mp_group *group);
/* Whether any of its statements may write. */
bool mp__group_writes(const mp_group *group);

#endif
