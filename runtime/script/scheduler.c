/* scheduler.c - the trampoline: ready tasks are resumed here, from the top of the loop,
 * only. */
#include "base/alloc.h"
#include "script/script_impl.h"

#include <lua.h>

enum { TURN_MS = 2 }; /* then timers and sockets have their turn */
/* While a turn is young, short tasks do not pay for the clock each. */
enum { TASKS_PER_LOOK = 4 };

typedef struct turn {
  uint64_t begun_ms;   /* 0: nobody has looked yet */
  unsigned tasks_left; /* before the next look */
} turn;

/* What a task does after it has yielded: wait, or (a plain coroutine.yield) let others go
 * first. */
static void after_yield(mp_script *script, mp_task *task, int count) {
  mp_wait *wait = script->yielding;
  script->yielding = NULL;
  lua_pop(task->co, count);
  if (wait == NULL) {
    mp__task_line_up(task);
    return;
  }
  mp__wait_set_task(wait, task);
  task->status = MP_TASK_WAITING;
  if (wait->state == WAIT_DONE) mp__task_make_ready(task, false);
}

static void resume(mp_script *script, mp_task *task) {
  int arg_count = task->arg_count;
  int count = 0;
  task->arg_count = 0;
  if (task->wait != NULL) mp__wait_set_task(task->wait, NULL);
  task->status = MP_TASK_RUNNING;
  script->current = task;
  script->running = task->co;
  int status = lua_resume(task->co, NULL, arg_count, &count);
  if (status > LUA_YIELD) {
    mp__task_leave_handle(task, true);
    lua_resetthread(task->co);
  }
  script->current = &script->root;
  script->running = NULL;
  if (status == LUA_YIELD) {
    after_yield(script, task, count);
    return;
  }
  mp__task_finish(task, task->is_failing || status != LUA_OK);
}

/* By turns from all queues: who has an answer need not stand behind thousands that were
 * just spawned, nor they behind those who have one after the other, nor those who have
 * slept long enough behind either. There is one. */
static mp_task *next_task(mp_script *script) {
  mp__link *link = NULL;
  while (link == NULL) {
    link = mp__list_first(&script->queues[script->next_queue]);
    script->next_queue = (script->next_queue + 1) % QUEUE_COUNT;
  }
  return MP__CONTAINER(link, mp_task, ready);
}

static bool has_next(const mp_script *script) {
  for (int i = 0; i < QUEUE_COUNT; i++) {
    if (!mp__list_is_empty(&script->queues[i])) return true;
  }
  return false;
}

/* The turn is counted from the end of its first task on: who is alone costs no clock. */
static bool goes_on(mp_script *script, turn *at) {
  if (at->tasks_left > 0) {
    at->tasks_left--;
    return true;
  }
  uint64_t now_ms = mp_loop_now_ms(script->loop);
  if (at->begun_ms == 0) at->begun_ms = now_ms;
  if (now_ms == at->begun_ms) at->tasks_left = TASKS_PER_LOOK - 1;
  return now_ms < at->begun_ms + TURN_MS;
}

void mp__scheduler_drain(void *data) {
  mp_script *script = data;
  mp__jobs_begin(script);
  turn at = {0, 0};
  while (has_next(script)) {
    mp_task *task = next_task(script);
    mp__task_unready(task);
    resume(script, task);
    if (has_next(script) && !goes_on(script, &at)) {
      mp__deferred_schedule(script->loop, &script->drain);
      return;
    }
  }
}
