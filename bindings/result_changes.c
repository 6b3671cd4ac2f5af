/* result_changes.c - objects against the rows they came from: a result is the snapshot of
 * what was loaded. */
#include "codec_types.h"
#include "deep_equal.h"
#include "error.h"
#include "result_object.h"

#include <stdlib.h>
#include <string.h>

static bool is_same_text(lua_State *L, const char *bytes, size_t length) {
  size_t given = 0;
  if (lua_type(L, -1) != LUA_TSTRING) return false;
  const char *text = lua_tolstring(L, -1, &given);
  return given == length && memcmp(text, bytes, length) == 0;
}

static bool is_same_uuid(lua_State *L, const mp_cell *cell) {
  char text[MPL_UUID_TEXT];
  mpl_uuid_text(cell->bytes, text);
  return is_same_text(L, text, sizeof(text));
}

/* Whether the cell's value is the one on top. */
static bool is_same_value(const mpl_reader *from, size_t at, const mp_cell *cell) {
  lua_State *L = from->L;
  mpl_decode decode = from->columns[at].decode;
  if (decode == mpl_decode_text) return is_same_text(L, cell->bytes, cell->length);
  if (decode == mpl_decode_uuid && cell->length == MPL_UUID_BYTES)
    return is_same_uuid(L, cell);
  mpl_reader_push(from, at, cell);
  int top = lua_gettop(L);
  bool is_same = mpl_deep_equal(L, top, top - 1);
  lua_settop(L, top - 1);
  return is_same;
}

/* Whether the field on top is what the column has; NULL is nil and mp.null. */
static bool is_same(const mpl_reader *from, size_t at, const mp_cell *cell) {
  if (cell->bytes == NULL) return mpl_is_null(from->L, lua_gettop(from->L));
  return is_same_value(from, at, cell);
}

/* The columns whose names stand in the list at `names`, of an object and its row. */
typedef struct comparison {
  mpl_reader reader;
  size_t row, name_count;
  int object, names;
} comparison;

/* The next column from *at on whose field has changed; its name is pushed. */
static bool push_changed(const comparison *of, size_t *at) {
  lua_State *L = of->reader.L;
  for (; *at < of->name_count; ++*at) {
    mp_cell cell;
    if (lua_rawgeti(L, of->names, (lua_Integer)*at + 1) == LUA_TSTRING) {
      lua_pushvalue(L, -1);
      lua_rawget(L, of->object);
      mp_result_cells(of->reader.result, of->row, *at, 1, &cell);
      if (!is_same(&of->reader, *at, &cell)) {
        lua_pop(L, 1);
        return true;
      }
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  return false;
}

/* result:changes(row, object, names) -> nil, or the names of the fields that differ */
int mpl_result_changes(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, 1);
  comparison of = {.reader = mpl_result_reader(box, L),
                   .row = mpl_result_check_row(L, 2, box),
                   .object = 3,
                   .names = 4};
  luaL_checktype(L, 3, LUA_TTABLE);
  of.name_count = mpl_result_check_names(L, 4, box);
  luaL_checkstack(L, 16, NULL);
  lua_settop(L, 4);
  lua_pushnil(L);
  lua_Integer count = 0;
  for (size_t at = 0; push_changed(&of, &at); at++) {
    if (count == 0) {
      lua_newtable(L);
      lua_replace(L, 5);
    }
    lua_rawseti(L, 5, ++count);
  }
  return 1;
}

/* result:snapshot(row, names) -> the fields as they were loaded */
int mpl_result_snapshot(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, 1);
  const mpl_reader from = mpl_result_reader(box, L);
  size_t row = mpl_result_check_row(L, 2, box);
  size_t count = mpl_result_check_names(L, 3, box);
  luaL_checkstack(L, 16, NULL);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    mp_cell cell;
    mp_result_cells(box->result, row, i, 1, &cell);
    bool is_wanted = lua_rawgeti(L, 3, (lua_Integer)i + 1) == LUA_TSTRING;
    if (!is_wanted || cell.bytes == NULL) {
      lua_pop(L, 1);
      continue;
    }
    mpl_reader_push(&from, i, &cell);
    lua_rawset(L, -3);
  }
  return 1;
}

typedef struct place { /* of an object that has changed */
  lua_Integer serial, row, found;
} place;

static int compare_places(const void *a, const void *b) {
  const place *left = a, *right = b;
  if (left->serial != right->serial) return left->serial < right->serial ? -1 : 1;
  return left->row < right->row ? -1 : left->row > right->row;
}

/* The stack of find_changed; then a metatable, its result and names, an object. */
enum { ENTRIES = 1, FOUND, PLACES, METATABLE, RESULT, NAMES, OBJECT, ROW };

/* The object's metatable takes the place of the one before. */
static void take_metatable(lua_State *L, comparison *of, const void **last) {
  if (!lua_getmetatable(L, OBJECT)) lua_pushnil(L);
  if (lua_topointer(L, -1) == *last && *last != NULL) {
    lua_pop(L, 1);
    return;
  }
  lua_replace(L, METATABLE);
  if (!lua_istable(L, METATABLE))
    mpl_raise(L, "bad_argument", "give it what sessions keep of their objects",
              "find_changed met an object without a metatable");
  lua_pushliteral(L, "result");
  lua_rawget(L, METATABLE);
  lua_replace(L, RESULT);
  lua_pushliteral(L, "names");
  lua_rawget(L, METATABLE);
  lua_replace(L, NAMES);
  const mpl_result *box = mpl_result_check(L, RESULT);
  of->reader = mpl_result_reader(box, L);
  of->name_count = mpl_result_check_names(L, NAMES, box);
  *last = lua_topointer(L, METATABLE);
}

static void note_found(lua_State *L, mpl_buffer *places, const comparison *of,
                       lua_Integer found) {
  const mpl_result *box = lua_touserdata(L, RESULT);
  place at = {box->serial, (lua_Integer)of->row, found};
  mpl_buffer_append(places, &at, sizeof(at));
  lua_pushvalue(L, OBJECT);
  lua_rawseti(L, FOUND, found);
}

static lua_Integer find_all(lua_State *L, mpl_buffer *places) {
  comparison of = {.object = OBJECT, .names = NAMES};
  const void *last = NULL;
  lua_Integer found = 0;
  for (lua_pushnil(L); lua_next(L, ENTRIES) != 0; lua_settop(L, OBJECT)) {
    if (!lua_isinteger(L, ROW)) continue;
    luaL_checktype(L, OBJECT, LUA_TTABLE);
    take_metatable(L, &of, &last);
    of.row = mpl_result_check_row(L, ROW, lua_touserdata(L, RESULT));
    size_t at = 0;
    if (push_changed(&of, &at)) note_found(L, places, &of, ++found);
  }
  return found;
}

/* find_changed(entries) -> list of the objects whose entry is a row that they differ
 * from, in the order of their loading */
int mpl_find_changed(lua_State *L) {
  mpl_buffer places;
  luaL_checktype(L, ENTRIES, LUA_TTABLE);
  lua_settop(L, ENTRIES);
  luaL_checkstack(L, 32, NULL);
  lua_newtable(L);
  mpl_buffer_init(L, &places);
  lua_settop(L, NAMES);
  lua_Integer count = find_all(L, &places);
  place *list = (place *)(void *)places.data;
  if (count > 1) qsort(list, (size_t)count, sizeof(*list), compare_places);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 0; i < count; i++) {
    lua_rawgeti(L, FOUND, list[i].found);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}
