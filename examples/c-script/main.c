/* main.c - a C program that runs Lua with Moonpool in it, on the libuv loop it has
 * anyway. */
#include <moonpool/script.h>

#include <lauxlib.h>
#include <lua.h>
#include <uv.h>

#include <stdio.h>
#include <stdlib.h>

/* The module's entry, which a stock interpreter would find in a shared library. */
int luaopen_moonpool_core(lua_State *L);

static const char program[] = "local mp = require 'moonpool'\n"
                              "local db <close> = mp.engine()\n"
                              "local answers = mp.map({ 1, 2, 3 }, function(n)\n"
                              "  return db:value('select $1::int8 * 14', n)\n"
                              "end)\n"
                              "print(host_name, table.concat(answers, ' '))\n";

/* Protected, because anything that is pushed may lack memory. */
static int set_up(lua_State *L) {
  luaL_requiref(L, "moonpool.core", luaopen_moonpool_core, 0);
  lua_pushliteral(L, "c-script");
  lua_setglobal(L, "host_name");
  return 0;
}

static int run_program(mp_script *script) {
  lua_State *L = mp_script_state(script);
  lua_pushcfunction(L, set_up);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) return EXIT_FAILURE;
  return mp_script_run(script, program, "=program", 0, NULL);
}

/* `folder` holds the Lua modules. */
static int run_on(uv_loop_t *uv, const char *folder) {
  char path[512];
  mp_script_options options = MP_SCRIPT_OPTIONS_INIT;
  mp_loop *loop = NULL;
  mp_script *script = NULL;
  int code = EXIT_FAILURE;
  snprintf(path, sizeof(path), "%s/?.lua;%s/?/init.lua", folder, folder);
  options.module_path = path;
  if (mp_loop_open(uv, &loop) != MP_OK) return code;
  if (mp_script_open(loop, &options, &script) == MP_OK) {
    code = run_program(script);
    mp_script_close(script);
  }
  mp_loop_close(loop);
  return code;
}

int main(int argc, char **argv) {
  uv_loop_t uv;
  if (argc != 2 || uv_loop_init(&uv) != 0) return EXIT_FAILURE;
  int code = run_on(&uv, argv[1]);
  printf("exit code %d, uv_loop_close: %d\n", code, uv_loop_close(&uv));
  return code;
}
