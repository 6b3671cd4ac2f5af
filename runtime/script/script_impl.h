/* script_impl.h - the bodies of script, task, wait and scope, shared by this folder
 * alone. */
#ifndef MP_SCRIPT_IMPL_H
#define MP_SCRIPT_IMPL_H

#include "base/list.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "script/memory.h"

#include <moonpool/script.h>
#include <moonpool/task.h>

#include <lua.h>

#include <stddef.h>

typedef enum wait_state {
  WAIT_NEW,       /* no operation yet */
  WAIT_UNDER_WAY, /* the operation has a share */
  WAIT_DONE
} wait_state;

struct mp_wait {
  mp_wait *next_spare; /* while it waits to be used again */
  mp_script *script;
  mp_task *task; /* whom it suspends right now; then task->wait is this */
  mp_wait_resumed_cb resumed;
  mp_wait_cancel_cb cancel;
  mp_wait_free_cb free_data;
  wait_state state;
  int ended_by;
  unsigned shares; /* one of the box, one of the operation */
  bool holds_loop;
  bool is_done;    /* what a blocking wait runs the loop for */
  bool is_of_time; /* its end is a moment that was asked for */
  union {
    max_align_t align;
    unsigned char bytes[MP_WAIT_DATA_MAX];
  } data;
};

struct mp_task {
  uint64_t id;    /* never reused */
  uint64_t wrote; /* the script's count of writes when it last finished one */
  mp__link
      link; /* in script->live until it has ended, then in script->unseen while failed */
  mp__link ready; /* in one of script->queues while MP_TASK_READY */
  mp_script *script;
  lua_State *co; /* NULL for the root, which stands for code outside of any task, and
                    for an ended task whose coroutine serves another */
  int ref;       /* registry reference of co */
  int arg_count; /* on top of co for the next resume */
  mp_task_status status;
  unsigned
      shares; /* of userdata and waits, and one of the script until the task has ended */
  bool is_main; /* of a program: its error is reported at once */
  bool is_cancelled;
  bool is_answered;       /* in QUEUE_DUE or QUEUE_READY */
  bool is_pinned;         /* who spawned it was */
  bool is_exposed;        /* the program may hold its coroutine */
  bool is_failing;        /* its body has returned an error */
  bool is_seen;           /* somebody was given its error */
  bool is_held;           /* somebody has, or had, its handle */
  bool is_kept;           /* for its error, by who has its handle */
  int result_count;       /* that its handle was given */
  mp_wait *wait;          /* that suspends it */
  mp_task_handle *handle; /* in the userdata at the bottom of `co`, until it has ended */
  mp__link scopes;        /* innermost last */
  mp__link awaiters;
  mp_owned owned;  /* head of a ring */
  char *traceback; /* of an error that carries none */
};

struct mp_scope {
  mp__link link; /* in task->scopes, or in script->parked */
  mp_script *script;
  mp_task *task; /* NULL while parked */
  lua_State *co; /* the coroutine that entered it */
  bool is_shield;
  bool is_expired;
  double seconds;
  mp__timer timer;
};

enum { MP__SPARE_COROUTINES = 64 };

typedef enum task_queue {
  QUEUE_DUE,   /* who has slept as long as was asked for */
  QUEUE_READY, /* whose wait is over otherwise */
  QUEUE_LATER, /* who is new, or lets others go first */
  QUEUE_COUNT
} task_queue;

typedef struct mp__spare_coroutine {
  lua_State *co;
  int ref;
} mp__spare_coroutine;

struct mp_script {
  mp_loop *loop;
  lua_State *L;   /* the main thread */
  lua_State *aux; /* where our own protected calls run; its stack is empty otherwise */
  bool owns_state;
  mp__memory memory; /* of a state of ours */
  mp_script_options options;
  void (*on_close)(mp_loop *loop); /* of an attached script */

  mp_task root;
  uint64_t last_task_id;
  uint64_t writes;    /* finished so far */
  mp_task *current;   /* the running task, or &root */
  lua_State *running; /* its innermost coroutine that our resume functions know of */
  mp__spare_coroutine spare_coroutines[MP__SPARE_COROUTINES];
  size_t spare_coroutine_count;
  mp_wait *spare_waits;
  size_t spare_wait_count;
  int box_class;          /* wait.c: a registry reference */
  int keeper_class;       /* task_handle.c: another */
  lua_State *spare_boxes; /* of waits that are over, on its stack */
  unsigned forbidding;    /* calls in which nothing may wait */
  mp_wait *yielding;      /* set from a wait's yield until the scheduler has seen it */

