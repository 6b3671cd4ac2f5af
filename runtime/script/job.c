/* job.c - tasks that C starts: begun by the trampoline, ended once, come what may. */
#include "script/script_impl.h"

#include <moonpool/task.h>

#include <lua.h>

static mp_job *job_of(mp_owned *owned) {
  return (mp_job *)(void *)((char *)owned - offsetof(mp_job, owned));
}

static void end(mp_job *job) {
  mp_task *task = job->task;
  job->task = NULL;
  job->script = NULL;
  if (task != NULL) mp_task_release(task);
  job->ended(job);
}

static void on_task_end(mp_owned *owned) {
  end(job_of(owned));
}

/* Protected: argument is the job. */
static int spawn(lua_State *L) {
  mp_job *job = lua_touserdata(L, 1);
  lua_pushcfunction(L, job->body);
  lua_pushvalue(L, 1);
  mp_task_spawn(L, 1, &job->task);
  return 0;
}

/* What a cancelled one raises before its body has run is nobody's to see. */
static void begin(mp_script *script, mp_job *job) {
  lua_State *L = script->aux;
  lua_pushcfunction(L, spawn);
  lua_pushlightuserdata(L, job);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    lua_pop(L, 1);
    if (job->task != NULL) mp__task_mark_seen(job->task);
    end(job);
    return;
  }
  mp__task_mark_seen(job->task);
  mp__task_own(job->task, &job->owned, on_task_end);
  mp_task_detach(job->task);
}

static mp_job *take_first(mp_script *script) {
  mp_job *job = script->jobs;
  if (job == NULL) return NULL;
  script->jobs = job->next;
  if (script->jobs == NULL) script->last_job = &script->jobs;
  return job;
}

void mp__jobs_begin(mp_script *script) {
  mp_job *job;
  while ((job = take_first(script)) != NULL) {
    if (job->is_cancelled || script->is_closed || !lua_checkstack(script->aux, 4)) {
      end(job);
    } else {
      begin(script, job);
    }
  }
}

void mp_job_start(mp_script *script, mp_job *job) {
  job->script = script;
  job->next = NULL;
  *script->last_job = job;
  script->last_job = &job->next;
  mp__deferred_schedule(script->loop, &script->drain);
}

void mp_job_cancel(mp_job *job) {
  job->is_cancelled = true;
  if (job->task != NULL) mp_task_cancel(job->task);
}
