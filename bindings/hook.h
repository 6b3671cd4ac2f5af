/* hook.h - functions of Lua's that an engine calls by itself: its hooks, its password. */
#ifndef MPL_HOOK_H
#define MPL_HOOK_H

#include <moonpool/engine.h>
#include <moonpool/script.h>

#include <lua.h>

typedef struct mpl_hooks mpl_hooks;

/* For an engine that is about to be opened; its userdata is at `engine`. NULL without
 * memory. Free it when the engine is gone. */
mpl_hooks *mpl_hooks_new(lua_State *L, int engine);
void mpl_hooks_free(mpl_hooks *hooks);

/* Push a table of the functions in the flat options at `index`; `options` learns whether
 * there is one for the password. */
void mpl_hooks_read(lua_State *L, mpl_hooks *hooks, int index,
                    mp_engine_options *options);
/* Pop it: these are called from now on, and no others. The engine's userdata is at
 * `index`. */
void mpl_hooks_install(lua_State *L, mpl_hooks *hooks, int index, mp_engine *engine);

#endif
