/* raise.c - structured errors: the one door through which C raises in Lua. */
#include <moonpool/script.h>

#include <lauxlib.h>
#include <lua.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char constructor_key = 0;

static void set_text(lua_State *L, const char *name, const char *text) {
  if (text == NULL || text[0] == '\0') return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

/* Replace the table of fields on top by the error made of it. */
static void construct(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &constructor_key);
  if (lua_isfunction(L, -1)) {
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    return;
  }
  lua_pop(L, 1);
  lua_getfield(L, -1, "kind");
  lua_getfield(L, -2, "message");
  lua_pushfstring(L, "%s: %s", lua_tostring(L, -2), lua_tostring(L, -1));
  lua_replace(L, -4);
  lua_pop(L, 2);
}

MP_PRINTF(2, 0)
static void push_formatted(lua_State *L, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  /* The analyser does not see that a parameter is initialised. */
  int length = vsnprintf(NULL, 0, format, args); /* NOLINT(clang-analyzer-valist.*) */
  size_t size = length < 0 ? 1 : (size_t)length + 1;
  luaL_Buffer buffer;
  char *text = luaL_buffinitsize(L, &buffer, size);
  if (length < 0 || vsnprintf(text, size, format, again) < 0) size = 1;
  va_end(again);
  luaL_pushresultsize(&buffer, size - 1);
}

int mp_script_vraise(lua_State *L, const char *kind, const char *hint, const char *format,
                     va_list args) {
  luaL_checkstack(L, 8, NULL);
  lua_createtable(L, 0, 8);
  push_formatted(L, format, args);
  lua_setfield(L, -2, "message");
  set_text(L, "kind", kind);
  set_text(L, "hint", hint);
  construct(L);
  lua_error(L);
  abort();
}

int mp_script_raise(lua_State *L, const char *kind, const char *hint, const char *format,
                    ...) {
  va_list args;
  va_start(args, format);
  mp_script_vraise(L, kind, hint, format, args);
}

/* Kind, message, two truths, and the constructor's hint, place and traceback. */
enum { FIELDS_ALWAYS = 7 };

static int count_texts(const mp_error *error) {
  int count = mp_error_sqlstate(error)[0] != '\0';
  for (int field = 0; field < MP_FIELD_COUNT; field++)
    count += mp_error_get(error, (mp_error_field)field) != NULL;
  return count;
}

void mp_script_push_error(lua_State *L, const mp_error *error) {
  static const struct {
    mp_error_field field;
    const char *name;
  } rows[] = {
      {MP_FIELD_SEVERITY, "severity"}, {MP_FIELD_DETAIL, "detail"},
      {MP_FIELD_HINT, "hint"},         {MP_FIELD_CONTEXT, "context"},
      {MP_FIELD_SCHEMA, "schema"},     {MP_FIELD_TABLE, "table"},
      {MP_FIELD_COLUMN, "column"},     {MP_FIELD_TYPE, "datatype"},
      {MP_FIELD_QUERY, "query"},       {MP_FIELD_CONSTRAINT, "constraint"},
      {MP_FIELD_XID, "xid"},           {MP_FIELD_NODE, "node"},
  };
  luaL_checkstack(L, 8, NULL);
  lua_createtable(L, 0, FIELDS_ALWAYS + count_texts(error));
  set_text(L, "kind", mp_error_kind(error));
  set_text(L, "message", mp_error_message(error));
  set_text(L, "sqlstate", mp_error_sqlstate(error));
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    set_text(L, rows[i].name, mp_error_get(error, rows[i].field));
  if (mp_error_position(error) > 0) {
    lua_pushinteger(L, mp_error_position(error));
    lua_setfield(L, -2, "position");
  }
  if (mp_error_index(error) > 0) {
    lua_pushinteger(L, mp_error_index(error));
    lua_setfield(L, -2, "index");
  }
  lua_pushboolean(L, mp_error_is_retryable(error));
  lua_setfield(L, -2, "retryable");
  lua_pushboolean(L, mp_error_in_transaction(error));
  lua_setfield(L, -2, "in_transaction");
  construct(L);
}

void mp_script_set_error_constructor(lua_State *L) {
  luaL_checktype(L, -1, LUA_TFUNCTION);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &constructor_key);
}
