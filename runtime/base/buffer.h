/* buffer.h - bytes that grow, for building text and messages. */
#ifndef MP_BASE_BUFFER_H
#define MP_BASE_BUFFER_H

#include <moonpool/export.h>

#include <stdbool.h>
#include <stddef.h>

/* After a failed append `failed` stays true and further appends do nothing: check once,
 * at the end. */
typedef struct mp__buffer {
  char *data; /* NUL-terminated when anything was appended */
  size_t length, capacity;
  bool failed;
} mp__buffer;

#define MP__BUFFER_INIT                                                                  \
  { NULL, 0, 0, false }

void mp__buffer_append(mp__buffer *buffer, const void *data, size_t length);
void mp__buffer_text(mp__buffer *buffer, const char *text);
void mp__buffer_format(mp__buffer *buffer, const char *format, ...) MP_PRINTF(2, 3);
void mp__buffer_clear(mp__buffer *buffer); /* keeps the memory */
void mp__buffer_free(mp__buffer *buffer);
/* The bytes, now the caller's (mp__free); NULL when an append failed. "" for an empty
 * buffer. */
MP_MUST_CHECK char *mp__buffer_take(mp__buffer *buffer);

#endif
