/* find_changed.c - objects against what their session knows of them: rows of results, or
 * copies of their fields. */
#include "find_changed.h"

#include "buffer.h"
#include "changed_row.h"

#include <stdlib.h>

typedef struct place { /* of an object that has changed */
  lua_Integer serial, row, found;
} place;

typedef struct search {
  lua_State *L;
  mpl_buffer places;
  mpl_changed_row at;
  const void *last_metatable; /* of what had the list at MPL_LAST_DIFFERING */
  lua_Integer found_count, holding_count, copied_count;
} search;

static int compare_places(const void *a, const void *b) {
  const place *left = a, *right = b;
  if (left->serial != right->serial) return left->serial < right->serial ? -1 : 1;
  return left->row < right->row ? -1 : left->row > right->row;
}

/* Append what is on top to a list. */
static void append(lua_State *L, int list, lua_Integer *count) {
  lua_rawseti(L, list, ++*count);
}

static void note_changed(search *of) {
  lua_State *L = of->L;
  lua_Integer number = of->found_count + 1;
  place at = {of->at.box->serial, of->at.row, number};
  mpl_buffer_append(&of->places, &at, sizeof(at));
  mpl_changed_row_push_copy(&of->at);
  lua_rawseti(L, MPL_SNAPSHOTS, number);
  mpl_changed_row_push_names(&of->at);
  lua_rawseti(L, MPL_CHANGES, number);
  lua_pushvalue(L, MPL_OBJECT);
  append(L, MPL_FOUND, &of->found_count);
}

static void look_at_row(search *of, lua_Integer row) {
  lua_State *L = of->L;
  luaL_checktype(L, MPL_OBJECT, LUA_TTABLE);
  if (mpl_changed_row_compare(L, &of->at, row)) {
    lua_pushvalue(L, MPL_OBJECT);
    append(L, MPL_HOLDING, &of->holding_count);
  }
  if (mpl_changed_row_differs(&of->at)) note_changed(of);
}

/* What a field is next to that of the copy; what is deep, or compares in a way of its
 * own, is for others to see. */
typedef enum likeness { LIKE, DIFFERENT, UNKNOWN } likeness;

static bool is_plain(lua_State *L, int index) {
  int type = lua_type(L, index);
  return type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN;
}

static bool is_nan(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TNUMBER && !lua_rawequal(L, index, index);
}

/* Of the values at MPL_VALUE and above it. */
static likeness compare_values(lua_State *L) {
  int other = MPL_VALUE + 1;
  if (lua_rawequal(L, MPL_VALUE, other)) return lua_istable(L, other) ? UNKNOWN : LIKE;
  if (!is_plain(L, MPL_VALUE) || !is_plain(L, other)) return UNKNOWN;
  return is_nan(L, MPL_VALUE) && is_nan(L, other) ? LIKE : DIFFERENT;
}

/* The name at MPL_FIELD joins those at MPL_DIFFERING. */
static void note_field(lua_State *L) {
  if (lua_isnil(L, MPL_DIFFERING)) {
    lua_newtable(L);
    lua_replace(L, MPL_DIFFERING);
  }
  lua_pushvalue(L, MPL_FIELD);
  lua_rawseti(L, MPL_DIFFERING, (lua_Integer)lua_rawlen(L, MPL_DIFFERING) + 1);
}

/* Of a field of the object, at MPL_FIELD, next to the copy. */
static likeness compare_field(lua_State *L) {
  lua_pushvalue(L, MPL_FIELD);
  return lua_rawget(L, MPL_ENTRY) == LUA_TNIL ? UNKNOWN : compare_values(L);
}

static likeness compare_fields(lua_State *L, size_t *count) {
  likeness all = LIKE;
  for (lua_pushnil(L); lua_next(L, MPL_OBJECT) != 0; lua_settop(L, MPL_FIELD)) {
    likeness one = compare_field(L);
    if (one == DIFFERENT) note_field(L);
    if (one > all) all = one;
    if (all == UNKNOWN) break;
    ++*count;
  }
  lua_settop(L, MPL_ENTRY);
  return all;
}

static size_t count_fields(lua_State *L, int index) {
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1))
    count++;
  return count;
}

/* What the copy has and the object lacks. */
static void note_missing(lua_State *L) {
  for (lua_pushnil(L); lua_next(L, MPL_ENTRY) != 0; lua_settop(L, MPL_FIELD)) {
    lua_pushvalue(L, MPL_FIELD);
    if (lua_rawget(L, MPL_OBJECT) == LUA_TNIL) note_field(L);
  }
}

/* Many in a row differ in the same fields, and share the list of these. */
static void share_differing(search *of) {
  lua_State *L = of->L;
  const void *metatable = lua_getmetatable(L, MPL_OBJECT) ? lua_topointer(L, -1) : NULL;
  bool is_same = metatable == of->last_metatable && lua_istable(L, MPL_LAST_DIFFERING);
  lua_settop(L, MPL_ENTRY);
  lua_Integer count = (lua_Integer)lua_rawlen(L, MPL_DIFFERING);
  is_same = is_same && count == (lua_Integer)lua_rawlen(L, MPL_LAST_DIFFERING);
  for (lua_Integer i = 1; is_same && i <= count; i++) {
    lua_rawgeti(L, MPL_DIFFERING, i);
    lua_rawgeti(L, MPL_LAST_DIFFERING, i);
    is_same = lua_rawequal(L, -1, -2);
    lua_settop(L, MPL_ENTRY);
  }
  of->last_metatable = metatable;
  lua_pushvalue(L, is_same ? MPL_LAST_DIFFERING : MPL_DIFFERING);
  lua_copy(L, -1, MPL_LAST_DIFFERING);
}

