/* stream.c - cuts one direction of a connection into PostgreSQL's messages. */
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { CHUNK = 65536 };

uint32_t stream_number(const char *bytes) {
  const unsigned char *at = (const unsigned char *)bytes;
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool is_temporary(ssize_t moved) {
  return moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

static char *unsent(const proxy_stream *stream) {
  return stream->data + stream->first;
}

/* For a chunk more; what was sent makes room first. */
static bool make_room(proxy_stream *stream) {
  if (stream->first > 0) memmove(stream->data, unsent(stream), stream->length);
  stream->first = 0;
  if (stream->capacity - stream->length >= CHUNK) return true;
  stream->capacity = stream->capacity * 2 + CHUNK;
  char *grown = realloc(stream->data, stream->capacity);
  if (grown != NULL) stream->data = grown;
  return grown != NULL;
}

bool stream_read(proxy_stream *stream, int socket) {
  if (!make_room(stream)) return false;
  ssize_t got = recv(socket, stream->data + stream->length, CHUNK, MSG_DONTWAIT);
  if (got > 0) stream->length += (size_t)got;
  return got > 0 || is_temporary(got);
}

/* A large answer in pieces of one byte must not be moved for each of them. */
static void take_first(proxy_stream *stream, size_t length) {
  stream->first += length;
  stream->length -= length;
  stream->judged -= length;
}

/* What was not used is not saved up. */
void stream_allow(proxy_stream *stream, double seconds) {
  double most = (double)stream->rate / 20;
  stream->allowance += (double)stream->rate * seconds;
  if (stream->allowance > most) stream->allowance = most < 1 ? 1 : most;
}

bool stream_write(proxy_stream *stream, int socket) {
  size_t size = stream->judged;
  if (stream->piece > 0 && size > stream->piece) size = stream->piece;
  if (stream->rate > 0 && (double)size > stream->allowance)
    size = (size_t)stream->allowance;
  if (size == 0) return true;
  ssize_t sent = send(socket, unsent(stream), size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent <= 0) return is_temporary(sent);
  take_first(stream, (size_t)sent);
  stream->allowance -= stream->rate > 0 ? (double)sent : 0;
  return true;
}

/* Type, and bytes before the length that counts itself. */
static size_t header(const proxy_stream *stream, const char *at, proxy_message *message) {
  message->type = stream->is_starting ? '0' : at[0];
  return stream->is_starting ? 0 : 1;
}

bool stream_next(const proxy_stream *stream, proxy_message *message) {
  const char *at = unsent(stream) + stream->judged;
  size_t there = stream->length - stream->judged;
  memset(message, 0, sizeof(*message));
  message->to_client = stream->to_client;
  message->number = stream->messages + 1;
  message->first_byte = stream->bytes + 1;
  if (there == 0 || stream->stalled) return false;
  if (stream->rest > 0) {
    message->type = ' ';
    message->body = at;
    message->length = there < stream->rest ? there : stream->rest;
    message->body_length = message->length;
    return true;
  }
  if (stream->single > 0 || stream->is_opaque) {
    message->type = '.';
    message->body = at;
    message->length = message->body_length = stream->is_opaque ? there : 1;
    return true;
  }
  if (there < 5) return false;
  size_t skip = header(stream, at, message);
  message->length = skip + stream_number(at + skip);
  if (there < message->length) return false;
  message->body = at + skip + 4;
  message->body_length = message->length - skip - 4;
  return true;
}

void stream_pass(proxy_stream *stream, size_t length) {
  stream->judged += length;
  stream->bytes += length;
}

void stream_drop(proxy_stream *stream, size_t length) {
  char *at = unsent(stream) + stream->judged;
  memmove(at, at + length, stream->length - stream->judged - length);
  stream->length -= length;
  stream->bytes += length;
}

void stream_count(proxy_stream *stream, const proxy_message *message) {
  if (message->type == ' ') {
    stream->rest -= message->length;
    return;
  }
  stream->messages++;
  if (message->type == '.' && stream->single > 0) stream->single--;
}

void stream_free(proxy_stream *stream) {
  free(stream->data);
  stream->data = NULL;
}
