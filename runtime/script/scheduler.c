/* scheduler.c - the trampoline: ready tasks are resumed here, from the top of the loop,
 * only. */
#include "base/alloc.h"
#include "script/script_impl.h"

#include <lua.h>

enum { TURN_MS = 2 }; /* then timers and sockets have their turn */

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
  if (wait->state == WAIT_DONE) mp__task_make_ready(task);
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
  if (status > LUA_YIELD) lua_resetthread(task->co);
  script->current = &script->root;
  script->running = NULL;
  if (status == LUA_YIELD) {
    after_yield(script, task, count);
    return;
  }
  mp__task_finish(task, task->is_failing || status != LUA_OK);
}

/* By turns from both lists: who has an answer need not stand behind thousands that were
 * just spawned, nor they behind those who have one after the other. */
static mp_task *next_task(mp_script *script) {
  mp__link *ready = mp__list_first(&script->ready);
  mp__link *later = mp__list_first(&script->later);
  bool takes_later = later != NULL && (script->is_later_next || ready == NULL);
  script->is_later_next = !takes_later;
  mp__link *link = takes_later ? later : ready;
  return link != NULL ? MP__CONTAINER(link, mp_task, ready) : NULL;
}

void mp__scheduler_drain(void *data) {
  mp_script *script = data;
  mp__jobs_begin(script);
  uint64_t end = mp_loop_now_ms(script->loop) + TURN_MS;
  mp_task *task;
  while ((task = next_task(script)) != NULL) {
    mp__task_unready(task);
    resume(script, task);
    if (mp_loop_now_ms(script->loop) >= end) break;
  }
  if (!mp__list_is_empty(&script->ready) || !mp__list_is_empty(&script->later))
    mp__deferred_schedule(script->loop, &script->drain);
}
