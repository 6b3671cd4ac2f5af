/* result_load.c - rows of a result as objects: new ones filled, known ones taken as they
 * are. */
#include "error.h"
#include "identity_key.h"
#include "result_object.h"

#include <limits.h>

#define KEY_COLUMNS_MAX 32 /* the server's own limit */

/* Bytes, on 64 bits; and from how much on the collector is paid in advance. */
enum { TABLE_WEIGHT = 104, PLACE_WEIGHT = 24, VALUE_WEIGHT = 16, PAID_MIN_KB = 64 };

/* The stack of load; `names` is the first of what follows, the names by column. */
enum { RESULT = 1, OPTIONS, METATABLE, IDENTITY, ENTRIES, NAMES, LIST, PRESENT };

typedef struct load {
  mpl_reader reader;
  size_t first, count;       /* rows, from 0 */
  lua_Integer present, made; /* objects in PRESENT, and how many of them are new */
  size_t name_count, field_count;
  bool *wanted; /* by column */
  int names;    /* slot */
  bool has_metatable, has_entries, has_identity;
  size_t key[KEY_COLUMNS_MAX];
  int key_count;
  size_t row, few;                /* the row that is read, and the first cells of it */
  mp_cell cells[MPL_FEW_COLUMNS]; /* so many */
} load;

MPL_NORETURN static void refuse_option(lua_State *L, const char *name) {
  mpl_raise(L, "bad_argument",
            "write result:load { names = { \"id\", \"email\" }, key = { 1 }, ... }",
            "load cannot use this %s: %s", name, luaL_tolstring(L, -1, NULL));
}

static lua_Integer integer_option(lua_State *L, const char *name, lua_Integer usual,
                                  lua_Integer least, lua_Integer most) {
  int type = lua_getfield(L, OPTIONS, name);
  lua_Integer value = type == LUA_TNIL ? usual : lua_tointeger(L, -1);
  bool is_number = type == LUA_TNIL || lua_isinteger(L, -1);
  if (!is_number || value < least || value > most) refuse_option(L, name);
  lua_pop(L, 1);
  return value;
}

/* Push a table among the options, or nil; whether it is there. */
static bool push_table_option(lua_State *L, const char *name) {
  int type = lua_getfield(L, OPTIONS, name);
  if (type != LUA_TNIL && type != LUA_TTABLE) refuse_option(L, name);
  return type == LUA_TTABLE;
}

static void read_rows(lua_State *L, load *from) {
  lua_Integer rows = (lua_Integer)mp_result_row_count(from->reader.result);
  lua_Integer first = integer_option(L, "first", 1, 1, rows + 1);
  lua_Integer left = rows - first + 1;
  from->first = (size_t)first - 1;
  from->count = (size_t)integer_option(L, "count", left, 0, left);
}

static void read_key(lua_State *L, load *from) {
  (void)push_table_option(L, "key");
  int key = lua_gettop(L);
  lua_Integer count = lua_isnil(L, key) ? 0 : (lua_Integer)lua_rawlen(L, key);
  if (count > KEY_COLUMNS_MAX) refuse_option(L, "key");
  from->key_count = (int)count;
  for (lua_Integer i = 0; i < count; i++) {
    lua_rawgeti(L, key, i + 1);
    lua_Integer column = lua_tointeger(L, -1);
    if (column < 1 || column > (lua_Integer)from->reader.column_count)
      refuse_option(L, "key");
    from->key[i] = (size_t)column - 1;
    lua_pop(L, 1);
  }
  lua_settop(L, key - 1);
}

/* Push what tells which columns are wanted, and the names. */
static void push_names(lua_State *L, load *from) {
  luaL_checkstack(L, (int)from->name_count + KEY_COLUMNS_MAX + 24, NULL);
  from->wanted = lua_newuserdatauv(L, from->name_count + 1, 0);
  from->names = lua_gettop(L) + 1;
  for (size_t i = 0; i < from->name_count; i++) {
    bool is_wanted = lua_rawgeti(L, NAMES, (lua_Integer)i + 1) == LUA_TSTRING;
    if (!is_wanted && lua_toboolean(L, -1)) refuse_option(L, "name");
    from->wanted[i] = is_wanted;
    from->field_count += is_wanted;
  }
}

