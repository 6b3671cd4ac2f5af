/* param.c - parameters: Lua values encoded by the types the server described. */
#include "codec.h"
#include "error.h"
#include "object.h"
#include "values.h"

#include <lauxlib.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX 512

static const char class_prefix[] = "moonpool.";

const char *mpl_kind_of(lua_State *L, int index) {
  if (mpl_is_null(L, index)) return "mp.null";
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    return "a boolean";
  case LUA_TNUMBER:
    return "a number";
  case LUA_TSTRING:
    return "a string";
  case LUA_TTABLE:
    return "a table";
  case LUA_TFUNCTION:
    return "a function";
  case LUA_TTHREAD:
    return "a coroutine";
  default:
    break;
  }
  if (luaL_getmetafield(L, index, "__name") != LUA_TSTRING) return "userdata";
  const char *name = lua_tostring(L, -1);
  size_t prefix = sizeof(class_prefix) - 1;
  if (strncmp(name, class_prefix, prefix) == 0) name += prefix;
  return lua_pushfstring(L, "%s %s", strchr("aeiou", *name) == NULL ? "a" : "an", name);
}

static void put_path(const mpl_encoder *encoder, char *out, size_t size) {
  size_t used = 0;
  out[0] = '\0';
  if (encoder->depth > 0) used = (size_t)snprintf(out, size, " at path ");
  for (int i = 0; i < encoder->depth && used < size; i++) {
    const mpl_path_step *step = &encoder->path[i];
    if (step->name != NULL)
      used += (size_t)snprintf(out + used, size - used, ".%s", step->name);
    else
      used += (size_t)snprintf(out + used, size - used, "[%lld]", (long long)step->index);
  }
}

void mpl_refuse(const mpl_encoder *encoder, const char *hint, const char *format, ...) {
  char message[MESSAGE_MAX], path[MESSAGE_MAX / 2];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof(message), format, args);
  va_end(args);
  put_path(encoder, path, sizeof(path));
  if (encoder->parameter == 0)
    mpl_raise(encoder->L, "encode", hint, "%s%s", message, path);
  mpl_raise(encoder->L, "encode", hint, "%s%s (parameter %d)", message, path,
            encoder->parameter);
}

void mpl_refuse_type(const mpl_encoder *encoder, int index) {
  mpl_refuse(encoder, NULL, "%s is not %s", mpl_kind_of(encoder->L, index),
             encoder->type);
}

static void put_number(mpl_encoder *encoder, int index) {
  char text[MP_DOUBLE_TEXT];
  if (lua_isinteger(encoder->L, index)) {
    snprintf(text, sizeof(text), "%lld", (long long)lua_tointeger(encoder->L, index));
  } else {
    mp_double_to_text(lua_tonumber(encoder->L, index), text);
  }
  mpl_buffer_text(encoder->out, text);
}

static void put_userdata(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  const mp_decimal *decimal = mpl_test_decimal(L, index);
  bool raw = false;
  if (decimal != NULL) {
    mpl_buffer_decimal(encoder->out, decimal);
  } else if (mpl_json_unwrap(L, index, &raw)) {
    lua_pop(L, 1);
    mpl_json_encode(encoder, index);
  } else if (!mpl_buffer_datetime(encoder->out, L, index)) {
    mpl_refuse_type(encoder, index);
  }
}

void mpl_encode_natural(mpl_encoder *encoder, int index) {
  lua_State *L = encoder->L;
  size_t length = 0;
  switch (lua_type(L, index)) {
  case LUA_TSTRING: {
    const char *text = lua_tolstring(L, index, &length);
    mpl_buffer_append(encoder->out, text, length);
    return;
  }
  case LUA_TNUMBER:
    put_number(encoder, index);
    return;
  case LUA_TBOOLEAN:
    mpl_buffer_text(encoder->out, lua_toboolean(L, index) ? "true" : "false");
    return;
  case LUA_TTABLE:
    mpl_array_write_literal(encoder, NULL, index);
    return;
  default:
    put_userdata(encoder, index);
  }
}

static void set(mpl_encoder *encoder, mp_params *params, mp_format format,
                const char *data, size_t length) {
  const char *nul =
      format == MP_FORMAT_TEXT && length > 0 ? memchr(data, '\0', length) : NULL;
  if (nul != NULL) {
    mpl_refuse(encoder, "PostgreSQL's text cannot hold it; bytea can",
               "the string contains a NUL byte at offset %zu", (size_t)(nul - data));
  }
  size_t index = (size_t)encoder->parameter - 1;
  int status = mp_params_set(params, index, format, data, length);
  if (status == MP_OK) return;
  if (status == MP_OUT_OF_MEMORY) mpl_raise_memory(encoder->L);
  mpl_raise(encoder->L, "bad_argument", "use a large object, or several rows",
            "parameter %d has %zu bytes; a value has at most %u", encoder->parameter,
            length, MP_PARAMS_MAX_BYTES);
}

