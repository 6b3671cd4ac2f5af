/* bulk.h - streams and COPY: what passes a connection in portions, and who takes it. */
#ifndef MP_PG_BULK_H
#define MP_PG_BULK_H

#include "pg/conn.h"

/* A result of libpq's. */
struct pg_result;

/* What a request's owner is told; all run from the loop's top. Of the connection they
 * may call mp__conn_pause and mp__copy_end alone. A member that its kind does not use is
 * NULL.
 */
typedef struct mp__bulk {
  /* A stream has a row, which is yours; a statement without rows has none. False without
   * memory for it. */
  bool (*row)(mp__request *request, struct pg_result *row);
  /* A COPY has data, borrowed: one row, or the header with the first one. */
  void (*bytes)(mp__request *request, const char *data, size_t length);
  /* A COPY waits for data; and again each time the socket has taken all of it. */
  void (*writable)(mp__request *request);
} mp__bulk;

/* Read nothing more until mp__conn_resume: the owner has enough for now. */
void mp__conn_pause(mp__conn *conn);
void mp__conn_resume(mp__conn *conn);

/* Rows in their order, short ones gathered in one result. Zeroed, there are none. */
typedef struct mp__rows {
  mp_result *first, *last;
  size_t count, bytes;
} mp__rows;

/* Takes over `row`. */
MP_MUST_CHECK bool mp__rows_add(mp__rows *rows, struct pg_result *row, mp_types *types);
/* They are yours, and there are none any more. */
MP_MUST_CHECK mp_result *mp__rows_take(mp__rows *rows);

/* Link another result, or a chain, behind the last of a chain. */
void mp__result_append(mp_result *last, mp_result *next);

/* Send data of the COPY under way, any amount; false when it has ended or there is no
 * memory: its request then completes. */
MP_MUST_CHECK bool mp__copy_write(mp__conn *conn, const mp__request *request,
                                  const char *data, size_t length);
/* All that was written has left, so that more may be. */
bool mp__copy_is_writable(const mp__conn *conn, const mp__request *request);
/* The data is complete, or (with a reason) none of it is to be kept. */
void mp__copy_end(mp__conn *conn, const mp__request *request, const char *reason);

/* Its owner lets go of a sent request: what comes is dropped, what went is not kept, and
 * the server is told to stop. */
void mp__bulk_leave(mp__conn *conn, mp__request *request);

#endif
