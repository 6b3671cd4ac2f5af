/* arena.c - many small things with one end: allocated one by one, freed all at once. */
#include "base/arena.h"

#include "base/alloc.h"

#include <stdalign.h>
#include <string.h>

enum { CHUNK_SIZE = 16384, ALIGNMENT = alignof(max_align_t) };

typedef struct arena_chunk {
  struct arena_chunk *next;
  size_t used, capacity;
  alignas(max_align_t) unsigned char bytes[];
} arena_chunk;

static arena_chunk *grow(mp__arena *arena, size_t size) {
  size_t capacity = size > CHUNK_SIZE ? size : CHUNK_SIZE;
  arena_chunk *chunk = mp__alloc_zero(sizeof(*chunk) + capacity);
  if (chunk == NULL) return NULL;
  chunk->capacity = capacity;
  chunk->next = arena->first;
  arena->first = chunk;
  return chunk;
}

void *mp__arena_take(mp__arena *arena, size_t size) {
  arena_chunk *chunk = arena->first;
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (chunk == NULL || chunk->capacity - chunk->used < size) chunk = grow(arena, size);
  if (chunk == NULL) return NULL;
  void *at = chunk->bytes + chunk->used;
  chunk->used += size;
  return at;
}

const char *mp__arena_text(mp__arena *arena, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = mp__arena_take(arena, size);
  if (copy != NULL) memcpy(copy, text, size);
  return copy;
}

void mp__arena_free(mp__arena *arena) {
  while (arena->first != NULL) {
    arena_chunk *next = arena->first->next;
    mp__free(arena->first);
    arena->first = next;
  }
}
