/* group_scope.c - what a group begins and finishes, as Lua says it. */
#include "group_scope.h"

#include "error.h"

#include <lauxlib.h>

#include <string.h>

static const char usage[] = "write target:run_group(entries, { begin = \"savepoint\", "
                            "finish = true })";

static const char *const isolations[] = {
    [MP_ISOLATION_DEFAULT] = "default",
    [MP_ISOLATION_READ_COMMITTED] = "read committed",
    [MP_ISOLATION_REPEATABLE_READ] = "repeatable read",
    [MP_ISOLATION_SERIALIZABLE] = "serializable",
};

MPL_NORETURN static void refuse(lua_State *L, const char *name) {
  mpl_raise(L, "bad_argument", usage, "run_group cannot use this %s: %s", name,
            luaL_tolstring(L, -1, NULL));
}

static bool is_text(lua_State *L, const char *text) {
  return lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), text) == 0;
}

/* The options are read one by one from the table at `index`; each leaves nothing. */

static void read_begin(lua_State *L, int index, mp_group_scope *scope) {
  lua_getfield(L, index, "begin");
  if (lua_isboolean(L, -1) && lua_toboolean(L, -1))
    scope->begin = MP_GROUP_BEGIN_TRANSACTION;
  else if (is_text(L, "savepoint"))
    scope->begin = MP_GROUP_BEGIN_SAVEPOINT;
  else if (lua_toboolean(L, -1))
    refuse(L, "begin");
  lua_pop(L, 1);
}

static void read_finish(lua_State *L, int index, mpl_group_scope *out) {
  lua_getfield(L, index, "finish");
  if (is_text(L, "commit"))
    out->scope.finish = MP_GROUP_FINISH_COMMIT;
  else if (is_text(L, "release"))
    out->scope.finish = MP_GROUP_FINISH_RELEASE;
  else if (lua_isboolean(L, -1))
    out->finishes = lua_toboolean(L, -1);
  else if (!lua_isnil(L, -1))
    refuse(L, "finish");
  lua_pop(L, 1);
}

static void read_isolation(lua_State *L, int index, mp_transaction_options *options) {
  bool is_known = lua_getfield(L, index, "isolation") == LUA_TNIL;
  for (int i = MP_ISOLATION_DEFAULT; i <= MP_ISOLATION_SERIALIZABLE; i++) {
    if (!is_text(L, isolations[i])) continue;
    options->isolation = (mp_isolation)i;
    is_known = true;
  }
  if (!is_known) refuse(L, "isolation");
  lua_pop(L, 1);
}

static mp_toggle read_toggle(lua_State *L, int index, const char *name) {
  int type = lua_getfield(L, index, name);
  mp_toggle toggle = lua_toboolean(L, -1) ? MP_TOGGLE_ON : MP_TOGGLE_OFF;
  if (type != LUA_TNIL && type != LUA_TBOOLEAN) refuse(L, name);
  lua_pop(L, 1);
  return type == LUA_TNIL ? MP_TOGGLE_DEFAULT : toggle;
}

void mpl_group_scope_read(lua_State *L, int index, mpl_group_scope *out) {
  *out = (mpl_group_scope){.scope = MP_GROUP_SCOPE_INIT,
                           .options = MP_TRANSACTION_OPTIONS_INIT};
  if (lua_isnoneornil(L, index)) return;
  luaL_checktype(L, index, LUA_TTABLE);
  read_begin(L, index, &out->scope);
  read_finish(L, index, out);
  read_isolation(L, index, &out->options);
  out->options.read_only = read_toggle(L, index, "read_only");
  out->options.deferrable = read_toggle(L, index, "deferrable");
  if (lua_getfield(L, index, "label") == LUA_TSTRING)
    out->options.label = lua_tostring(L, -1);
  lua_pop(L, 1);
  out->is_given = out->finishes || out->scope.begin != MP_GROUP_BEGIN_NOTHING ||
                  out->scope.finish != MP_GROUP_FINISH_NOTHING;
}

const mp_group_scope *mpl_group_scope_on(mpl_group_scope *scope,
                                         const mpl_target *target) {
  if (!scope->is_given) return NULL;
  bool is_nested =
      scope->scope.begin == MP_GROUP_BEGIN_SAVEPOINT ||
      (scope->scope.begin == MP_GROUP_BEGIN_NOTHING && mpl_target_depth(target) > 1);
  if (scope->finishes)
    scope->scope.finish = is_nested ? MP_GROUP_FINISH_RELEASE : MP_GROUP_FINISH_COMMIT;
  scope->scope.options = &scope->options;
  return &scope->scope;
}
