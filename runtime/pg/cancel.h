/* cancel.h - the body of a cancel under way, shared by its two ways to the server. */
#ifndef MP_PG_CANCEL_H
#define MP_PG_CANCEL_H

#include "pg/conn_impl.h"

#include <sys/socket.h>

/* How the server is asked; one row for each cancel_<way>.c. Nothing else may be called of
 * a job that has ended. */
typedef struct cancel_way {
  /* On failure the job is still the caller's. Never ends the job inside the call. */
  int (*start)(mp__conn *conn, cancel_job *job);
  /* The server may have read it, and may act on it whatever becomes of the job. */
  bool (*is_sent)(const cancel_job *job);
  /* The connection is gone, and nobody waits any more. Ends soon by itself. */
  void (*leave)(cancel_job *job);
  /* Ends at once, or, where its request has to come back, soon. */
  void (*stop)(cancel_job *job);
} cancel_way;

extern const cancel_way mp__cancel_by_socket, mp__cancel_by_query;

/* The connection only points to it while both live. */
struct cancel_job {
  const cancel_way *way;
  mp_loop *loop;
  mp__conn *conn; /* NULL: it is gone */
  mp__timer deadline;

  /* of a socket's */
  int fd;
  mp__poll *poll;
  mp__timer again;
  mp__deferred loop_closes;
  struct sockaddr_storage address;
  socklen_t address_length;
  uint32_t packet[4];
  size_t sent;

  /* of a query's */
  mp__conn *helper;
  mp__request request;
  char text[192];
};

/* It is over: the connection may send again. Frees the job. */
void mp__cancel_end(cancel_job *job);

#endif
