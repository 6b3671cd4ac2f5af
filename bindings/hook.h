/* hook.h - functions of Lua's that an engine calls by itself: its hooks, its password. */
#ifndef MPL_HOOK_H
#define MPL_HOOK_H

#include <moonpool/engine.h>
#include <moonpool/script.h>

#include <lua.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mpl_hooks mpl_hooks;

/* Events that found no room. */
typedef struct mpl_left_out {
  uint64_t count, told;
  bool is_telling; /* a task has been started that will */
} mpl_left_out;

/* For an engine that is about to be opened; its userdata is at `engine`. NULL without
 * memory. Drop it when the engine is gone. */
mpl_hooks *mpl_hooks_new(lua_State *L, int engine);
/* A share, to be dropped: of its engine, and of each call and session under way. */
mpl_hooks *mpl_hooks_keep(mpl_hooks *hooks);
void mpl_hooks_drop(mpl_hooks *hooks); /* NULL does nothing */
mp_script *mpl_hooks_script(const mpl_hooks *hooks);
/* Shares there are. */
size_t mpl_hooks_shares(const mpl_hooks *hooks);
/* Push the engine; false, and something else, when nobody has it any more. */
bool mpl_hooks_push_engine(lua_State *L, const mpl_hooks *hooks);
/* Its user value MPL_ENGINE_TELLER is there from now on. */
void mpl_hooks_set_teller(mpl_hooks *hooks);
bool mpl_hooks_has_teller(const mpl_hooks *hooks);
/* Lives as long as they do. */
mpl_left_out *mpl_hooks_left_out(mpl_hooks *hooks);

/* Push a table of the functions in the flat options at `index`; `options` learns whether
 * there is one for the password. */
void mpl_hooks_read(lua_State *L, mpl_hooks *hooks, int index,
                    mp_engine_options *options);
/* Pop it: these are called from now on, and no others. The engine's userdata is at
 * `index`. */
void mpl_hooks_install(lua_State *L, mpl_hooks *hooks, int index, mp_engine *engine);

#endif
