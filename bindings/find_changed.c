/* find_changed.c - objects against what their session knows of them: rows of results, or
 * copies of their fields. */
#include "find_changed.h"

#include "buffer.h"
#include "cell_equal.h"
#include "error.h"
#include "result_object.h"

#include <stdlib.h>

/* The stack of find_changed; above it are the fields of an object as they are visited. */
enum {
  ENTRIES = 1,
  BATCHES,
  FOUND,
  HOLDING,
  COPIED,
  PLACES,
  METATABLE,
  RESULT,
  NAMES,
  COLUMNS,
  LISTED,
  SNAPSHOTS,
  CHANGES,
  SIBLINGS,
  OBJECT,
  ENTRY,
  FIELD,
  VALUE
};

/* A column of the rows that are compared. */
typedef struct column {
  const void *name; /* as Lua knows it, kept by the list of names; NULL: not among them */
  mp_cell cell;     /* of the row */
  size_t visited;   /* which column the object's field of this number belongs to */
  bool is_changed;  /* the object's field is not what the row says */
  bool was_changed; /* in the list at LISTED */
} column;

typedef struct place { /* of an object that has changed */
  lua_Integer serial, row, found;
} place;

typedef struct search {
  lua_State *L;
  mpl_buffer places;
  mpl_reader reader;
  const mpl_result *box;
  lua_Integer row, row_count;
  size_t name_count;
  column *columns;
  const void *metatable; /* whose columns these are */
  lua_Integer found_count, holding_count, copied_count;
} search;

static int compare_places(const void *a, const void *b) {
  const place *left = a, *right = b;
  if (left->serial != right->serial) return left->serial < right->serial ? -1 : 1;
  return left->row < right->row ? -1 : left->row > right->row;
}

static void read_names(search *of, size_t count) {
  lua_State *L = of->L;
  of->name_count = count;
  of->columns = lua_newuserdatauv(L, (count + 1) * sizeof(*of->columns), 0);
  lua_replace(L, COLUMNS);
  lua_pushnil(L);
  lua_replace(L, LISTED);
  for (size_t i = 0; i < count; i++) {
    bool is_name = lua_rawgeti(L, NAMES, (lua_Integer)i + 1) == LUA_TSTRING;
    of->columns[i] =
        (column){.name = is_name ? lua_topointer(L, -1) : NULL, .visited = i};
    lua_pop(L, 1);
  }
}

/* The metatable on top takes the place of the one before. */
static void take_metatable(search *of) {
  lua_State *L = of->L;
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
  of->box = mpl_result_check(L, RESULT);
  of->reader = mpl_result_reader(of->box, L);
  of->row_count = (lua_Integer)mp_result_row_count(of->box->result);
  read_names(of, mpl_result_check_names(L, NAMES, of->box));
  of->metatable = lua_topointer(L, METATABLE);
}

/* Read the row's cells: what the object lacks of them has changed. */
static void read_row(search *of) {
  mp_cell cells[MPL_FEW_COLUMNS];
  size_t row = (size_t)of->row - 1;
  for (size_t first = 0; first < of->name_count; first += MPL_FEW_COLUMNS) {
    size_t left = of->name_count - first;
    size_t count = left < MPL_FEW_COLUMNS ? left : MPL_FEW_COLUMNS;
    mp_result_cells(of->reader.result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      column *at = &of->columns[first + i];
      at->cell = cells[i];
      at->is_changed = cells[i].bytes != NULL && at->name != NULL;
    }
  }
}

/* Long strings are not one for all that are equal. */
static bool is_named(const search *of, size_t at) {
  if (of->columns[at].name == NULL) return false;
  lua_rawgeti(of->L, NAMES, (lua_Integer)at + 1);
  bool is_it = lua_rawequal(of->L, -1, FIELD);
  lua_pop(of->L, 1);
  return is_it;
}

/* The column of the field at FIELD; name_count where it is none's. Objects of one result
 * have their fields in one order, so that a look at where the last one had it is enough.
 */