/* A string whose bytes go as they are; false where a codec must see it. */
static bool set_string(mpl_encoder *encoder, int index, const mpl_codec *codec,
                       mp_params *params) {
  if (lua_type(encoder->L, index) != LUA_TSTRING) return false;
  mpl_string_use use = codec == NULL ? MPL_STRING_PARSED : codec->string_use;
  if (use == MPL_STRING_ENCODED || use == MPL_STRING_CUSTOM) return false;
  size_t length = 0;
  const char *text = lua_tolstring(encoder->L, index, &length);
  set(encoder, params, use == MPL_STRING_IS_BYTES ? MP_FORMAT_BINARY : MP_FORMAT_TEXT,
      text, length);
  return true;
}

/* A number has no parts that the server would have to parse. */
static bool set_number(mpl_encoder *encoder, int index, const mp_type *type,
                       mp_params *params) {
  const mpl_codec *codec = mp_type_codec(type);
  if (codec == NULL || codec->string_use == MPL_STRING_CUSTOM) return false;
  if (!mp_type_is_binary(type)) return false;
  codec->encode(encoder, index);
  set(encoder, params, MP_FORMAT_BINARY, encoder->out->data, encoder->out->length);
  return true;
}

static void encode_param(mpl_encoder *encoder, int index, const mp_type *type,
                         mp_params *params) {
  bool is_number = lua_type(encoder->L, index) == LUA_TNUMBER;
  if (!is_number && mpl_is_null(encoder->L, index)) return;
  type = mpl_type_base(type);
  encoder->type = mp_type_name(type);
  encoder->depth = 0;
  encoder->out->length = 0;
  if (is_number && set_number(encoder, index, type, params)) return;
  if (set_string(encoder, index, mp_type_codec(type), params)) return;
  bool is_literal = mpl_needs_literal(encoder->L, type, index);
  if (is_literal)
    mpl_write_literal(encoder, type, index);
  else
    mpl_write_binary(encoder, type, index);
  set(encoder, params, is_literal ? MP_FORMAT_TEXT : MP_FORMAT_BINARY, encoder->out->data,
      encoder->out->length);
}

void mpl_check_params(lua_State *L, int first, int count) {
  if (count > (int)MP_PARAMS_MAX) {
    mpl_raise(L, "bad_argument", "send many values as one array: = any($1), unnest($1)",
              "a query takes at most %u values, got %d", MP_PARAMS_MAX, count);
  }
  for (int i = 0; i < count; i++) {
    if (lua_type(L, first + i) != LUA_TSTRING) continue;
    size_t length = lua_rawlen(L, first + i);
    if (length <= MP_PARAMS_MAX_BYTES) continue;
    mpl_raise(L, "bad_argument", "use a large object, or several rows",
              "parameter %d has %zu bytes; a value has at most %u", i + 1, length,
              MP_PARAMS_MAX_BYTES);
  }
}

static const char *plural(size_t count) {
  return count == 1 ? "" : "s";
}

void mpl_encode_params(lua_State *L, int first, int count, const mp_statement *statement,
                       mp_params *params) {
  mpl_check_params(L, first, count);
  size_t expected = mp_statement_param_count(statement), given = (size_t)count;
  if (given != expected) {
    mpl_raise(L, "bad_argument", "give one value for each placeholder, nil for NULL",
              "query has %zu placeholder%s, got %zu value%s", expected, plural(expected),
              given, plural(given));
  }
  int top = lua_gettop(L);
  mpl_buffer buffer;
  luaL_checkstack(L, 16, NULL);
  mpl_buffer_init(L, &buffer);
  mpl_encoder encoder; /* whose path is long, and empty */
  encoder.L = L;
  encoder.out = &buffer;
  const mp_types *types = mp_statement_types(statement);
  for (int i = 0; i < count; i++) {
    encoder.parameter = i + 1;
    uint32_t oid = mp_statement_param_type(statement, (size_t)i);
    encode_param(&encoder, first + i, mp_types_find(types, oid), params);
  }
  lua_settop(L, top);
}