/* What has been made of a row already: a column, and the slot of its value; 0: nothing.
 */
typedef struct known_value {
  size_t column;
  int slot;
} known_value;

static void read_row(load *from, size_t row) {
  from->row = row;
  mp_result_cells(from->reader.result, row, 0, from->few, from->cells);
}

static mp_cell cell_at(const load *from, size_t column) {
  mp_cell cell;
  if (column < from->few) return from->cells[column];
  mp_result_cells(from->reader.result, from->row, column, 1, &cell);
  return cell;
}

static void fill_few(const load *from, size_t first, size_t count, const mp_cell *cells,
                     int object, known_value known) {
  lua_State *L = from->reader.L;
  for (size_t i = 0; i < count; i++) {
    size_t column = first + i;
    if (cells[i].bytes == NULL || !from->wanted[column]) continue;
    lua_pushvalue(L, from->names + (int)column);
    if (known.slot != 0 && known.column == column)
      lua_pushvalue(L, known.slot);
    else
      mpl_reader_push(&from->reader, column, &cells[i]);
    lua_rawset(L, object);
  }
}

static void fill(const load *from, int object, known_value known) {
  mp_cell more[MPL_FEW_COLUMNS];
  fill_few(from, 0, from->few, from->cells, object, known);
  for (size_t first = from->few; first < from->name_count; first += MPL_FEW_COLUMNS) {
    size_t left = from->name_count - first;
    size_t count = left < MPL_FEW_COLUMNS ? left : MPL_FEW_COLUMNS;
    mp_result_cells(from->reader.result, from->row, first, count, more);
    fill_few(from, first, count, more, object, known);
  }
}

static void push_new(load *from, known_value known) {
  lua_State *L = from->reader.L;
  lua_createtable(L, 0, (int)from->field_count);
  int object = lua_gettop(L);
  fill(from, object, known);
  from->made++;
  if (from->has_metatable) {
    lua_pushvalue(L, METATABLE);
    lua_setmetatable(L, object);
  }
  if (!from->has_entries) return;
  lua_pushvalue(L, object);
  lua_pushinteger(L, (lua_Integer)from->row + 1);
  lua_rawset(L, ENTRIES);
}

/* Push the row's key; false, and nothing pushed, where a part of it is NULL. */
static bool push_key(const load *from) {
  lua_State *L = from->reader.L;
  int top = lua_gettop(L);
  for (int i = 0; i < from->key_count; i++) {
    mp_cell cell = cell_at(from, from->key[i]);
    if (cell.bytes == NULL) {
      lua_settop(L, top);
      return false;
    }
    mpl_reader_push(&from->reader, from->key[i], &cell);
  }
  return true;
}

/* Put an object in the place of the number on top, which is its identity. */
static void number_to_object(load *from) {
  lua_State *L = from->reader.L;
  lua_Integer number = lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (lua_rawgeti(L, IDENTITY, number) != LUA_TNIL) return;
  lua_pop(L, 1);
  push_new(from, (known_value){0, 0});
  lua_pushvalue(L, -1);
  lua_rawseti(L, IDENTITY, number);
}

/* Put an object in the place of the key from the slot on. */
static void key_to_object(load *from, int key) {
  lua_State *L = from->reader.L;
  known_value known = {0, 0};
  if (from->key_count == 1 && lua_type(L, key) == LUA_TSTRING)
    known = (known_value){from->key[0], key};
  else
    mpl_push_identity(L, key, from->key_count);
  int identity = lua_gettop(L);
  lua_pushvalue(L, identity);
  if (lua_rawget(L, IDENTITY) == LUA_TNIL) {
    lua_settop(L, identity);
    push_new(from, known);
    lua_pushvalue(L, identity);
    lua_pushvalue(L, -2);
    lua_rawset(L, IDENTITY);
  }
  lua_replace(L, key);
  lua_settop(L, key);
}

