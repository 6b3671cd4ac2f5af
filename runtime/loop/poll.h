/* poll.h - readiness of a socket that somebody else owns. */
#ifndef MP_LOOP_POLL_H
#define MP_LOOP_POLL_H

#include "loop/loop.h"

typedef struct mp__poll mp__poll;

enum { MP__READABLE = 1, MP__WRITABLE = 2 };

/* `events` is a set of the bits above; a broken socket reports both, so that the owner
 * finds out what is wrong by using it. */
typedef void (*mp__poll_cb)(void *data, int events);

/* Watch nothing yet. */
MP_MUST_CHECK int mp__poll_open(mp_loop *loop, int fd, mp__poll_cb fn, void *data,
                                mp__poll **out);
/* Watch these events from now on; 0 stops. Costs no system call when nothing changes. */
void mp__poll_watch(mp__poll *poll, int events);
/* No callback after this; the descriptor may be closed right afterwards. NULL does
 * nothing. */
void mp__poll_close(mp__poll *poll);

#endif