static size_t find_column(search *of, size_t number) {
  size_t *guess = number < of->name_count ? &of->columns[number].visited : NULL;
  if (guess != NULL && of->columns[*guess].name == lua_topointer(of->L, FIELD))
    return *guess;
  size_t at = 0;
  while (at < of->name_count && !is_named(of, at))
    at++;
  if (guess != NULL && at < of->name_count) *guess = at;
  return at;
}

/* Compare each of the object's fields with its column; whether there is one that is no
 * column of the row. */
static bool compare_with_row(search *of) {
  lua_State *L = of->L;
  bool is_holding = false;
  size_t number = 0;
  read_row(of);
  for (lua_pushnil(L); lua_next(L, OBJECT) != 0; lua_settop(L, FIELD)) {
    size_t at = find_column(of, number++);
    if (at == of->name_count)
      is_holding = true;
    else
      of->columns[at].is_changed =
          !mpl_cell_equal(&of->reader, at, &of->columns[at].cell);
  }
  return is_holding;
}

static bool is_changed(const search *of) {
  for (size_t i = 0; i < of->name_count; i++)
    if (of->columns[i].is_changed) return true;
  return false;
}

/* Append what is on top to a list. */
static void append(lua_State *L, int list, lua_Integer *count) {
  lua_rawseti(L, list, ++*count);
}

static bool is_listed(const search *of) {
  if (lua_isnil(of->L, LISTED)) return false;
  for (size_t i = 0; i < of->name_count; i++)
    if (of->columns[i].is_changed != of->columns[i].was_changed) return false;
  return true;
}

/* Push the names of the changed columns: one list for all objects that follow each other
 * with the same. */
static void push_changes(search *of) {
  lua_State *L = of->L;
  if (!is_listed(of)) {
    lua_Integer count = 0;
    lua_newtable(L);
    for (size_t i = 0; i < of->name_count; i++) {
      of->columns[i].was_changed = of->columns[i].is_changed;
      if (!of->columns[i].is_changed) continue;
      lua_rawgeti(L, NAMES, (lua_Integer)i + 1);
      lua_rawseti(L, -2, ++count);
    }
    lua_replace(L, LISTED);
  }
  lua_pushvalue(L, LISTED);
}

/* Push the row as it was loaded. */
static void push_snapshot(search *of) {
  lua_State *L = of->L;
  lua_createtable(L, 0, (int)of->name_count);
  for (size_t i = 0; i < of->name_count; i++) {
    const mp_cell *cell = &of->columns[i].cell;
    if (cell->bytes == NULL || of->columns[i].name == NULL) continue;
    lua_rawgeti(L, NAMES, (lua_Integer)i + 1);
    mpl_reader_push(&of->reader, i, cell);
    lua_rawset(L, -3);
  }
}

static void note_changed(search *of) {
  lua_State *L = of->L;
  lua_Integer number = of->found_count + 1;
  place at = {of->box->serial, of->row, number};
  mpl_buffer_append(&of->places, &at, sizeof(at));
  push_snapshot(of);
  lua_rawseti(L, SNAPSHOTS, number);
  push_changes(of);
  lua_rawseti(L, CHANGES, number);
  lua_pushvalue(L, OBJECT);
  append(L, FOUND, &of->found_count);
}

static void look_at_row(search *of, lua_Integer row) {
  lua_State *L = of->L;
  luaL_checktype(L, OBJECT, LUA_TTABLE);
  if (!lua_getmetatable(L, OBJECT)) lua_pushnil(L);
  if (of->metatable == NULL || lua_topointer(L, -1) != of->metatable) take_metatable(of);
  if (row < 1 || row > of->row_count) {
    lua_pushinteger(L, row);
    (void)mpl_result_check_row(L, -1, of->box);
  }
  of->row = row;
  lua_settop(L, ENTRY);
  if (compare_with_row(of)) {
    lua_pushvalue(L, OBJECT);
    append(L, HOLDING, &of->holding_count);
  }
  if (is_changed(of)) note_changed(of);
}

static size_t count_fields(lua_State *L, int index) {
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1))
    count++;
  return count;
}

