/* core.c - the module moonpool.core, the one door between the Lua library and C. */
#include "core.h"

#include "anchor.h"
#include "codec.h"
#include "engine.h"
#include "error_object.h"
#include "find_changed.h"
#include "group.h"
#include "object.h"
#include "objects.h"
#include "pool.h"
#include "result_object.h"
#include "session.h"
#include "task.h"
#include "traceback.h"

#include <moonpool/script.h>

/* Each adds or leaves what its file says. */
int mpl_open_system(lua_State *L);
int mpl_open_process(lua_State *L);

/* At the end of a foreign state: a loop that is still on the stack cannot be closed under
 * it. */
static void close_loop(mp_loop *loop) {
  if (!mp_loop_is_running(loop)) mp_loop_close(loop);
}

static void attach(lua_State *L) {
  mp_loop *loop = NULL;
  if (mp_script_of(L) != NULL) return;
  if (mp_loop_open(NULL, &loop) != MP_OK) luaL_error(L, "moonpool: no event loop");
  (void)mp_script_attach(L, loop, close_loop);
}

static const luaL_Reg functions[] = {
    {"methods", mpl_methods},
    {"set_error_class", mpl_set_error_class},
    {"set_rows_class", mpl_set_rows_class},
    {NULL, NULL},
};

int luaopen_moonpool_core(lua_State *L) {
  luaL_checkversion(L);
  attach(L);
  luaL_newlib(L, functions);
  mpl_open_task(L);
  mpl_open_group(L);
  mpl_open_result(L);
  mpl_open_find_changed(L);
  mpl_open_objects(L);
  mpl_open_anchor(L);
  mpl_open_traceback(L);
  mpl_open_pool(L);
  mpl_open_session(L);
  mpl_open_engine(L);
  mpl_open_values(L);
  mpl_open_system(L);
  lua_setfield(L, -2, "system");
  mpl_open_process(L);
  return 1;
}
