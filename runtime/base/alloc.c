/* alloc.c - the one door to memory. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Never asks for zero bytes: malloc(0) may give NULL, which here means failure. */
void *mp__alloc(size_t size) {
  return malloc(size > 0 ? size : 1);
}

/* What malloc keeps at hand for this thread calloc does not take. */
void *mp__alloc_zero(size_t size) {
  enum { AT_HAND_MAX = 1024 };
  if (size > AT_HAND_MAX) return calloc(1, size);
  void *block = mp__alloc(size);
  if (block != NULL) memset(block, 0, size);
  return block;
}

void *mp__alloc_array(size_t count, size_t size) {
  if (size > 0 && count > SIZE_MAX / size) return NULL;
  return mp__alloc_zero(count * size);
}

void *mp__realloc(void *block, size_t size) {
  return realloc(block, size > 0 ? size : 1);
}

char *mp__strdup(const char *text) {
  return text != NULL ? mp__strndup(text, strlen(text)) : NULL;
}

char *mp__strndup(const char *text, size_t length) {
  if (text == NULL || length == SIZE_MAX) return NULL;
  char *copy = mp__alloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

void mp__free(void *block) {
  free(block);
}
