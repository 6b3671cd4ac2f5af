/* peek.h - a look at what the server has sent, before libpq takes it in. */
#ifndef MP_PG_PEEK_H
#define MP_PG_PEEK_H

#include "pg/conn_impl.h"

/* The bytes that have come and are still to be read, under TLS those of one record; how
 * many, at most `size`, or 0. Under TLS they have left the socket: libpq must be told to
 * read (PQconsumeInput), or nobody hears of them. */
size_t mp__peek(const mp__conn *conn, unsigned char *bytes, size_t size);

#endif