/* Whether each field is the very value of the copy: what is deep is for others to see. */
static bool is_like_copy(lua_State *L) {
  size_t count = 0;
  bool is_like = true;
  for (lua_pushnil(L); is_like && lua_next(L, OBJECT) != 0; lua_settop(L, FIELD)) {
    lua_pushvalue(L, FIELD);
    lua_rawget(L, ENTRY);
    is_like = lua_rawequal(L, VALUE, VALUE + 1) != 0 && !lua_istable(L, VALUE);
    count++;
  }
  lua_settop(L, ENTRY);
  return is_like && count == count_fields(L, ENTRY);
}

static void look_at_copy(search *of) {
  lua_State *L = of->L;
  luaL_checktype(L, OBJECT, LUA_TTABLE);
  if (is_like_copy(L)) return;
  lua_pushvalue(L, OBJECT);
  append(L, COPIED, &of->copied_count);
}

static void look_at_entries(search *of) {
  lua_State *L = of->L;
  for (lua_pushnil(L); lua_next(L, ENTRIES) != 0; lua_settop(L, OBJECT)) {
    int type = lua_type(L, ENTRY);
    if (type == LUA_TNUMBER)
      look_at_row(of, lua_isinteger(L, ENTRY) ? lua_tointeger(L, ENTRY) : 0);
    else if (type == LUA_TTABLE)
      look_at_copy(of);
  }
}

/* Whether more is known of the object than the row that it came with. */
static bool has_entry(lua_State *L) {
  lua_pushvalue(L, OBJECT);
  bool has_entry = lua_rawget(L, ENTRIES) != LUA_TNIL;
  lua_settop(L, OBJECT);
  return has_entry;
}

/* The siblings of a batch are the rows of its result. */
static void look_at_siblings(search *of, bool are_known) {
  lua_State *L = of->L;
  lua_Integer count = (lua_Integer)lua_rawlen(L, SIBLINGS);
  for (lua_Integer row = 1; row <= count; row++) {
    lua_settop(L, SIBLINGS);
    lua_rawgeti(L, SIBLINGS, row);
    if (!are_known || !has_entry(L)) look_at_row(of, row);
  }
}

static void look_at_batches(search *of) {
  lua_State *L = of->L;
  lua_settop(L, SIBLINGS);
  lua_pushnil(L);
  bool are_known = lua_next(L, ENTRIES) != 0;
  lua_Integer count = lua_isnil(L, BATCHES) ? 0 : (lua_Integer)lua_rawlen(L, BATCHES);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_settop(L, SIBLINGS);
    lua_rawgeti(L, BATCHES, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_pushliteral(L, "siblings");
    lua_rawget(L, -2);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_replace(L, SIBLINGS);
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

/* find_changed(entries, batches) -> the objects whose entry is a row that they differ
 * from, in the order of their loading; those that have a field besides their row's; those
 * whose entry is a copy that they may differ from; the rows of the first, copied; and the
 * names of what has changed in each of these, in a list that others may have, too. Of
 * batches, a list of { siblings = }, each object without an entry has the row that its
 * place says. */
static int find_changed(lua_State *L) {
  search of = {.L = L};
  luaL_checktype(L, ENTRIES, LUA_TTABLE);
  if (!lua_isnoneornil(L, BATCHES)) luaL_checktype(L, BATCHES, LUA_TTABLE);
  lua_settop(L, BATCHES);
  luaL_checkstack(L, 40, NULL);
  lua_newtable(L);
  lua_newtable(L);
  lua_newtable(L);
  mpl_buffer_init(L, &of.places);
  lua_settop(L, SIBLINGS);
  for (int list = SNAPSHOTS; list <= CHANGES; list++) {
    lua_newtable(L);
    lua_replace(L, list);
  }
  look_at_entries(&of);
  look_at_batches(&of);
  if (of.found_count > 1)
    qsort(of.places.data, (size_t)of.found_count, sizeof(place), compare_places);
  push_sorted(&of, FOUND);
  lua_pushvalue(L, HOLDING);
  lua_pushvalue(L, COPIED);
  push_sorted(&of, SNAPSHOTS);
  push_sorted(&of, CHANGES);
  return 5;
}

void mpl_open_find_changed(lua_State *L) {
  lua_pushcfunction(L, find_changed);
  lua_setfield(L, -2, "find_changed");
}
