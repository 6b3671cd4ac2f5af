/* datetime_class.c - what timestamps and dates have in common: fields by name. */
#include "datetime_class.h"

#include "error.h"

#include <string.h>

#define DATE_FIELDS    3
#define KEY_LENGTH_MAX 24

static const struct field {
  const char *name;
  size_t offset;
} fields[] = {
    {"year", offsetof(mp_civil, year)},        {"month", offsetof(mp_civil, month)},
    {"day", offsetof(mp_civil, day)},          {"hour", offsetof(mp_civil, hour)},
    {"min", offsetof(mp_civil, minute)},       {"sec", offsetof(mp_civil, second)},
    {"usec", offsetof(mp_civil, microsecond)},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static int64_t *field_of(mp_civil *civil, const struct field *field) {
  return (int64_t *)(void *)((char *)civil + field->offset);
}

static const struct field *find_field(const char *name, bool with_time) {
  for (size_t i = 0; i < (with_time ? FIELD_COUNT : DATE_FIELDS); i++) {
    if (strcmp(fields[i].name, name) == 0) return &fields[i];
  }
  return NULL;
}

bool mpl_civil_push_field(lua_State *L, const mp_civil *civil, const char *name,
                          bool with_time) {
  const struct field *field = find_field(name, with_time);
  if (field == NULL) return false;
  mp_civil copy = *civil;
  lua_pushinteger(L, *field_of(&copy, field));
  return true;
}

/* The number of single changes from one word to the other. */
static int distance(const char *a, const char *b) {
  int row[KEY_LENGTH_MAX + 1];
  int length = (int)strlen(b);
  for (int j = 0; j <= length; j++)
    row[j] = j;
  for (int i = 1; a[i - 1] != '\0'; i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= length; j++) {
      int best = diagonal + (a[i - 1] != b[j - 1]);
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      diagonal = row[j];
      row[j] = best;
    }
  }
  return row[length];
}

static const char *nearest(const char *key, bool with_time) {
  const char *best = NULL;
  int least = 4;
  if (strlen(key) > KEY_LENGTH_MAX) return NULL;
  for (size_t i = 0; i < (with_time ? FIELD_COUNT : DATE_FIELDS); i++) {
    int changes = distance(key, fields[i].name);
    if (changes >= least) continue;
    least = changes;
    best = fields[i].name;
  }
  return best;
}

static void refuse_key(lua_State *L, const char *what, bool with_time) {
  if (lua_type(L, -1) != LUA_TSTRING) {
    mpl_raise(L, "bad_argument", NULL, "%s: every key must be the name of a field", what);
  }
  const char *key = lua_tostring(L, -1);
  const char *like = nearest(key, with_time);
  if (like == NULL)
    mpl_raise(L, "bad_argument", NULL, "%s: unknown field \"%s\"", what, key);
  mpl_raise(L, "bad_argument", NULL, "%s: unknown field \"%s\" (did you mean \"%s\"?)",
            what, key, like);
}

static void check_keys(lua_State *L, int index, const char *what, bool with_time) {
  for (lua_pushnil(L); lua_next(L, index) != 0;) {
    lua_pop(L, 1);
    const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    bool known =
        find_field(key, with_time) != NULL || (with_time && strcmp(key, "offset") == 0);
    if (!known) refuse_key(L, what, with_time);
  }
}

static void check_field(lua_State *L, int index, const char *what, size_t i,
                        mp_civil *out) {
  int is_integer = 0;
  int type = lua_getfield(L, index, fields[i].name);
  if (type == LUA_TNIL && i >= DATE_FIELDS) {
    lua_pop(L, 1);
    return;
  }
  if (type == LUA_TNUMBER)
    *field_of(out, &fields[i]) = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) {
    mpl_raise(L, "bad_argument", NULL, "%s: %s must be an integer, got %s", what,
              fields[i].name, type == LUA_TNUMBER ? "a fraction" : luaL_typename(L, -1));
  }
  lua_pop(L, 1);
}

void mpl_civil_check(lua_State *L, int index, const char *what, bool with_time,
                     mp_civil *out) {
  *out = (mp_civil){0};
  check_keys(L, index, what, with_time);
  for (size_t i = 0; i < (with_time ? FIELD_COUNT : DATE_FIELDS); i++) {
    check_field(L, index, what, i, out);
  }
  const char *wrong = mp_civil_wrong_field(out);
  if (wrong == NULL) return;
  mpl_raise(L, "bad_argument", NULL, "%s: %s %lld is not in the calendar", what, wrong,
            (long long)*field_of(out, find_field(wrong, true)));
}

void mpl_civil_refuse(lua_State *L, const char *what, int status) {
  if (status == MP_ENCODE) {
    mpl_raise(L, "bad_argument", NULL, "%s: beyond the range that PostgreSQL can store",
              what);
  }
  mpl_raise(L, "bad_argument", "write it like 2026-11-24T10:00:00.5+02:00",
            "%s: the string is not an ISO 8601 %s", what, what);
}

void mpl_datetime_class_open(lua_State *L, const mpl_class *class,
                             lua_CFunction index_function) {
  mpl_class_open(L, class);
  lua_rawgetp(L, LUA_REGISTRYINDEX, class);
  lua_getfield(L, -1, "__index");
  lua_pushcclosure(L, index_function, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void mpl_datetime_set_constructor(lua_State *L, const char *name,
                                  lua_CFunction constructor, const luaL_Reg *functions) {
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_insert(L, -3);
  lua_setfield(L, -3, "minus_infinity");
  lua_setfield(L, -2, "infinity");
  lua_newtable(L);
  lua_pushcfunction(L, constructor);
  lua_setfield(L, -2, "__call");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, name);
}
