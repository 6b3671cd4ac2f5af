/* fork_mark.c - a page that the kernel wipes in a forked child: each statement asks, and
 * getpid would be a system call each time. */
#include "loop/fork_mark.h"

#include <sys/mman.h>
#include <unistd.h>

void mp__fork_mark_set(mp__fork_mark *mark) {
  size_t size = (size_t)sysconf(_SC_PAGESIZE);
  *mark = (mp__fork_mark){.pid = getpid()};
  void *page =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (madvise(page, size, MADV_WIPEONFORK) != 0) {
    munmap(page, size);
    return;
  }
  mark->page = page;
  *mark->page = true;
  mark->page_size = size;
}

void mp__fork_mark_clear(mp__fork_mark *mark) {
  if (mark->page != NULL) munmap(mark->page, mark->page_size);
  mark->page = NULL;
}

bool mp__fork_mark_is_here(const mp__fork_mark *mark) {
  return mark->page != NULL ? *mark->page : mark->pid == getpid();
}