static void note_unlike_copy(search *of) {
  lua_State *L = of->L;
  lua_Integer number = of->found_count + 1;
  place at = {LUA_MAXINTEGER, number, number};
  mpl_buffer_append(&of->places, &at, sizeof(at));
  share_differing(of);
  lua_rawseti(L, MPL_CHANGES, number);
  lua_pushvalue(L, MPL_ENTRY);
  lua_rawseti(L, MPL_SNAPSHOTS, number);
  lua_pushvalue(L, MPL_OBJECT);
  append(L, MPL_FOUND, &of->found_count);
}

static void look_at_copy(search *of) {
  lua_State *L = of->L;
  luaL_checktype(L, MPL_OBJECT, LUA_TTABLE);
  lua_pushnil(L);
  lua_replace(L, MPL_DIFFERING);
  size_t count = 0;
  likeness found = compare_fields(L, &count);
  /* Each of so many fields is the copy's, too. */
  if (found != UNKNOWN && count < count_fields(L, MPL_ENTRY)) {
    note_missing(L);
    found = DIFFERENT;
  }
  if (found == DIFFERENT) note_unlike_copy(of);
  if (found != UNKNOWN) return;
  lua_pushvalue(L, MPL_OBJECT);
  append(L, MPL_COPIED, &of->copied_count);
}

static void look_at_entries(search *of) {
  lua_State *L = of->L;
  for (lua_pushnil(L); lua_next(L, MPL_ENTRIES) != 0; lua_settop(L, MPL_OBJECT)) {
    int type = lua_type(L, MPL_ENTRY);
    if (type == LUA_TNUMBER)
      look_at_row(of, lua_isinteger(L, MPL_ENTRY) ? lua_tointeger(L, MPL_ENTRY) : 0);
    else if (type == LUA_TTABLE)
      look_at_copy(of);
  }
}

/* Whether more is known of the object than the row that it came with. */
static bool has_entry(lua_State *L) {
  lua_pushvalue(L, MPL_OBJECT);
  bool has_entry = lua_rawget(L, MPL_ENTRIES) != LUA_TNIL;
  lua_settop(L, MPL_OBJECT);
  return has_entry;
}

/* The siblings of a batch are the rows of its result. */
static void look_at_siblings(search *of, bool are_known) {
  lua_State *L = of->L;
  lua_Integer count = (lua_Integer)lua_rawlen(L, MPL_SIBLINGS);
  for (lua_Integer row = 1; row <= count; row++) {
    lua_settop(L, MPL_SIBLINGS);
    lua_rawgeti(L, MPL_SIBLINGS, row);
    if (!are_known || !has_entry(L)) look_at_row(of, row);
  }
}

static void look_at_batches(search *of) {
  lua_State *L = of->L;
  lua_settop(L, MPL_SIBLINGS);
  lua_pushnil(L);
  bool are_known = lua_next(L, MPL_ENTRIES) != 0;
  lua_Integer count =
      lua_isnil(L, MPL_BATCHES) ? 0 : (lua_Integer)lua_rawlen(L, MPL_BATCHES);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_settop(L, MPL_SIBLINGS);
    lua_rawgeti(L, MPL_BATCHES, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_pushliteral(L, "siblings");
    lua_rawget(L, -2);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_replace(L, MPL_SIBLINGS);
    look_at_siblings(of, are_known);
  }
}

/* Push what a list has of the changed objects, in the order of their loading. */
static void push_sorted(search *of, int list) {
  lua_State *L = of->L;
  const place *places = (const place *)(void *)of->places.data;
  size_t count = (size_t)of->found_count;
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, list, places[i].found);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* find_changed(entries, batches) -> the objects that differ from their entry: from a row,
 * in the order of their loading, and then from a copy; those that have a field besides
 * their row's; those whose entry is a copy that they may differ from in what is not
 * plain; the rows of the first, copied; and the names of what has changed in each of
 * these, in a list that others may have, too. Of batches, a list of { siblings = }, each
 * object without an entry has the row that its place says. */
static int find_changed(lua_State *L) {
  search of = {.L = L};
  luaL_checktype(L, MPL_ENTRIES, LUA_TTABLE);
  if (!lua_isnoneornil(L, MPL_BATCHES)) luaL_checktype(L, MPL_BATCHES, LUA_TTABLE);
  lua_settop(L, MPL_BATCHES);
  luaL_checkstack(L, 40, NULL);
  lua_newtable(L);
  lua_newtable(L);
  lua_newtable(L);
  mpl_buffer_init(L, &of.places);
  lua_settop(L, MPL_SIBLINGS);
  for (int list = MPL_SNAPSHOTS; list <= MPL_CHANGES; list++) {
    lua_newtable(L);
    lua_replace(L, list);
  }
  look_at_entries(&of);
  look_at_batches(&of);
  if (of.found_count > 1)
    qsort(of.places.data, (size_t)of.found_count, sizeof(place), compare_places);
  push_sorted(&of, MPL_FOUND);
  lua_pushvalue(L, MPL_HOLDING);
  lua_pushvalue(L, MPL_COPIED);
  push_sorted(&of, MPL_SNAPSHOTS);
  push_sorted(&of, MPL_CHANGES);
  return 5;
}

void mpl_open_find_changed(lua_State *L) {
  lua_pushcfunction(L, find_changed);
  lua_setfield(L, -2, "find_changed");
}
