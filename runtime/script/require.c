/* require.c - a `require` whose module bodies may wait, and the searchers for our
 * modules. */
#include "script/script_impl.h"

#include <lauxlib.h>
#include <lua.h>

#include <string.h>

/* Registry table: module name -> the guard of the task that is loading it. */
static const char loading_key = 0;

typedef struct guard { /* userdata, to be closed when the loading ends */
  mp_script *script;
  mp_task *task;
} guard;

typedef struct gate { /* data of a wait for another task's loading */
  mp__link link;
  mp_wait *wait;
} gate;

static const char guard_key = 0;

static int guard_close(lua_State *L) {
  guard *loading = lua_touserdata(L, 1);
  mp_script *script = loading->script;
  if (script == NULL) return 0;
  loading->script = NULL;
  mp_task_release(loading->task);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &loading_key);
  lua_getiuservalue(L, 1, 1);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TUSERDATA && lua_touserdata(L, -1) == loading) {
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_rawset(L, -3);
  }
  mp__link woken;
  mp__list_init(&woken);
  mp__list_move_all(&script->loading, &woken);
  for (mp__link *link = mp__list_pop_front(&woken); link != NULL;
       link = mp__list_pop_front(&woken))
    mp_wait_done(MP__CONTAINER(link, gate, link)->wait);
  return 0;
}

static void cancel_gate(mp_wait *wait, int status) {
  (void)status;
  gate *data = mp_wait_data(wait);
  mp__list_remove(&data->link);
  mp_wait_done(wait);
}

static int require(lua_State *L);

static int required(lua_State *L, int status, lua_KContext context) {
  (void)L;
  (void)status;
  (void)context;
  return 1;
}

static int gate_opened(lua_State *L, mp_wait *wait) {
  mp_wait_raise_ended(L, wait);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, require, 1);
  lua_pushvalue(L, 1);
  lua_callk(L, 1, 1, 0, required);
  return 1;
}

/* True when the loading task waits, through others, for the running one. */
static bool is_deadlock(const mp_script *script, const mp_task *loader) {
  for (const mp_task *at = loader; at != NULL; at = mp__task_awaited(at))
    if (at == script->current) return true;
  return false;
}

/* The guard at the top, unless its coroutine died without closing it. */
static const guard *live_guard(lua_State *L) {
  const guard *loading = lua_touserdata(L, -1);
  if (loading == NULL || loading->script == NULL) return NULL;
  if (mp__task_has_ended(loading->task)) return NULL;
  lua_getiuservalue(L, -1, 2);
  int status = lua_status(lua_tothread(L, -1));
  lua_pop(L, 1);
  return status > LUA_YIELD ? NULL : loading;
}

/* Another task is at it: wait until it is done, then look again. */
static int wait_for_loader(lua_State *L, const guard *loading) {
  mp_script *script = loading->script;
  if (is_deadlock(script, loading->task))
    return luaL_error(L, "loop in require of module '%s'", lua_tostring(L, 1));
  mp_wait *wait = mp_wait_new(L, sizeof(gate), NULL);
  gate *data = mp_wait_data(wait);
  data->wait = wait;
  mp_wait_begin_quiet(wait, cancel_gate);
  mp__list_push_back(&script->loading, &data->link);
  return mp_wait_suspend(L, wait, gate_opened);
}

/* Push a guard that marks the module at 1 as being loaded. */
static void push_guard(lua_State *L) {
  guard *loading = lua_newuserdatauv(L, sizeof(*loading), 2);
  loading->script = NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  lua_pushthread(L);
  lua_setiuservalue(L, -2, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &loading_key);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  loading->script = mp_script_of(L);
  loading->task = loading->script->current;
  loading->task->shares++;
}

/* Push the loader and its data, or raise with what every searcher said. */
static void find_loader(lua_State *L) {
  if (lua_getfield(L, lua_upvalueindex(1), "searchers") != LUA_TTABLE)
    luaL_error(L, "'package.searchers' must be a table");
  lua_pushliteral(L, "");
  int said = lua_gettop(L);
  for (lua_Integer i = 1; lua_rawgeti(L, said - 1, i) != LUA_TNIL; i++) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 2);
    if (lua_isfunction(L, -2)) return;
    if (lua_isstring(L, -2)) {
      lua_pushfstring(L, "%s\n\t%s", lua_tostring(L, said), lua_tostring(L, -2));
      lua_replace(L, said);
    }
    lua_settop(L, said);
  }
  luaL_error(L, "module '%s' not found:%s", lua_tostring(L, 1), lua_tostring(L, said));
}

