/* buffer.c - bytes that grow. */
#include "base/buffer.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Room for `length` more bytes and the NUL behind them. */
static bool reserve(mp__buffer *buffer, size_t length) {
  if (buffer->failed) return false;
  if (length < buffer->capacity - buffer->length) return true;

  size_t capacity = buffer->capacity > 0 ? buffer->capacity : 64;
  while (capacity - buffer->length <= length && capacity <= SIZE_MAX / 2) {
    capacity *= 2;
  }
  char *data =
      capacity - buffer->length > length ? mp__realloc(buffer->data, capacity) : NULL;
  if (data == NULL) {
    buffer->failed = true;
    return false;
  }
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

void mp__buffer_append(mp__buffer *buffer, const void *data, size_t length) {
  if (!reserve(buffer, length)) return;
  if (length > 0) memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
  buffer->data[buffer->length] = '\0';
}

void mp__buffer_text(mp__buffer *buffer, const char *text) {
  mp__buffer_append(buffer, text, strlen(text));
}

void mp__buffer_format(mp__buffer *buffer, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  if (length < 0) buffer->failed = true;
  if (length >= 0 && reserve(buffer, (size_t)length)) {
    (void)vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
    buffer->length += (size_t)length;
  }
  va_end(again);
  va_end(args);
}

void mp__buffer_clear(mp__buffer *buffer) {
  buffer->length = 0;
  buffer->failed = false;
  if (buffer->data != NULL) buffer->data[0] = '\0';
}

void mp__buffer_free(mp__buffer *buffer) {
  mp__free(buffer->data);
  *buffer = (mp__buffer)MP__BUFFER_INIT;
}

char *mp__buffer_take(mp__buffer *buffer) {
  mp__buffer_append(buffer, "", 0);
  if (buffer->failed) return NULL;
  char *data = buffer->data;
  *buffer = (mp__buffer)MP__BUFFER_INIT;
  return data;
}
