/* peek.c - looks at unread bytes, in the socket or in OpenSSL. */
#include "pg/peek.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*ssl_peek)(void *ssl, void *bytes, int size);

/* libpq brings the OpenSSL that made its `ssl`: to link with one might bring another. */
static ssl_peek find_ssl_peek(void) {
  ssl_peek found = NULL;
  void *symbol = dlsym(RTLD_DEFAULT, "SSL_peek");
  memcpy(&found, &symbol, sizeof(found)); /* ISO C has no cast for it */
  return found;
}

/* An error here is libpq's to find: it reads the same, and clears OpenSSL's queue first.
 */
static size_t peek_tls(const mp__conn *conn, unsigned char *bytes, size_t size) {
  void *ssl = PQsslStruct(conn->pg, "OpenSSL");
  ssl_peek peek = ssl == NULL ? NULL : find_ssl_peek();
  int count = peek == NULL ? 0 : peek(ssl, bytes, (int)size);
  return count > 0 ? (size_t)count : 0;
}

size_t mp__peek(const mp__conn *conn, unsigned char *bytes, size_t size) {
  if (PQsslInUse(conn->pg)) return peek_tls(conn, bytes, size);
  ssize_t count = recv(PQsocket(conn->pg), bytes, size, MSG_PEEK | MSG_DONTWAIT);
  return count > 0 ? (size_t)count : 0;
}
