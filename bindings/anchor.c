/* anchor.c - what ties to a task that others, too, may renew. */
#include "anchor.h"

#include "object.h"

typedef struct mpl_anchor {
  mpl_object object;
  mp_owned owned; /* by the task that made it */
} mpl_anchor;

static const mpl_class anchor_class;

mp_owned *mpl_anchor_check(lua_State *L, int index) {
  mpl_anchor *box = mpl_object_check(L, index, &anchor_class);
  return &box->owned;
}

static void release(mp_owned *owned) {
  (void)owned; /* having been removed is all there is to know */
}

/* anchor() -> anchor of the running task */
static int anchor_new(lua_State *L) {
  mpl_anchor *box = mpl_object_new(L, &anchor_class, sizeof(*box), 0);
  mp_own(L, &box->owned, release);
  return 1;
}

/* anchor:holds() -> false once its task has ended */
static int anchor_holds(lua_State *L) {
  lua_pushboolean(L, mpl_anchor_check(L, 1)->next != NULL);
  return 1;
}

/* anchor:close(): nothing can be tied to it any more */
static int anchor_close(lua_State *L) {
  mp_disown(mpl_anchor_check(L, 1));
  return 0;
}

static const luaL_Reg anchor_methods[] = {
    {"holds", anchor_holds}, {"close", anchor_close}, {NULL, NULL}};
static const luaL_Reg anchor_events[] = {{"__gc", anchor_close}, {NULL, NULL}};
static const mpl_class anchor_class = {"anchor", anchor_methods, anchor_events};

void mpl_open_anchor(lua_State *L) {
  mpl_class_open(L, &anchor_class);
  lua_pushcfunction(L, anchor_new);
  lua_setfield(L, -2, "anchor");
}
