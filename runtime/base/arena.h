/* arena.h - many small things with one end: allocated one by one, freed all at once. */
#ifndef MP_BASE_ARENA_H
#define MP_BASE_ARENA_H

#include <moonpool/export.h>

#include <stddef.h>

typedef struct mp__arena {
  struct arena_chunk *first;
} mp__arena;

#define MP__ARENA_INIT                                                                   \
  { NULL }

/* Zeroed and aligned for anything; NULL without memory. */
MP_MUST_CHECK void *mp__arena_take(mp__arena *arena, size_t size);
/* A copy with its NUL; NULL without memory. */
MP_MUST_CHECK const char *mp__arena_text(mp__arena *arena, const char *text);
void mp__arena_free(mp__arena *arena);

#endif