/* Stack: name, package.loaded, ..., loader data, result of the loader. */
static int loaded(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  if (!lua_isnil(L, -1))
    lua_setfield(L, 2, lua_tostring(L, 1));
  else
    lua_pop(L, 1);
  if (lua_getfield(L, 2, lua_tostring(L, 1)) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushboolean(L, true);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, lua_tostring(L, 1));
  }
  lua_insert(L, -2);
  return 2;
}

/* require(name) -> value, loader data. The `package` table is the upvalue. */
static int require(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, 2, name);
  if (lua_toboolean(L, -1)) return 1;
  lua_settop(L, 2);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &loading_key);
  lua_getfield(L, 3, name);
  const guard *loading = live_guard(L);
  if (loading != NULL) return wait_for_loader(L, loading);
  lua_settop(L, 2);
  push_guard(L);
  find_loader(L);
  lua_pushvalue(L, -1); /* function, data, data */
  lua_insert(L, -3);    /* data, function, data */
  lua_pushvalue(L, 1);
  lua_insert(L, -2); /* data, function, name, data */
  lua_callk(L, 2, 1, 0, loaded);
  return loaded(L, LUA_OK, 0);
}

/* "?" of the template list stands for the name with its dots as slashes. */
static int load_found(lua_State *L, const char *path) {
  if (luaL_loadfilex(L, path, "t") != LUA_OK)
    return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s",
                      lua_tostring(L, 1), path, lua_tostring(L, -1));
  lua_pushstring(L, path);
  return 2;
}

/* Search the templates on top; pushes loader and path, or the reason why not. */
static int search_path(lua_State *L) {
  int templates = lua_gettop(L);
  lua_getfield(L, lua_upvalueindex(1), "searchpath");
  lua_pushvalue(L, 1);
  lua_pushvalue(L, templates);
  lua_call(L, 2, 2);
  if (lua_isnil(L, -2)) return 1;
  return load_found(L, lua_tostring(L, -2));
}

static int search_files(lua_State *L) {
  luaL_checkstring(L, 1);
  lua_getfield(L, lua_upvalueindex(1), "path");
  if (!lua_isstring(L, -1)) return luaL_error(L, "'package.path' must be a string");
  return search_path(L);
}

static const mp_script_module *find_module(const mp_script *script, const char *name) {
  for (size_t i = 0; i < script->options.module_count; i++)
    if (strcmp(script->options.modules[i].name, name) == 0)
      return &script->options.modules[i];
  return NULL;
}

static bool is_ours(const char *name) {
  static const char prefix[] = "moonpool";
  size_t length = sizeof(prefix) - 1;
  return strncmp(name, prefix, length) == 0 &&
         (name[length] == '\0' || name[length] == '.');
}

static int search_modules(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const mp_script *script = mp_script_of(L);
  if (script->options.module_path != NULL && is_ours(name)) {
    lua_pushstring(L, script->options.module_path);
    if (search_path(L) == 2) return 2;
  }
  const mp_script_module *module = find_module(script, name);
  if (module == NULL) {
    lua_pushfstring(L, "no embedded module '%s'", name);
    return 1;
  }
  if (luaL_loadbufferx(L, module->text, module->length, module->chunkname, "bt") !=
      LUA_OK)
    return luaL_error(L, "error loading module '%s':\n\t%s", name, lua_tostring(L, -1));
  lua_pushstring(L, module->chunkname);
  return 2;
}

static void push_with_package(lua_State *L, lua_CFunction function) {
  lua_getglobal(L, "package");
  lua_pushcclosure(L, function, 1);
}

/* preload first, then ours, then text files; the searchers of C libraries move up by one.
 */
static void replace_searchers(lua_State *L) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "searchers");
  for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  push_with_package(L, search_modules);
  lua_rawseti(L, -2, 2);
  push_with_package(L, search_files);
  lua_rawseti(L, -2, 3);
  lua_pop(L, 2);
}

void mp__require_replace(lua_State *L) {
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &loading_key);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, guard_close);
  lua_setfield(L, -2, "__close");
  lua_pushcfunction(L, guard_close);
  lua_setfield(L, -2, "__gc");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
  replace_searchers(L);
  push_with_package(L, require);
  lua_setglobal(L, "require");
}
