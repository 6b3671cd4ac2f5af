/* fork_mark.h - tells the process that made something from its forked children. */
#ifndef MP_LOOP_FORK_MARK_H
#define MP_LOOP_FORK_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct mp__fork_mark {
  bool *page; /* false in a forked child; NULL where the kernel cannot wipe one */
  size_t page_size;
  pid_t pid;
} mp__fork_mark;

/* Mark the calling process. Without memory for it the mark still works, at a price. */
void mp__fork_mark_set(mp__fork_mark *mark);
void mp__fork_mark_clear(mp__fork_mark *mark);
/* Whether the caller is the process that was marked. */
bool mp__fork_mark_is_here(const mp__fork_mark *mark);

#endif
