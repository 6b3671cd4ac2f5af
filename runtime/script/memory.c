/* memory.c - the memory of a Lua state of ours: small blocks are kept for the next of
 * their size.
 *
 * A task and its statement take a dozen blocks, which the collector returns hundreds at
 * a time: more than malloc keeps at hand, so that half of what Lua costs was malloc. Each
 * block is malloc's own, rounded up, and what goes beyond a bound is malloc's again. */
#include "script/memory.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <string.h>

/* What is freed here stays readable, which would hide mistakes from the sanitizer. */
#if defined(__SANITIZE_ADDRESS__)
#define KEPT_MAX 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEPT_MAX 0
#endif
#endif
#ifndef KEPT_MAX
#define KEPT_MAX ((size_t)8 * 1024 * 1024)
#endif

#define SMALL_MAX ((size_t)MP__MEMORY_GRAIN * MP__MEMORY_SIZES)

typedef struct mp__spare_block {
  struct mp__spare_block *next;
} mp__spare_block;

static size_t list_of(size_t size) {
  return (size - 1) / MP__MEMORY_GRAIN;
}

static size_t block_size(size_t list) {
  return (list + 1) * MP__MEMORY_GRAIN;
}

static void *allocate(mp__memory *memory, size_t size) {
  void *block = mp__alloc(size);
  if (block != NULL) return block;
  mp__memory_clear(memory);
  return mp__alloc(size);
}

static void *take(mp__memory *memory, size_t size) {
  if (size > SMALL_MAX) return allocate(memory, size);
  size_t list = list_of(size);
  mp__spare_block *spare = memory->spares[list];
  if (spare == NULL) return allocate(memory, block_size(list));
  memory->spares[list] = spare->next;
  /* It has been out of the caches since the collector gave it back. */
  __builtin_prefetch(spare->next);
  memory->kept -= block_size(list);
  return spare;
}

static void give(mp__memory *memory, void *block, size_t size) {
  size_t list = list_of(size);
  if (memory->is_left) return;
  if (size > SMALL_MAX || memory->kept + size > KEPT_MAX) {
    mp__free(block);
    return;
  }
  mp__spare_block *spare = block;
  spare->next = memory->spares[list];
  memory->spares[list] = spare;
  memory->kept += block_size(list);
}

static void *move(mp__memory *memory, void *block, size_t old_size, size_t new_size) {
  void *moved = take(memory, new_size);
  if (moved == NULL) return new_size < old_size ? block : NULL;
  memcpy(moved, block, new_size < old_size ? new_size : old_size);
  give(memory, block, old_size);
  return moved;
}

static void *resize(mp__memory *memory, void *block, size_t old_size, size_t new_size) {
  if (old_size <= SMALL_MAX || new_size <= SMALL_MAX) {
    bool fits = old_size <= SMALL_MAX && new_size <= SMALL_MAX &&
                list_of(old_size) == list_of(new_size);
    return fits ? block : move(memory, block, old_size, new_size);
  }
  void *moved = mp__realloc(block, new_size);
  if (moved != NULL) return moved;
  if (new_size < old_size) return block;
  mp__memory_clear(memory);
  return mp__realloc(block, new_size);
}

void *mp__memory_change(mp__memory *memory, void *block, size_t old_size,
                        size_t new_size) {
  if (block == NULL) return new_size > 0 ? take(memory, new_size) : NULL;
  if (new_size > 0) return resize(memory, block, old_size, new_size);
  give(memory, block, old_size);
  return NULL;
}

/* A sanitizer would call it a leak. */
void mp__memory_leave(mp__memory *memory) {
  memory->is_left = KEPT_MAX > 0;
}

void mp__memory_clear(mp__memory *memory) {
  if (memory->is_left) return;
  for (size_t list = 0; list < MP__MEMORY_SIZES; list++) {
    mp__spare_block *spare;
    while ((spare = memory->spares[list]) != NULL) {
      memory->spares[list] = spare->next;
      mp__free(spare);
    }
  }
  memory->kept = 0;
}
