/* runtime.c - one loop and one script on it, put together for a program. */
#include "host/runtime.h"

#include "bindings/core.h"
#include "host/bundle.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdlib.h>

/* A development tree may stand in for the embedded library: a package.path, with its "?".
 */
static const char *module_path(void) {
  const char *path = getenv("MOONPOOL_LUA_PATH");
  return path != NULL && path[0] != '\0' ? path : NULL;
}

/* Protected. The core is loaded before any module, so that all share one mp.null. */
static int load_core(lua_State *L) {
  luaL_requiref(L, "moonpool.core", luaopen_moonpool_core, 0);
  return 0;
}

int mp__runtime_open(mp__runtime *runtime) {
  *runtime = (mp__runtime){.loop = NULL};
  mp_script_options options = MP_SCRIPT_OPTIONS_INIT;
  options.modules = mp__bundle;
  options.module_count = mp__bundle_count;
  options.module_path = module_path();

  int status = mp_loop_open(NULL, &runtime->loop);
  if (status != MP_OK) return status;
  status = mp_script_open(runtime->loop, &options, &runtime->script);
  if (status != MP_OK) goto fail;
  lua_State *L = mp_script_state(runtime->script);
  lua_pushcfunction(L, load_core);
  status = lua_pcall(L, 0, 0, 0) == LUA_OK ? MP_OK : MP_OUT_OF_MEMORY;
  if (status != MP_OK) goto fail;
  return MP_OK;

fail:
  mp__runtime_close(runtime);
  return status;
}

int mp__runtime_catch_signals(mp__runtime *runtime) {
  return mp__signals_open(runtime->script, &runtime->signals);
}

void mp__runtime_close(mp__runtime *runtime) {
  if (runtime->script != NULL) mp_script_close(runtime->script);
  mp__signals_close(&runtime->signals);
  if (runtime->loop != NULL) mp_loop_close(runtime->loop);
  *runtime = (mp__runtime){.loop = NULL};
}
