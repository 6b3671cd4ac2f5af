/* work.h - blocking calls on worker threads, a bounded number at a time. */
#ifndef MP_LOOP_WORK_H
#define MP_LOOP_WORK_H

#include "loop/loop.h"

typedef struct mp__work mp__work;

/* Lanes keep slow calls of one kind from starving the others: each has its own bound of
 * jobs that run at once, further ones queue. */
typedef enum mp__lane {
  MP__LANE_CONNECT, /* a connect whose host only libpq can find: at most 1 at once */
  MP__LANE_RESOLVE  /* look-ups, one per name and second: at most 8 at once */
} mp__lane;

/* `run(data)` on a worker thread, then `done(data)` on the loop's thread, exactly once
 * each, so that `data` has one owner. A job that is still under way when the loop is
 * closed ends with `done` on its worker thread; nothing of the loop may be touched then.
 * Holds the loop only when `hold`. */
MP_MUST_CHECK int mp__work_start(mp_loop *loop, mp__lane lane, bool hold, mp_loop_cb run,
                                 mp_loop_cb done, void *data);

#endif
