/* copy_encode.c - rows of Lua to the bytes of a COPY, in one chunk that is used again. */
#include "codec_types.h"
#include "copy.h"
#include "copy_cell.h"
#include "error.h"
#include "wire.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>

#define CHUNK_FULL ((size_t)60 * 1024)
#define CHUNK_KEPT ((size_t)512 * 1024)

static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
#define HEADER_LENGTH 19

/* The chunk's memory is a user value, and on the stack while it may grow. An error on the
 * way may leave memory that is gone: `is_encoding` then stays. */
static void open_chunk(lua_State *L, mpl_copy *copy, int box) {
  if (copy->is_encoding)
    mpl_raise(L, "bad_argument", "begin another COPY",
              "this COPY has failed: a value could not be encoded");
  copy->is_encoding = true;
  lua_getiuservalue(L, box, 3);
  copy->chunk.L = L;
  copy->chunk.slot = lua_gettop(L);
  if (copy->chunk.data == NULL) {
    copy->chunk.data = copy->chunk.start;
    copy->chunk.capacity = sizeof(copy->chunk.start);
  }
}

static void close_chunk(lua_State *L, mpl_copy *copy, int box) {
  lua_pushvalue(L, copy->chunk.slot);
  lua_setiuservalue(L, box, 3);
  copy->is_encoding = false;
}

bool mpl_copy_is_full(const mpl_copy *copy) {
  return copy->chunk.length >= CHUNK_FULL;
}

void mpl_copy_clear(lua_State *L, mpl_copy *copy, int box) {
  copy->chunk.length = 0;
  if (copy->chunk.capacity <= CHUNK_KEPT) return;
  copy->chunk.data = NULL;
  lua_pushnil(L);
  lua_setiuservalue(L, box, 3);
}

static bool has_column(lua_State *L, int names, const mpl_copy *copy, int key) {
  for (size_t i = 0; i < copy->columns->count; i++) {
    lua_rawgeti(L, names, (lua_Integer)i + 1);
    bool same = lua_rawequal(L, -1, key);
    lua_pop(L, 1);
    if (same) return true;
  }
  return false;
}

/* A row is a list in the order of the columns, unless its first key is a name; "n" alone
 * is what a list of NULLs has, where no column has that name. */
static bool is_list(lua_State *L, const mpl_copy *copy, int row, int names) {
  if (lua_rawgeti(L, row, 1) != LUA_TNIL) {
    lua_pop(L, 1);
    return true;
  }
  if (lua_next(L, row) == 0) return true;
  int key = lua_gettop(L) - 1;
  bool is_name = lua_type(L, key) == LUA_TSTRING;
  if (is_name && strcmp(lua_tostring(L, key), "n") == 0)
    is_name = has_column(L, names, copy, key);
  lua_pop(L, 2);
  return !is_name;
}

static void check_list(lua_State *L, const mpl_copy *copy, int row) {
  size_t length = lua_rawlen(L, row);
  if (length <= copy->columns->count) return;
  mpl_raise(L, "bad_argument", "give one value for each column, nil for NULL",
            "row %lld has %zu values, the COPY has %zu columns",
            (long long)copy->row_count, length, copy->columns->count);
}

static void refuse_key(lua_State *L, const mpl_copy *copy, int row, int names) {
  for (lua_pushnil(L); lua_next(L, row) != 0; lua_pop(L, 1)) {
    int key = lua_gettop(L) - 1;
    if (has_column(L, names, copy, key)) continue;
    lua_pop(L, 1);
    const char *name = luaL_tolstring(L, key, NULL);
    mpl_raise(L, "bad_argument", "take it out, or name the column in the COPY's columns",
              "row %lld has the key \"%s\", which is no column of the COPY",
              (long long)copy->row_count, name);
  }
}

/* A misspelt name would be NULL silently. */
static void check_keys(lua_State *L, const mpl_copy *copy, int row, int names,
                       size_t found) {
  size_t keys = 0;
  for (lua_pushnil(L); lua_next(L, row) != 0; lua_pop(L, 1))
    keys++;
  if (keys > found) refuse_key(L, copy, row, names);
}

static void begin_row(mpl_copy *copy) {
  mpl_buffer *out = &copy->chunk;
  if (!copy->is_binary) return;
  if (!copy->has_header) mpl_buffer_append(out, header, HEADER_LENGTH);
  copy->has_header = true;
  mpl_put_bytes(mpl_buffer_extend(out, 2), 2, copy->columns->count);
}

