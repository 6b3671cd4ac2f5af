/* holder.h - who keeps a connection: its task, its place, since when. */
#ifndef MP_POOL_HOLDER_H
#define MP_POOL_HOLDER_H

#include <moonpool/pool.h>

/* Made before a connection is there, the slot's own from mp__slot_lend on. */
typedef struct mp__holder {
  uint64_t task; /* 0: nobody that the pool could tell apart */
  char *label, *where, *traceback;
  uint64_t since_ms;
  bool is_reported;
  bool is_stuck; /* its task waits for another connection of the same pool */
} mp__holder;

/* The texts are copied and may be NULL. NULL without memory. */
MP_MUST_CHECK mp__holder *mp__holder_new(uint64_t task, const char *label,
                                         const char *where, const char *traceback);
void mp__holder_free(mp__holder *holder);

#endif
