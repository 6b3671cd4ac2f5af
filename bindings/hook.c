/* hook.c - functions of Lua's that an engine calls by itself, each in a task of its own.
 */
#include "hook.h"

#include "engine.h"
#include "error.h"
#include "object.h"
#include "session.h"

#include <moonpool/hook.h>
#include <moonpool/task.h>

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

/* The functions are a user value of the engine, and go with it. It is found by the
 * address of its hooks in a table that does not keep it. */
struct mpl_hooks {
  mp_script *script;
  size_t shares;
  bool has_teller;
  mpl_left_out left_out;
};

typedef struct hook_job {
  mp_job job;
  mpl_hooks *hooks;
  mp_visit *visit; /* of a hook; else the password's */
  mp_password *password;
  char *failure; /* NULL: it has not failed */
  char *answer;  /* the password */
  bool has_run;  /* to its end */
} hook_job;

static const char engines_key = 0;

static const char *const names[] = {"on_connect", "on_checkout", "on_checkin"};
static const char password_name[] = "password_source";

/* Push the table: address of hooks -> engine. */
static void push_engines(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &engines_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &engines_key);
}

mpl_hooks *mpl_hooks_new(lua_State *L, int engine) {
  push_engines(L);
  mpl_hooks *hooks = calloc(1, sizeof(*hooks));
  if (hooks == NULL) {
    lua_pop(L, 1);
    return NULL;
  }
  hooks->script = mp_script_of(L);
  hooks->shares = 1;
  lua_pushvalue(L, engine);
  lua_rawsetp(L, -2, hooks);
  lua_pop(L, 1);
  return hooks;
}

mpl_hooks *mpl_hooks_keep(mpl_hooks *hooks) {
  hooks->shares++;
  return hooks;
}

void mpl_hooks_drop(mpl_hooks *hooks) {
  if (hooks != NULL && --hooks->shares == 0) free(hooks);
}

mp_script *mpl_hooks_script(const mpl_hooks *hooks) {
  return hooks->script;
}

size_t mpl_hooks_shares(const mpl_hooks *hooks) {
  return hooks->shares;
}

bool mpl_hooks_push_engine(lua_State *L, const mpl_hooks *hooks) {
  push_engines(L);
  return lua_rawgetp(L, -1, hooks) == LUA_TUSERDATA;
}

void mpl_hooks_set_teller(mpl_hooks *hooks) {
  hooks->has_teller = true;
}

bool mpl_hooks_has_teller(const mpl_hooks *hooks) {
  return hooks->has_teller;
}

mpl_left_out *mpl_hooks_left_out(mpl_hooks *hooks) {
  return &hooks->left_out;
}

static char *copy_text(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  return copy == NULL ? NULL : memcpy(copy, text, size);
}

static void wipe(char *text) {
  if (text == NULL) return;
  for (volatile char *at = text; *at != '\0'; at++)
    *at = '\0';
}

