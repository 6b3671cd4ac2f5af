/* task_functions.c - tasks, waits and scopes for Lua, without the Lua library. */
#include "support/lua/task_functions.h"

#include <moonpool/script.h>

#include <lauxlib.h>

static int spawn(lua_State *L) {
  mp_task **slot = lua_newuserdatauv(L, sizeof(mp_task *), 0);
  *slot = NULL;
  lua_insert(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setmetatable(L, 1);
  mp_task_spawn(L, lua_gettop(L) - 2, slot);
  return 1;
}

static mp_task *task_at_1(lua_State *L) {
  mp_task **slot = lua_touserdata(L, 1);
  return *slot;
}

static int task_gc(lua_State *L) {
  mp_task **slot = lua_touserdata(L, 1);
  if (*slot != NULL) mp_task_release(*slot);
  *slot = NULL;
  return 0;
}

static int task_await(lua_State *L) {
  return mp_task_await(L, task_at_1(L));
}

static int task_join(lua_State *L) {
  return mp_task_join(L, task_at_1(L));
}

static int task_cancel(lua_State *L) {
  mp_task_cancel(task_at_1(L));
  return 0;
}

static int nap(lua_State *L) {
  return mp_task_sleep(L, luaL_optnumber(L, 1, 0.001));
}

static int abandon(lua_State *L) {
  mp_script_exit(mp_script_of(L), 4, 10);
  return 0;
}

static int scope_ended(lua_State *L, int status, lua_KContext base) {
  (void)status;
  return lua_gettop(L) - (int)base;
}

static int deadline(lua_State *L) {
  mp_scope_deadline(L, luaL_checknumber(L, 1));
  lua_pushvalue(L, 2);
  lua_callk(L, 0, LUA_MULTRET, 3, scope_ended);
  return scope_ended(L, LUA_OK, 3);
}

static int shield(lua_State *L) {
  mp_scope_shield(L);
  lua_pushvalue(L, 1);
  lua_callk(L, 0, LUA_MULTRET, 2, scope_ended);
  return scope_ended(L, LUA_OK, 2);
}

static const char constructor[] =
    "local meta = { __tostring = function(e) return e.kind .. ': ' .. e.message end,\n"
    "  __index = { find = function(e, what) return tostring(e):find(what) end } }\n"
    "return function(fields) return setmetatable(fields, meta) end";

int task_functions_install(lua_State *L) {
  static const luaL_Reg methods[] = {{"await", task_await},
                                     {"join", task_join},
                                     {"cancel", task_cancel},
                                     {"__gc", task_gc},
                                     {NULL, NULL}};
  luaL_newlib(L, methods);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pushcclosure(L, spawn, 1);
  lua_setglobal(L, "spawn");
  if (luaL_dostring(L, constructor)) return lua_error(L);
  mp_script_set_error_constructor(L);
  lua_register(L, "nap", nap);
  lua_register(L, "abandon", abandon);
  lua_register(L, "deadline", deadline);
  lua_register(L, "shield", shield);
  return 0;
}
