/* json.c - mp.json, mp.list and mp.map: JSON values and the marks of their containers. */
#include "codec_types.h"
#include "error.h"
#include "object.h"
#include "values.h"

#include <lauxlib.h>

/* Its user value is the value, or the text. */
typedef struct json_box {
  mpl_object object;
  bool raw;
} json_box;

static const luaL_Reg no_functions[] = {{NULL, NULL}};
static const mpl_class json_class = {"json", no_functions, no_functions};

/* Registry keys of the marks' metatables. */
static const char list_key = 'l', map_key = 'm';

static void set_mark(lua_State *L, const char *key) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, key);
  lua_setmetatable(L, -2);
}

void mpl_json_mark_list(lua_State *L) {
  set_mark(L, &list_key);
}

void mpl_json_mark_map(lua_State *L) {
  set_mark(L, &map_key);
}

mpl_json_mark mpl_json_get_mark(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return MPL_JSON_UNMARKED;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &list_key);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &map_key);
  bool list = lua_rawequal(L, -3, -2), map = lua_rawequal(L, -3, -1);
  lua_pop(L, 3);
  if (list) return MPL_JSON_LIST;
  return map ? MPL_JSON_MAP : MPL_JSON_UNMARKED;
}

bool mpl_json_unwrap(lua_State *L, int index, bool *raw) {
  if (lua_type(L, index) != LUA_TUSERDATA) return false;
  json_box *box = mpl_object_test(L, index, &json_class);
  if (box == NULL) return false;
  *raw = box->raw;
  lua_getiuservalue(L, index, 1);
  return true;
}

static int wrap(lua_State *L, bool raw) {
  json_box *box = mpl_object_new(L, &json_class, sizeof(*box), 1);
  box->raw = raw;
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

/* json(value) -> a value that is sent as JSON whatever it is; called through __call. */
static int json_call(lua_State *L) {
  lua_remove(L, 1);
  lua_settop(L, 1);
  return wrap(L, false);
}

/* json.raw(text) -> ready JSON text, sent as it is */
static int json_raw(lua_State *L) {
  mpl_check_text(L, 1, "JSON text", NULL);
  lua_settop(L, 1);
  return wrap(L, true);
}

/* json.encode(value) -> text. nil and mp.null are null. */
static int json_encode(lua_State *L) {
  mpl_buffer text;
  lua_settop(L, 1);
  mpl_buffer_init(L, &text);
  mpl_encoder encoder = {.L = L, .out = &text, .type = "json"};
  mpl_json_encode(&encoder, 1);
  lua_pushlstring(L, text.data, text.length);
  return 1;
}

/* json.decode(text) -> value */
static int json_decode(lua_State *L) {
  size_t length = 0, offset = 0;
  const char *text = mpl_check_text(L, 1, "JSON text", &length);
  if (mpl_json_decode(L, text, length, &offset)) return 1;
  mpl_raise(L, "decode", NULL, "malformed JSON at byte %zu", offset + 1);
}

/* A copy, because the argument stays the caller's. */
static int push_marked(lua_State *L, const char *key) {
  if (!lua_istable(L, 1)) {
    mpl_raise(L, "bad_argument", NULL, "a table expected, got %s", luaL_typename(L, 1));
  }
  lua_settop(L, 1);
  lua_createtable(L, (int)lua_rawlen(L, 1), 0);
  for (lua_pushnil(L); lua_next(L, 1) != 0;) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, 2);
  }
  set_mark(L, key);
  return 1;
}

/* list(table) -> a copy that is a JSON array even when it is empty */
static int json_list(lua_State *L) {
  return push_marked(L, &list_key);
}

/* map(table) -> a copy that is a JSON object even when it is empty */
static int json_map(lua_State *L) {
  return push_marked(L, &map_key);
}

static void open_mark(lua_State *L, const char *key, const char *name) {
  lua_newtable(L);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void mpl_open_json(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"raw", json_raw}, {"encode", json_encode}, {"decode", json_decode}, {NULL, NULL}};
  mpl_class_open(L, &json_class);
  open_mark(L, &list_key, "moonpool.list");
  open_mark(L, &map_key, "moonpool.map");
  luaL_newlib(L, functions);
  lua_newtable(L);
  lua_pushcfunction(L, json_call);
  lua_setfield(L, -2, "__call");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "json");
  lua_pushcfunction(L, json_list);
  lua_setfield(L, -2, "list");
  lua_pushcfunction(L, json_map);
  lua_setfield(L, -2, "map");
}

void mpl_encode_json(mpl_encoder *encoder, int index) {
  mpl_json_encode(encoder, index);
}

/* The binary format is the text behind a version. */
void mpl_encode_jsonb(mpl_encoder *encoder, int index) {
  mpl_buffer_byte(encoder->out, 1);
  mpl_json_encode(encoder, index);
}

bool mpl_decode_json(lua_State *L, const char *bytes, size_t length) {
  size_t offset = 0;
  return mpl_json_decode(L, bytes, length, &offset);
}

bool mpl_decode_jsonb(lua_State *L, const char *bytes, size_t length) {
  return length > 0 && bytes[0] == 1 && mpl_decode_json(L, bytes + 1, length - 1);
}