/* Push the message of what is on top, which was raised. */
static const char *push_message(lua_State *L) {
  if (lua_istable(L, -1)) {
    lua_pushliteral(L, "message");
    if (lua_rawget(L, -2) == LUA_TSTRING) return lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  return luaL_tolstring(L, -1, NULL);
}

static void keep_password(lua_State *L, hook_job *job) {
  size_t length = 0;
  const char *text =
      lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
  if (text == NULL || strlen(text) != length) {
    const char *given = text != NULL ? "a string with a NUL byte" : luaL_typename(L, -1);
    job->failure = copy_text(lua_pushfstring(L, "gave %s", given));
    return;
  }
  job->answer = copy_text(text);
}

/* The job is below what the call has left. */
static int finish(lua_State *L, int status, lua_KContext context) {
  hook_job *job = lua_touserdata(L, 1);
  (void)context;
  bool is_failing = status != LUA_OK && status != LUA_YIELD;
  if (is_failing) {
    const char *message = push_message(L);
    if (job->password != NULL) message = lua_pushfstring(L, "failed: %s", message);
    job->failure = copy_text(message);
  } else if (job->password != NULL) {
    keep_password(L, job);
  }
  job->has_run = !is_failing;
  return 0;
}

/* Push the function and its arguments; false when the engine is gone. */
static bool push_call(lua_State *L, const hook_job *job) {
  if (!mpl_hooks_push_engine(L, job->hooks)) return false;
  int engine = lua_gettop(L);
  lua_getiuservalue(L, engine, MPL_ENGINE_HOOKS);
  if (!lua_istable(L, -1)) return false;
  lua_getfield(L, -1,
               job->visit == NULL ? password_name : names[mp_visit_event(job->visit)]);
  if (!lua_isfunction(L, -1)) return false;
  if (job->visit == NULL) return true;
  mp_session *session = mp_visit_session(job->visit);
  if (session == NULL) return false;
  mpl_session_push(L, engine, session);
  return true;
}

/* In its task: argument is the job. */
static int body(lua_State *L) {
  const hook_job *job = lua_touserdata(L, 1);
  if (!push_call(L, job)) return 0;
  int args = job->visit == NULL ? 0 : 1;
  return finish(L, lua_pcallk(L, args, args == 0 ? 1 : 0, 0, 0, finish), 0);
}

static const char *failure_of(const hook_job *job) {
  if (job->failure != NULL) return job->failure;
  return job->has_run ? NULL : "could not be called: the program or its engine is ending";
}

static void ended(mp_job *base) {
  hook_job *job = (hook_job *)(void *)base;
  if (job->visit != NULL) {
    mp_visit_end(job->visit, failure_of(job));
  } else {
    mp_password_give(job->password, job->answer, failure_of(job));
  }
  wipe(job->answer);
  mpl_hooks_drop(job->hooks);
  free(job->answer);
  free(job->failure);
  free(job);
}

static hook_job *start(mpl_hooks *hooks, mp_visit *visit, mp_password *password) {
  hook_job *job = calloc(1, sizeof(*job));
  if (job == NULL) return NULL;
  job->job = (mp_job){.body = body, .ended = ended};
  job->hooks = mpl_hooks_keep(hooks);
  job->visit = visit;
  job->password = password;
  mp_job_start(hooks->script, &job->job);
  return job;
}

static void on_visit(mp_visit *visit, void *data) {
  mp_visit_set_data(visit, start(data, visit, NULL));
}

static void on_visit_cancelled(mp_visit *visit, void *data) {
  hook_job *job = mp_visit_data(visit);
  (void)data;
  if (job != NULL) mp_job_cancel(&job->job);
  if (job == NULL) mp_visit_end(visit, NULL);
}

static void on_password(mp_password *password, void *data) {
  mp_password_set_data(password, start(data, NULL, password));
}

static void on_password_cancelled(mp_password *password, void *data) {
  hook_job *job = mp_password_data(password);
  (void)data;
  if (job != NULL) mp_job_cancel(&job->job);
  if (job == NULL) mp_password_give(password, NULL, NULL);
}

static bool keep_function(lua_State *L, int index, const char *name) {
  bool is_function = lua_getfield(L, index, name) == LUA_TFUNCTION;
  if (is_function) lua_setfield(L, -2, name);
  if (!is_function) lua_pop(L, 1);
  return is_function;
}

void mpl_hooks_read(lua_State *L, mpl_hooks *hooks, int index,
                    mp_engine_options *options) {
  lua_createtable(L, 0, 4);
  if (!lua_istable(L, index)) return;
  for (int event = MP_HOOK_CONNECT; event <= MP_HOOK_CHECKIN; event++)
    (void)keep_function(L, index, names[event]);
  if (!keep_function(L, index, password_name)) return;
  options->password_source =
      (mp_password_source){on_password, on_password_cancelled, hooks};
}

void mpl_hooks_install(lua_State *L, mpl_hooks *hooks, int index, mp_engine *engine) {
  mp_hooks wanted = MP_HOOKS_INIT;
  for (int event = MP_HOOK_CONNECT; event <= MP_HOOK_CHECKIN; event++) {
    if (lua_getfield(L, -1, names[event]) != LUA_TNIL)
      wanted.events |= MP_HOOK_BIT(event);
    lua_pop(L, 1);
  }
  lua_setiuservalue(L, index, MPL_ENGINE_HOOKS);
  wanted.begin = on_visit;
  wanted.cancel = on_visit_cancelled;
  wanted.data = hooks;
  mp_engine_set_hooks(engine, &wanted);
}
