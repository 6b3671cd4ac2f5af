/* memory.h - the memory of a Lua state of ours: small blocks are kept for the next of
 * their size. */
#ifndef MP_SCRIPT_MEMORY_H
#define MP_SCRIPT_MEMORY_H

#include <moonpool/export.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MP__MEMORY_GRAIN = 16, MP__MEMORY_SIZES = 64 };

/* Zeroed, it is empty. Lists of free blocks whose size is a multiple of the grain. */
typedef struct mp__memory {
  struct mp__spare_block *spares[MP__MEMORY_SIZES];
  size_t kept;  /* bytes in all of them */
  bool is_left; /* to the end of the process: nothing is given back */
} mp__memory;

/* As a lua_Alloc does: a block of `old_size` bytes, or NULL, becomes one of `new_size`; 0
 * frees it. NULL without memory, which making a block smaller does not need. */
void *mp__memory_change(mp__memory *memory, void *block, size_t old_size,
                        size_t new_size);
/* Give back what is kept. */
void mp__memory_clear(mp__memory *memory);
/* The process is about to end, which gives everything back at once. */
void mp__memory_leave(mp__memory *memory);

#endif
