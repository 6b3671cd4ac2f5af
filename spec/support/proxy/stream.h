/* stream.h - one direction of one connection: bytes that came, and how many may go on. */
#ifndef MP_SPEC_PROXY_STREAM_H
#define MP_SPEC_PROXY_STREAM_H

#include "rule.h"

typedef struct proxy_stream {
  bool to_client;
  char *data;
  size_t capacity;
  size_t first, length;     /* received and not sent, and where it begins */
  size_t judged;            /* of them, what may be sent */
  uint64_t bytes, messages; /* judged so far */
  size_t rest;              /* of a message whose first part has passed */
  size_t piece;             /* so many at once, each time the socket can; 0: all */
  size_t rate;              /* bytes a second; 0: as they come */
  double allowance;         /* bytes that may go now, with a rate */
  bool is_starting;         /* packets without a type come first */
  unsigned single;          /* answers of one byte that are due (to SSLRequest) */
  bool is_opaque;           /* encrypted: no messages to see */
  bool stalled;
} proxy_stream;

/* False at the end, or when the connection is broken. */
bool stream_read(proxy_stream *stream, int socket);
bool stream_write(proxy_stream *stream, int socket);
/* With a rate: so many seconds have passed. */
void stream_allow(proxy_stream *stream, double seconds);
/* The next message that has come in whole and was not judged; false: none. */
bool stream_next(const proxy_stream *stream, proxy_message *message);
/* Let pass, or take out, the first `length` bytes that were not judged. */
void stream_pass(proxy_stream *stream, size_t length);
void stream_drop(proxy_stream *stream, size_t length);
/* One more message was judged. */
void stream_count(proxy_stream *stream, const proxy_message *message);
void stream_free(proxy_stream *stream);
uint32_t stream_number(const char *bytes);

#endif
