/* scope.c - deadlines and shields: what bounds the waits of a task. */
#include "base/alloc.h"
#include "script/script_impl.h"

#include <moonpool/task.h>

#include <lauxlib.h>
#include <lua.h>

#include <math.h>

typedef struct scope_box {
  mp_scope *scope;
} scope_box;

static const char box_key = 0;

static int box_close(lua_State *L) {
  scope_box *box = lua_touserdata(L, 1);
  mp_scope *scope = box->scope;
  if (scope == NULL) return 0;
  box->scope = NULL;
  mp__timer_stop(scope->script->loop, &scope->timer);
  mp__list_remove(&scope->link);
  mp__free(scope);
  return 0;
}

void mp__scope_setup(lua_State *L) {
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, box_close);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, box_close);
  lua_setfield(L, -2, "__close");
  lua_pushliteral(L, "moonpool.scope");
  lua_setfield(L, -2, "__name");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &box_key);
}

int mp__scope_pending(const mp_task *task, const mp_scope **out) {
  for (mp__link *at = task->scopes.prev; at != &task->scopes; at = at->prev) {
    const mp_scope *scope = MP__CONTAINER(at, mp_scope, link);
    if (scope->is_shield) return MP_OK;
    if (!scope->is_expired) continue;
    *out = scope;
    return MP_TIMEOUT;
  }
  return task->is_cancelled ? MP_CANCELLED : MP_OK;
}

static void on_expired(void *data) {
  mp_scope *scope = data;
  scope->is_expired = true;
  const mp_task *task = scope->task;
  const mp_scope *innermost = NULL;
  if (task == NULL || task->wait == NULL) return;
  if (mp__scope_pending(task, &innermost) == MP_TIMEOUT)
    mp__wait_end(task->wait, MP_TIMEOUT);
}

int mp__scope_raise(lua_State *L, int status, const mp_scope *scope) {
  if (status == MP_CANCELLED)
    return mp_script_raise(L, "cancelled", NULL, "the task was cancelled");
  if (scope == NULL)
    return mp_script_raise(L, "timeout", NULL, "the deadline passed while waiting");
  return mp_script_raise(L, "timeout", NULL,
                         "the deadline of %.15g s passed while waiting", scope->seconds);
}

static mp_scope *enter(lua_State *L) {
  mp_script *script = mp_script_of(L);
  if (script == NULL)
    mp_script_raise(L, "shutting_down", NULL, "Moonpool is closed in this Lua state");
  scope_box *box = lua_newuserdatauv(L, sizeof(*box), 0);
  box->scope = NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &box_key);
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);

  mp_scope *scope = mp__alloc_zero(sizeof(*scope));
  if (scope == NULL) mp_script_raise(L, "out_of_memory", NULL, "not enough memory");
  scope->script = script;
  scope->task = script->current;
  scope->co = L;
  mp__timer_init(&scope->timer, on_expired, scope);
  mp__list_push_back(&script->current->scopes, &scope->link);
  box->scope = scope;
  return scope;
}

void mp_scope_deadline(lua_State *L, double seconds) {
  mp_scope *scope = enter(L);
  double milliseconds = fmin(ceil(seconds * 1000.0), 1e15);
  scope->seconds = seconds;
  mp__timer_start(scope->script->loop, &scope->timer, (uint64_t)milliseconds);
}

void mp_scope_shield(lua_State *L) {
  enter(L)->is_shield = true;
}

static void move_scopes(mp__link *from, mp__link *to, const lua_State *co,
                        mp_task *task) {
  mp__link *next = NULL;
  for (mp__link *at = from->next; at != from; at = next) {
    next = at->next;
    mp_scope *scope = MP__CONTAINER(at, mp_scope, link);
    if (scope->co != co) continue;
    mp__list_remove(at);
    mp__list_push_back(to, at);
    scope->task = task;
  }
}

void mp__scope_park(mp_script *script, const lua_State *co) {
  move_scopes(&script->current->scopes, &script->parked, co, NULL);
}

void mp__scope_park_all(mp_task *task) {
  for (mp__link *link = mp__list_first(&task->scopes); link != NULL;
       link = mp__list_first(&task->scopes)) {
    mp__list_remove(link);
    mp__list_push_back(&task->script->parked, link);
    MP__CONTAINER(link, mp_scope, link)->task = NULL;
  }
}

void mp__scope_unpark(mp_script *script, const lua_State *co) {
  move_scopes(&script->parked, &script->current->scopes, co, script->current);
}
