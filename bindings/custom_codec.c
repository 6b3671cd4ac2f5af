/* custom_codec.c - codecs written in Lua, by the name of their type. */
#include "custom_codec.h"

#include "error.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

/* The registry has { encode =, decode = } under its address. */
struct mpl_custom_codec {
  mpl_codec row; /* first: a type's codec is this */
  mpl_custom_codec *next;
  mp_format format;
  char name[];
};

static void set_functions(lua_State *L, const mpl_custom_codec *custom, int encode,
                          int decode) {
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, encode);
  lua_setfield(L, -2, "encode");
  lua_pushvalue(L, decode);
  lua_setfield(L, -2, "decode");
  lua_rawsetp(L, LUA_REGISTRYINDEX, custom);
}

void mpl_custom_add(lua_State *L, mpl_custom_codec **list, const char *name,
                    mp_format format, int encode, int decode) {
  size_t size = strlen(name) + 1;
  mpl_custom_codec *custom = calloc(1, sizeof(*custom) + size);
  if (custom == NULL) mpl_raise_memory(L);
  memcpy(custom->name, name, size);
  custom->row.name = custom->name;
  custom->row.string_use = MPL_STRING_CUSTOM;
  custom->row.takes_tables = true;
  custom->format = format;
  custom->next = *list;
  *list = custom; /* owned from here on */
  set_functions(L, custom, encode, decode);
}

void mpl_custom_forget(lua_State *L, mpl_custom_codec *list) {
  for (; list != NULL; list = list->next) {
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, list);
  }
}

void mpl_custom_free(mpl_custom_codec *list) {
  while (list != NULL) {
    mpl_custom_codec *next = list->next;
    free(list);
    list = next;
  }
}

/* "app.money2", or "money2" where the search path finds it; or as results name it. */
static bool is_named(const mp_type *type, const char *name) {
  const char *schema = mp_type_schema(type), *bare = mp_type_bare_name(type);
  size_t length = strlen(schema);
  if (strcmp(mp_type_name(type), name) == 0) return true;
  if (mp_type_is_visible(type) && strcmp(bare, name) == 0) return true;
  return strncmp(schema, name, length) == 0 && name[length] == '.' &&
         strcmp(bare, name + length + 1) == 0;
}

const void *mpl_type_codec(const mp_type *type, bool *is_binary, void *data) {
  const mpl_custom_codec *custom = *(mpl_custom_codec **)data;
  while (custom != NULL && !is_named(type, custom->name))
    custom = custom->next;
  if (custom != NULL) {
    *is_binary = custom->format == MP_FORMAT_BINARY;
    return &custom->row;
  }
  const mpl_codec *codec = mpl_codec_find(type);
  *is_binary = codec != NULL || mp_type_oid(type) == MP_TYPE_RECORD;
  return codec;
}

static const mpl_custom_codec *custom_of(const mpl_codec *codec) {
  return (const mpl_custom_codec *)(const void *)codec;
}

/* Push a function of the codec; false, and nil is pushed, where it has none. */
static bool push_function(lua_State *L, const mpl_codec *codec, const char *name) {
  luaL_checkstack(L, 16, NULL);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, codec) != LUA_TTABLE) return false;
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
  return !lua_isnil(L, -1);
}

/* Raise what the function raised: an error object as it is, a string with what it was
 * about. */
MPL_NORETURN static void raise_failure(lua_State *L, const mpl_codec *codec,
                                       const char *kind) {
  if (lua_type(L, -1) != LUA_TSTRING) {
    lua_error(L);
    abort();
  }
  mpl_raise(L, kind, NULL, "the codec of %s failed: %s", codec->name,
            lua_tostring(L, -1));
}

/* A text codec is never asked for bytes: its type makes a statement text. The reverse
 * cannot be prevented: a column next to it may have no binary form. */
bool mpl_custom_read(mpl_decoder *from, const mpl_codec *codec, mp_format format,
                     const char *bytes, size_t length) {
  lua_State *L = from->L;
  if (!push_function(L, codec, "decode")) {
    lua_pop(L, 1);
    lua_pushlstring(L, bytes, length);
    return true;
  }
  if (custom_of(codec)->format != format) {
    from->trouble = "has a codec that reads bytes, and a column beside it is text: cast "
                    "that one to text";
    return false;
  }
  lua_pushlstring(L, bytes, length);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) raise_failure(L, codec, "decode");
  return true;
}

static void put_string(mpl_encoder *encoder, const mpl_codec *codec, mp_format format,
                       int index) {
  size_t length = 0;
  if (lua_type(encoder->L, index) != LUA_TSTRING) {
    mpl_refuse(encoder, "let its encode return one", "the codec of %s gave %s, no string",
               codec->name, mpl_kind_of(encoder->L, index));
  }
  const char *text = lua_tolstring(encoder->L, index, &length);
  if (format == MP_FORMAT_TEXT && memchr(text, '\0', length) != NULL)
    mpl_refuse(encoder, NULL, "the codec of %s gave a NUL byte", codec->name);
  mpl_buffer_append(encoder->out, text, length);
}

void mpl_custom_write(mpl_encoder *encoder, const mpl_codec *codec, mp_format format,
                      int index) {
  lua_State *L = encoder->L;
  if (custom_of(codec)->format != format) {
    mpl_refuse(encoder, "give that part as a value of its type, not as a string",
               "the codec of %s makes bytes, and a part beside it is a string to parse",
               codec->name);
  }
  bool has_function = push_function(L, codec, "encode");
  lua_pushvalue(L, index);
  if (!has_function) {
    lua_remove(L, -2);
  } else if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
    if (lua_type(L, -1) != LUA_TSTRING) raise_failure(L, codec, "encode");
    mpl_refuse(encoder, NULL, "the codec of %s failed: %s", codec->name,
               lua_tostring(L, -1));
  }
  put_string(encoder, codec, format, lua_gettop(L));
  lua_pop(L, 1);
}
