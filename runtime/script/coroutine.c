/* coroutine.c - a coroutine library whose functions forward our waits to the task. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

/* Weak set of the coroutines suspended in a wait of ours: to Lua they are suspended, to
 * the program they are at work. */
static const char waiting_key = 0;

enum { FORWARD = -2, FAILED = -1 };

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co != NULL, 1, "coroutine");
  return co;
}

/* `index` holds the coroutine. */
static bool is_waiting(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &waiting_key);
  lua_pushvalue(L, index);
  bool found = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 2);
  return found;
}

static void set_waiting(lua_State *L, int index, bool waiting) {
  index = lua_absindex(L, index);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &waiting_key);
  lua_pushvalue(L, index);
  if (waiting)
    lua_pushboolean(L, true);
  else
    lua_pushnil(L);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static int resume_raw(lua_State *L, mp_script *script, lua_State *co, int arg_count,
                      int *count) {
  lua_State *outer = script->running;
  mp__scope_unpark(script, co);
  /* Where the outer one cannot yield nobody could forward a wait. */
  script->running = lua_isyieldable(L) ? co : NULL;
  int status = lua_resume(co, L, arg_count, count);
  script->running = outer;
  return status;
}

/* Resume the coroutine at `index` with the arguments on top (popped). Gives the number of
 * results pushed, FAILED with the error pushed, or FORWARD when it waits. */
static int resume_step(lua_State *L, int index, int arg_count) {
  mp_script *script = mp_script_of(L);
  lua_State *co = lua_tothread(L, index);
  int count = 0;
  if (!lua_checkstack(co, arg_count)) {
    lua_pushliteral(L, "too many arguments to resume");
    return FAILED;
  }
  lua_xmove(L, co, arg_count);
  int status = resume_raw(L, script, co, arg_count, &count);
  mp_wait *wait = script->yielding;
  if (status == LUA_YIELD && wait != NULL) {
    script->yielding = NULL;
    set_waiting(L, index, true);
    script->yielding = wait;
    return FORWARD;
  }
  mp__scope_park(script, co);
  if (status > LUA_YIELD) {
    lua_xmove(co, L, 1);
    return FAILED;
  }
  if (lua_checkstack(L, count + 1)) {
    lua_xmove(co, L, count);
    return count;
  }
  lua_pop(co, count);
  lua_pushliteral(L, "too many results to resume");
  return FAILED;
}

static bool refuse_waiting(lua_State *L, int index) {
  if (!is_waiting(L, index)) return false;
  lua_pushliteral(L, "cannot resume non-suspended coroutine");
  return true;
}

/* Stack: the coroutine, then its results or its error. */
static int finish_resume(lua_State *L, int count) {
  lua_pushboolean(L, count >= 0);
  lua_replace(L, 1);
  return lua_gettop(L);
}

static int continue_resume(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  set_waiting(L, 1, false);
  int count = resume_step(L, 1, 0);
  if (count == FORWARD) return lua_yieldk(L, 0, 0, continue_resume);
  return finish_resume(L, count);
}

static int co_resume(lua_State *L) {
  check_coroutine(L);
  if (refuse_waiting(L, 1)) {
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
  }
  int count = resume_step(L, 1, lua_gettop(L) - 1);
  if (count == FORWARD) return lua_yieldk(L, 0, 0, continue_resume);
  return finish_resume(L, count);
}

/* As coroutine.wrap does: close the failed coroutine, and say where an error text comes
 * from. */
static int raise_from(lua_State *L, lua_State *co) {
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) {
    status = lua_resetthread(co);
    if (status != LUA_OK) {
      lua_pop(L, 1);
      lua_xmove(co, L, 1);
    }
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int continue_wrap(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  set_waiting(L, lua_upvalueindex(1), false);
  int count = resume_step(L, lua_upvalueindex(1), 0);
  if (count == FORWARD) return lua_yieldk(L, 0, 0, continue_wrap);
  return count < 0 ? raise_from(L, lua_tothread(L, lua_upvalueindex(1))) : count;
}

static int call_wrapped(lua_State *L) {
  int co = lua_upvalueindex(1);
  if (refuse_waiting(L, co)) return lua_error(L);
  int count = resume_step(L, co, lua_gettop(L));
  if (count == FORWARD) return lua_yieldk(L, 0, 0, continue_wrap);
  return count < 0 ? raise_from(L, lua_tothread(L, co)) : count;
}

static int co_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

static const char *status_of(lua_State *L, lua_State *co) {
  lua_Debug frame;
  if (L == co) return "running";
  if (is_waiting(L, 1)) return "normal";
  if (lua_status(co) == LUA_YIELD) return "suspended";
  if (lua_status(co) != LUA_OK) return "dead";
  if (lua_getstack(co, 0, &frame)) return "normal";
  return lua_gettop(co) == 0 ? "dead" : "suspended";
}

static int co_status(lua_State *L) {
  lua_pushstring(L, status_of(L, check_coroutine(L)));
  return 1;
}

/* Whoever has seen a task's coroutine may keep it. */
static int co_running(lua_State *L) {
  mp_script *script = mp_script_of(L);
  if (script != NULL) script->current->is_exposed = true;
  lua_pushboolean(L, lua_pushthread(L));
  return 2;
}

static int co_close(lua_State *L) {
  lua_State *co = check_coroutine(L);
  const char *status = status_of(L, co);
  if (status[0] != 'd' && status[0] != 's')
    return luaL_error(L, "cannot close a %s coroutine", status);
  if (lua_resetthread(co) == LUA_OK) {
    lua_pushboolean(L, true);
    return 1;
  }
  lua_pushboolean(L, false);
  lua_xmove(co, L, 1);
  return 2;
}

static const luaL_Reg functions[] = {
    {"resume", co_resume}, {"wrap", co_wrap},       {"status", co_status},
    {"close", co_close},   {"running", co_running}, {NULL, NULL},
};

void mp__coroutine_setup(lua_State *L) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &waiting_key);
}

void mp__coroutine_replace(lua_State *L) {
  lua_getglobal(L, "coroutine");
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}

void mp_script_push_coroutine(lua_State *L) {
  lua_createtable(L, 0, 8);
  lua_getglobal(L, "coroutine");
  if (lua_istable(L, -1)) {
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, -6);
    }
  }
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
