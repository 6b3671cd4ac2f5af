/* cancel.h - the body of a cancel under way, shared by its two ways to the server. */
#ifndef MP_PG_CANCEL_H
#define MP_PG_CANCEL_H

#include "pg/conn_impl.h"

/* The connection only points to it while both live. */
struct cancel_job {
  mp__conn *conn;   /* NULL: it is gone */
  PGcancel *cancel; /* of a worker's job, which the worker owns */

  mp__conn *helper; /* of a query's job */
  mp__request request;
  char text[192];
};

/* It is over: the connection may send again. Frees the job. */
void mp__cancel_end(cancel_job *job);

/* cancel_query.c */
MP_MUST_CHECK int mp__cancel_query_start(mp__conn *conn, cancel_job *job);
/* The connection is gone: nobody waits for it any more. */
void mp__cancel_query_drop(cancel_job *job);

#endif
