/* mailbox.h - where other threads leave things for the loop to run; it outlives the loop,
 * so that a thread that comes late finds it closed. */
#ifndef MP_LOOP_MAILBOX_H
#define MP_LOOP_MAILBOX_H

#include "loop/loop.h"

struct uv_async_s;
typedef struct mp__mailbox mp__mailbox;

/* `async` wakes the loop. NULL without memory. */
MP_MUST_CHECK mp__mailbox *mp__mailbox_new(struct uv_async_s *async);
mp__mailbox *mp__mailbox_retain(mp__mailbox *mailbox);
void mp__mailbox_release(mp__mailbox *mailbox);

/* From any thread. False: the mailbox is closed, and the letter still the caller's. */
MP_MUST_CHECK bool mp__mailbox_send(mp__mailbox *mailbox, mp__deferred *letter);
/* Move all letters to the end of `list`. */
void mp__mailbox_collect(mp__mailbox *mailbox, mp__link *list);
/* Nothing can be sent from here on; `async` is no longer used. */
void mp__mailbox_close(mp__mailbox *mailbox);

#endif