/* Push the row's object; false, and nothing pushed, where it has none. */
static bool push_object(load *from) {
  lua_State *L = from->reader.L;
  int key = lua_gettop(L) + 1;
  if (!push_key(from)) return false;
  if (!from->has_identity || from->key_count == 0) {
    lua_settop(L, key - 1);
    push_new(from, (known_value){0, 0});
  } else if (from->key_count == 1 && lua_isinteger(L, key)) {
    number_to_object(from);
  } else {
    key_to_object(from, key);
  }
  return true;
}

static void load_row(load *from, size_t number) {
  lua_State *L = from->reader.L;
  read_row(from, from->first + number);
  if (push_object(from)) {
    lua_pushvalue(L, -1);
    lua_rawseti(L, PRESENT, ++from->present);
  } else {
    lua_pushboolean(L, 0);
  }
  lua_rawseti(L, LIST, (lua_Integer)number + 1);
}

/* About the bytes of as many objects: tables, their places in three more, and values that
 * take what they took on the way, and a head. */
static size_t weight(const load *from) {
  size_t width = from->name_count, places = 1;
  while (places < width)
    places *= 2;
  size_t each = TABLE_WEIGHT + places * PLACE_WEIGHT + width * VALUE_WEIGHT;
  size_t rows = mp_result_row_count(from->reader.result);
  size_t cells = mp_result_memory(from->reader.result) / (rows == 0 ? 1 : rows);
  return from->count * (each + cells);
}

/* None of what is loaded is garbage: the collector does at once what so much memory owes
 * it, while the objects that it would have to walk through are not there yet, and takes
 * no step along with the load. Where that was the end of a cycle, what it waits for until
 * the next, that the heap doubles, is meant of the heap with what is loaded. */
static void pay_collector(lua_State *L, const load *from) {
  size_t kilobytes = weight(from) / 1024;
  if (kilobytes < PAID_MIN_KB || kilobytes > INT_MAX) return;
  if (!lua_gc(L, LUA_GCISRUNNING)) return;
  bool has_ended = lua_gc(L, LUA_GCSTEP, (int)kilobytes) == 1;
  lua_gc(L, LUA_GCSTEP, -(int)kilobytes);
  if (has_ended) lua_gc(L, LUA_GCSTEP, -(int)kilobytes);
}

/* result:load { first =, count =, names =, metatable =, key =, identity =, entries = } ->
 * list of objects, false where the key is NULL; another without those; and how many of
 * them are new. */
int mpl_result_load(lua_State *L) {
  const mpl_result *box = mpl_result_check(L, RESULT);
  load from = {.reader = mpl_result_reader(box, L)};
  lua_settop(L, OPTIONS);
  luaL_checktype(L, OPTIONS, LUA_TTABLE);
  read_rows(L, &from);
  read_key(L, &from);
  from.has_metatable = push_table_option(L, "metatable");
  from.has_identity = push_table_option(L, "identity");
  from.has_entries = push_table_option(L, "entries");
  lua_getfield(L, OPTIONS, "names");
  from.name_count = mpl_result_check_names(L, NAMES, box);
  int size = from.count > INT_MAX ? INT_MAX : (int)from.count;
  pay_collector(L, &from);
  lua_createtable(L, size, 0);
  lua_createtable(L, size, 0);
  mpl_reader_open_repeats(&from.reader, from.count);
  push_names(L, &from);
  from.few = from.name_count < MPL_FEW_COLUMNS ? from.name_count : MPL_FEW_COLUMNS;
  for (size_t i = 0; i < from.count; i++)
    load_row(&from, i);
  lua_settop(L, PRESENT);
  lua_pushinteger(L, from.made);
  return 3;
}
