/* result_load.c - rows of a result as objects: new ones filled, known ones taken as they
 * are. */
#include "error.h"
#include "identity_key.h"
#include "result_object.h"

#include <limits.h>

#define KEY_COLUMNS_MAX 32 /* the server's own limit */

/* The stack of load; `names` is the first of what follows, the names by column. */
enum { RESULT = 1, OPTIONS, METATABLE, IDENTITY, ENTRIES, LIST, PRESENT };

typedef struct load {
  mpl_reader reader;
  size_t first, count; /* rows, from 0 */
  lua_Integer present; /* objects in PRESENT */
  size_t name_count, field_count;
  bool *wanted; /* by column */
  int names;    /* slot */
  bool has_metatable, has_entries, has_identity;
  size_t key[KEY_COLUMNS_MAX];
  int key_count;
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
static void push_names(lua_State *L, load *from, const mpl_result *box) {
  lua_getfield(L, OPTIONS, "names");
  int names = lua_gettop(L);
  from->name_count = mpl_result_check_names(L, names, box);
  luaL_checkstack(L, (int)from->name_count + KEY_COLUMNS_MAX + 24, NULL);
  from->wanted = lua_newuserdatauv(L, from->name_count + 1, 0);
  for (size_t i = 0; i < from->name_count; i++) {
    bool is_wanted = lua_rawgeti(L, names, (lua_Integer)i + 1) == LUA_TSTRING;
    if (!is_wanted && lua_toboolean(L, -1)) refuse_option(L, "name");
    from->wanted[i] = is_wanted;
    from->field_count += is_wanted;
  }
  lua_remove(L, names);
  from->names = names + 1;
}

/* What has been read of a row already: a column, and the slot of its value; 0: nothing.
 */
typedef struct known_value {
  size_t column;
  int slot;
} known_value;

static void push_field(const load *from, size_t column, const mp_cell *cell,
                       known_value known) {
  if (known.slot != 0 && known.column == column)
    lua_pushvalue(from->reader.L, known.slot);
  else
    mpl_reader_push(&from->reader, column, cell);
}

static void fill(const load *from, size_t row, int object, known_value known) {
  lua_State *L = from->reader.L;
  mp_cell cells[MPL_FEW_COLUMNS];
  for (size_t first = 0; first < from->name_count; first += MPL_FEW_COLUMNS) {
    size_t left = from->name_count - first;
    size_t count = left < MPL_FEW_COLUMNS ? left : MPL_FEW_COLUMNS;
    mp_result_cells(from->reader.result, row, first, count, cells);
    for (size_t i = 0; i < count; i++) {
      if (cells[i].bytes == NULL || !from->wanted[first + i]) continue;
      lua_pushvalue(L, from->names + (int)(first + i));
      push_field(from, first + i, &cells[i], known);
      lua_rawset(L, object);
    }
  }
}

static void push_new(const load *from, size_t row, known_value known) {
  lua_State *L = from->reader.L;
  lua_createtable(L, 0, (int)from->field_count);
  int object = lua_gettop(L);
  fill(from, row, object, known);
  if (from->has_metatable) {
    lua_pushvalue(L, METATABLE);
    lua_setmetatable(L, object);
  }
  if (!from->has_entries) return;
  lua_pushvalue(L, object);
  lua_pushinteger(L, (lua_Integer)row + 1);
  lua_rawset(L, ENTRIES);
}

static bool is_identity(lua_State *L) {
  return lua_isinteger(L, -1) || lua_type(L, -1) == LUA_TSTRING;
}

/* Push the row's identity; false, and nothing pushed, where a part of it is NULL. *known
 * becomes the key's value where it is the identity itself. */
static bool push_key(const load *from, size_t row, known_value *known) {
  lua_State *L = from->reader.L;
  int top = lua_gettop(L);
  for (int i = 0; i < from->key_count; i++) {
    mp_cell cell;
    mp_result_cells(from->reader.result, row, from->key[i], 1, &cell);
    if (cell.bytes == NULL) {
      lua_settop(L, top);
      return false;
    }
    mpl_reader_push(&from->reader, from->key[i], &cell);
  }
  if (from->key_count == 1 && is_identity(L)) {
    *known = (known_value){from->key[0], top + 1};
    return true;
  }
  mpl_push_identity(L, top + 1, from->key_count);
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
  return true;
}

/* Push the object of a row whose identity is on top, which it replaces. */
static void push_identified(const load *from, size_t row, known_value known) {
  lua_State *L = from->reader.L;
  int key = lua_gettop(L);
  lua_pushvalue(L, key);
  if (lua_rawget(L, IDENTITY) == LUA_TNIL) {
    lua_settop(L, key);
    push_new(from, row, known);
    lua_pushvalue(L, key);
    lua_pushvalue(L, -2);
    lua_rawset(L, IDENTITY);
  }
  lua_replace(L, key);
}

static void push_object(const load *from, size_t row) {
  lua_State *L = from->reader.L;
  known_value known = {0, 0};
  if (from->key_count == 0) {
    push_new(from, row, known);
  } else if (!push_key(from, row, &known)) {
    lua_pushboolean(L, 0);
  } else if (!from->has_identity) {
    push_new(from, row, known);
    lua_remove(L, -2);
  } else {
    push_identified(from, row, known);
  }
}

/* result:load { first =, count =, names =, metatable =, key =, identity =, entries = } ->
 * list of objects, false where the key is NULL; and another without those. */
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
  int size = from.count > INT_MAX ? INT_MAX : (int)from.count;
  lua_createtable(L, size, 0);
  lua_createtable(L, size, 0);
  mpl_reader_open_repeats(&from.reader, from.count);
  push_names(L, &from, box);
  for (size_t i = 0; i < from.count; i++) {
    push_object(&from, from.first + i);
    if (lua_istable(L, -1)) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, PRESENT, ++from.present);
    }
    lua_rawseti(L, LIST, (lua_Integer)i + 1);
  }
  lua_settop(L, PRESENT);
  return 2;
}
