/* copy_decode.c - the bytes of a COPY in binary to rows of Lua. */
#include "copy.h"
#include "error.h"
#include "wire.h"

#include <lauxlib.h>

#define FIXED_HEADER 15 /* signature and flags; then the length of what follows */

typedef struct input {
  lua_State *L;
  const mp_types *types;
  const char *data;
  size_t length, at;
} input;

static void refuse(const input *from) {
  mpl_raise(from->L, "decode", "report what the server sent",
            "the server sent a malformed COPY in binary");
}

static const char *take(input *from, size_t count) {
  if (from->length - from->at < count) refuse(from);
  const char *bytes = from->data + from->at;
  from->at += count;
  return bytes;
}

static void skip_header(input *from) {
  take(from, FIXED_HEADER);
  take(from, mpl_get_u32(take(from, 4)));
}

static bool decode(input *from, const mpl_copy_column *column, const char *bytes,
                   size_t length) {
  if (column->codec != NULL && column->codec->decode_binary != NULL)
    return column->codec->decode_binary(from->L, bytes, length);
  mpl_decoder decoder = {.L = from->L, .types = from->types};
  if (mpl_read_binary(&decoder, column->type, bytes, length)) return true;
  if (decoder.is_changed) mp_types_doubt(from->types);
  return false;
}

/* Push the value; false, and nothing pushed, for NULL. */
static bool push_value(input *from, const mpl_copy_column *column) {
  uint32_t length = mpl_get_u32(take(from, 4));
  if (length == UINT32_MAX) return false;
  if (!decode(from, column, take(from, length), length))
    mpl_raise(from->L, "decode", "cast the column to text and report what it holds",
              "a column of the COPY holds a malformed %s", mp_type_name(column->type));
  return true;
}

static void push_row(input *from, const mpl_copy *copy, int names) {
  lua_State *L = from->L;
  lua_createtable(L, 0, (int)copy->columns->count);
  int table = lua_gettop(L);
  for (size_t i = 0; i < copy->columns->count; i++) {
    lua_rawgeti(L, names, (lua_Integer)i + 1);
    if (push_value(from, &copy->columns->columns[i]))
      lua_rawset(L, table);
    else
      lua_pop(L, 1);
  }
}

bool mpl_copy_read_row(lua_State *L, mpl_copy *copy, int box) {
  input from = {.L = L, .at = copy->at};
  from.types = mp_statement_types(copy->columns->statement);
  from.data = mp_copy_data(copy->copy, &from.length);
  if (from.at >= from.length) return false;
  luaL_checkstack(L, 16, NULL);
  lua_getiuservalue(L, box, 4);
  int names = lua_gettop(L);
  if (!copy->has_header) skip_header(&from);
  copy->has_header = true;
  size_t count = mpl_get_bytes(take(&from, 2), 2);
  if (count == 0xffff) {
    copy->at = from.length;
    return false;
  }
  if (count != copy->columns->count) refuse(&from);
  push_row(&from, copy, names);
  copy->at = from.at;
  return true;
}