static void add_value(mpl_encoder *encoder, const mpl_copy *copy, int index) {
  const mpl_copy_column *column = &copy->columns->columns[copy->column];
  encoder->type = mp_type_name(column->type);
  encoder->depth = 0;
  if (copy->is_binary) {
    mpl_copy_put_binary(encoder, index, column);
    return;
  }
  if (copy->column > 0) mpl_buffer_byte(encoder->out, '\t');
  mpl_copy_put_text(encoder, index, column);
}

/* Push the row's values in the order of the columns; how many of them it has by name. */
static size_t push_values(lua_State *L, const mpl_copy *copy, int row, int names,
                          bool by_place) {
  size_t found = 0, count = copy->columns->count;
  for (size_t i = 0; i < count; i++) {
    lua_Integer at = (lua_Integer)i + 1;
    if (by_place) {
      lua_rawgeti(L, row, at);
    } else {
      lua_rawgeti(L, names, at);
      if (lua_rawget(L, row) != LUA_TNIL) found++;
    }
  }
  return found;
}

static void add_row(mpl_encoder *encoder, mpl_copy *copy, int names, int row) {
  lua_State *L = encoder->L;
  int top = lua_gettop(L);
  copy->row_count++;
  if (!lua_istable(L, row))
    mpl_raise(L, "bad_argument", "a row is a list of values, or a table by column names",
              "row %lld of the COPY is %s", (long long)copy->row_count,
              mpl_kind_of(L, row));
  bool by_place = is_list(L, copy, row, names);
  if (by_place) check_list(L, copy, row);
  size_t found = push_values(L, copy, row, names, by_place);
  begin_row(copy);
  for (copy->column = 0; copy->column < copy->columns->count; copy->column++)
    add_value(encoder, copy, top + 1 + (int)copy->column);
  lua_settop(L, top);
  if (!by_place) check_keys(L, copy, row, names, found);
  if (!copy->is_binary) mpl_buffer_byte(&copy->chunk, '\n');
}

/* Pushes what the rows need, the columns' names at last. */
static int open_rows(lua_State *L, mpl_copy *copy, int box) {
  luaL_checkstack(L, (int)copy->columns->count + 24, "a COPY of too many columns");
  open_chunk(L, copy, box);
  lua_getiuservalue(L, box, 4);
  return lua_gettop(L);
}

void mpl_copy_add(lua_State *L, mpl_copy *copy, int box, int row) {
  int top = lua_gettop(L), names = open_rows(L, copy, box);
  mpl_encoder encoder = {.L = L, .out = &copy->chunk};
  add_row(&encoder, copy, names, row);
  close_chunk(L, copy, box);
  lua_settop(L, top);
}

lua_Integer mpl_copy_add_list(lua_State *L, mpl_copy *copy, int box, int rows,
                              lua_Integer first) {
  int top = lua_gettop(L), names = open_rows(L, copy, box);
  mpl_encoder encoder = {.L = L, .out = &copy->chunk};
  lua_Integer at = first, last = (lua_Integer)lua_rawlen(L, rows);
  for (; at <= last && !mpl_copy_is_full(copy); at++) {
    lua_rawgeti(L, rows, at);
    add_row(&encoder, copy, names, names + 1);
    lua_settop(L, names);
  }
  close_chunk(L, copy, box);
  lua_settop(L, top);
  return at > last ? 0 : at;
}

void mpl_copy_add_end(lua_State *L, mpl_copy *copy, int box) {
  if (!copy->is_binary || copy->columns == NULL) return;
  int top = lua_gettop(L);
  open_chunk(L, copy, box);
  if (!copy->has_header) mpl_buffer_append(&copy->chunk, header, HEADER_LENGTH);
  mpl_buffer_append(&copy->chunk, "\377\377", 2);
  close_chunk(L, copy, box);
  lua_settop(L, top);
}

void mpl_copy_add_bytes(lua_State *L, mpl_copy *copy, int box, const char *bytes,
                        size_t length) {
  int top = lua_gettop(L);
  open_chunk(L, copy, box);
  mpl_buffer_append(&copy->chunk, bytes, length);
  close_chunk(L, copy, box);
  lua_settop(L, top);
}