  mp__link daemons; /* tasks whose end nobody waits for */
  mp__link live, unseen, parked;
  mp__link queues[QUEUE_COUNT];
  int next_queue;
  mp__link leaving;         /* tasks that called os.exit */
  mp_job *jobs, **last_job; /* not begun yet */
  mp__link loading;         /* gates of tasks that wait for another's `require` */
  mp__deferred drain;
  bool is_idle; /* live is empty, or the drain time is over */

  bool is_exiting, is_closed;
  int exit_code;
  mp__timer drain_timer;
  size_t failures;
  size_t holds;
  bool is_unheld;
  bool shows_warnings, is_warning; /* is_warning: a warning has begun and goes on */
};

/* task.c */
void mp__task_init(mp_script *script, mp_task *task);
bool mp__task_has_ended(const mp_task *task);
/* Its wait is over; `is_due`: at a moment that was asked for. */
void mp__task_make_ready(mp_task *task, bool is_due);
void mp__task_line_up(mp_task *task); /* it is new, or lets others go first */
void mp__task_unready(mp_task *task); /* it will not go on, or does so now */
void mp__task_finish(mp_task *task, bool is_failing);
void mp__task_release_owned(mp_task *task);
/* The task that `task` waits for; NULL for none. */
mp_task *mp__task_awaited(const mp_task *task);
void mp__task_mark_seen(mp_task *task);

/* task_handle.c */
void mp__task_handle_setup(lua_State *L, mp_script *script);
/* Its body has ended, in `L`, with so many values on top, which may go to the userdata at
 * `holder`; how many are left. */
int mp__task_hand_over(lua_State *L, mp_task *task, int holder, int count);
/* It has ended: from here on nothing keeps its userdata, which its stack has held. */
void mp__task_leave_handle(mp_task *task, bool is_failing);
/* Push what went to the userdata at 1; how many they are. */
int mp__task_push_results(lua_State *L, int count);

/* task_coroutine.c */
/* Raises for memory. It writes what is the coroutine's, and reads the script. */
void mp__task_take_coroutine(lua_State *L, mp_task *task);
/* With what is left on its stack. */
void mp__task_give_coroutine(mp_task *task);
/* It has ended: nobody needs its coroutine if there are no results on it. */
void mp__task_spare_coroutine(mp_task *task);

/* own.c */
void mp__task_own(mp_task *task, mp_owned *owned, void (*release)(mp_owned *));

/* job.c */
/* Spawn the tasks of what was started since; from the loop's top. */
void mp__jobs_begin(mp_script *script);

/* scheduler.c */
void mp__scheduler_drain(void *script);

/* wait.c */
void mp__wait_free_spares(mp_script *script);
void mp__wait_setup(lua_State *L, mp_script *script);
/* The one place that ties a wait to the task it suspends, or to none. */
void mp__wait_set_task(mp_wait *wait, mp_task *task);
void mp__wait_end(mp_wait *wait, int status);

/* scope.c */
void mp__scope_setup(lua_State *L);
/* Why the task may not wait: MP_OK, MP_CANCELLED or MP_TIMEOUT (then *out tells whose).
 */
int mp__scope_pending(const mp_task *task, const mp_scope **out);
/* The scopes that `co` entered leave with it when it yields, and come back when it goes
 * on. */
void mp__scope_park(mp_script *script, const lua_State *co);
void mp__scope_unpark(mp_script *script, const lua_State *co);
void mp__scope_park_all(mp_task *task);
int mp__scope_raise(lua_State *L, int status, const mp_scope *scope);

/* coroutine.c, chunk.c, require.c, exit.c: change the libraries of a state of ours */
void mp__coroutine_setup(lua_State *L);
void mp__coroutine_replace(lua_State *L);
void mp__chunk_replace(lua_State *L);
void mp__require_replace(lua_State *L);
void mp__exit_replace(lua_State *L);

/* warning.c */
void mp__warning_setup(lua_State *L, mp_script *script);

/* report.c */
void mp__report_task(mp_task *task);
void mp__report_text(mp_script *script, const char *text);
void mp__report_unseen(mp_script *script);

#endif
