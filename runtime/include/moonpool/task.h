/* moonpool/task.h - tasks of a script, the scopes that bound them, and what they own.
 *
 * All functions are for C functions called from Lua, on the loop's thread. */
#ifndef MOONPOOL_TASK_H
#define MOONPOOL_TASK_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stdint.h>

MP_BEGIN_C

struct lua_State;
typedef struct mp_task mp_task;
typedef struct mp_scope mp_scope;

typedef enum mp_task_status {
  MP_TASK_READY,   /* in the script's ready queue, not yet started or about to go on */
  MP_TASK_RUNNING, /* on the C stack right now */
  MP_TASK_WAITING, /* suspended in a wait */
  MP_TASK_DONE,    /* its results are on its stack */
  MP_TASK_FAILED   /* its error is on its stack */
} mp_task_status;

/* Start the function and its `arg_count` arguments on top of the stack (popped) as a
 * task; it first runs from the loop. *slot receives a share, to be given back with
 * mp_task_release: let it be in a userdata whose finaliser does that. Raises for memory
 * and when the script is closing. */
MP_EXTERN void mp_task_spawn(struct lua_State *L, int arg_count, mp_task **slot);
/* What a program has of a task, in a userdata that has a user value. */
typedef struct mp_task_handle {
  mp_task *task;    /* NULL before it is spawned, and when it is over: */
  bool is_over;     /* it has ended well, and is not there any more */
  int result_count; /* of one that is over; they are in the user value */
  uint64_t wrote;   /* by one that is over */
} mp_task_handle;
/* The same, for the userdata right below the function, which is kept until the task has
 * ended. It has no finaliser, which costs more than all else of a short task: the results
 * of one that ends well go to the userdata, and the task goes at once. */
MP_EXTERN void mp_task_spawn_held(struct lua_State *L, int arg_count,
                                  mp_task_handle *handle);
/* mp_task_await and mp_task_join for the userdata at 1. */
MP_EXTERN int mp_task_await_held(struct lua_State *L, const mp_task_handle *handle);
MP_EXTERN int mp_task_join_held(struct lua_State *L, const mp_task_handle *handle);
/* Nobody waits for its end from here on: a program ends without it. */
MP_EXTERN void mp_task_detach(mp_task *task);
/* Give the share back. An error of the task that nobody has seen is reported. */
MP_EXTERN void mp_task_release(mp_task *task);

MP_EXTERN mp_task_status mp_task_get_status(const mp_task *task);
MP_EXTERN bool mp_task_is_cancelled(const mp_task *task);
/* Raise `cancelled` at its current wait and each further one, outside shields. */
MP_EXTERN void mp_task_cancel(mp_task *task);
/* Wait until it has ended, then return its results or raise its error. Raises
 * `bad_argument` when the wait could never end. Call as `return mp_task_await(L, task)`.
 */
MP_EXTERN int mp_task_await(struct lua_State *L, mp_task *task);
/* The same, but returns true or false (and the error) and raises nothing of the task's.
 */
MP_EXTERN int mp_task_join(struct lua_State *L, mp_task *task);

/* Tells the running task from every other one that lives; outside any it is the script's.
 */
MP_EXTERN const void *mp_task_running(struct lua_State *L);

/* Suspend the running task. Call as `return mp_task_sleep(L, seconds)`. */
MP_EXTERN int mp_task_sleep(struct lua_State *L, double seconds);

/* Bound the waits of the running task: a deadline ends them with `timeout` from `seconds`
 * on, a shield keeps cancellation and the deadlines around it away. Pushes the
 * to-be-closed userdata that leaves the scope when the calling C function ends. */
MP_EXTERN void mp_scope_deadline(struct lua_State *L, double seconds);
MP_EXTERN void mp_scope_shield(struct lua_State *L);

/* Something that comes back when its task ends, whatever became of it. Embedded in its
 * owner, zeroed at first. `release` must not touch Lua, and finds the link removed. */
typedef struct mp_owned {
  struct mp_owned *next, *prev;
  void (*release)(struct mp_owned *owned);
  bool pins; /* others may have to wait for it: its task must not wait behind them */
} mp_owned;

/* The running task, or outside any the script, owns it until mp_disown. */
MP_EXTERN void mp_own(struct lua_State *L, mp_owned *owned, void (*release)(mp_owned *));
/* Whoever owns `other` owns it too; false, and nobody does, when nobody owns that. */
MP_EXTERN MP_MUST_CHECK bool mp_own_beside(mp_owned *owned, mp_owned *other,
                                           void (*release)(mp_owned *));
/* The script owns it: released when that is closed. */
MP_EXTERN void mp_own_by_script(struct lua_State *L, mp_owned *owned,
                                void (*release)(mp_owned *));
/* The running task owns something that pins it, or was spawned by a task that did. */
MP_EXTERN bool mp_is_pinned(struct lua_State *L);
MP_EXTERN void mp_disown(mp_owned *owned); /* nothing happens when nobody owns it */

/* A task that C starts. Embedded in its owner, who keeps it until `ended`; zeroed but for
 * `body` and `ended`. */
typedef struct mp_job {
  int (*body)(struct lua_State *L); /* with the job as a light userdata; it may wait, and
                                       what it raises is lost: it has errors of its own */
  void (*ended)(
      struct mp_job *job); /* must not touch Lua; the job is its owner's again */

  /* Written by the script alone. */
  struct mp_job *next;
  mp_owned owned; /* by its task */
  struct mp_script *script;
  mp_task *task;
  bool is_cancelled;
} mp_job;

/* Run `body` in a task of its own, from the loop's top. To be called from C, also where
 * Lua must not be touched. `ended` runs once, later: when the task has ended, or could
 * not begin. A program ends without waiting for it. */
MP_EXTERN void mp_job_start(struct mp_script *script, mp_job *job);
/* Cancel its task; `ended` still follows. */
MP_EXTERN void mp_job_cancel(mp_job *job);

MP_END_C

#endif
