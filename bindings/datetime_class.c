/* datetime_class.c - what timestamps, dates and times have in common: fields by name. */
#include "datetime_class.h"

#include "error.h"

#include <moonpool/time.h>

#include <stdio.h>
#include <string.h>

#define KEY_LENGTH_MAX    24
#define OFFSET_LENGTH_MAX 16
#define MICROSECONDS      1000000

static const struct field {
  const char *name;
  size_t offset;
} fields[] = {
    {"year", offsetof(mp_civil, year)},        {"month", offsetof(mp_civil, month)},
    {"day", offsetof(mp_civil, day)},          {"hour", offsetof(mp_civil, hour)},
    {"min", offsetof(mp_civil, minute)},       {"sec", offsetof(mp_civil, second)},
    {"usec", offsetof(mp_civil, microsecond)},
};

/* A row for each kind: its fields are first .. end - 1 of those above. */
static const struct kind {
  const char *name, *example;
  size_t first, end;
} kinds[] = {
    [MPL_DATE] = {"date", "2026-11-24", 0, 3},
    [MPL_TIME] = {"time", "10:00:00.5 or 10:00:00.5+02:00", 3, 7},
    [MPL_TIMESTAMP] = {"timestamp", "2026-11-24T10:00:00.5+02:00", 0, 7},
};

static int64_t *field_of(mp_civil *civil, const struct field *field) {
  return (int64_t *)(void *)((char *)civil + field->offset);
}

static const struct field *find_field(const char *name, mpl_civil_kind kind) {
  for (size_t i = kinds[kind].first; i < kinds[kind].end; i++) {
    if (strcmp(fields[i].name, name) == 0) return &fields[i];
  }
  return NULL;
}

bool mpl_civil_push_field(lua_State *L, const mp_civil *civil, const char *name,
                          mpl_civil_kind kind) {
  const struct field *field = find_field(name, kind);
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

static const char *nearest(const char *key, mpl_civil_kind kind) {
  const char *best = NULL;
  int least = 4;
  if (strlen(key) > KEY_LENGTH_MAX) return NULL;
  for (size_t i = kinds[kind].first; i < kinds[kind].end; i++) {
    int changes = distance(key, fields[i].name);
    if (changes >= least) continue;
    least = changes;
    best = fields[i].name;
  }
  return best;
}

static void refuse_key(lua_State *L, mpl_civil_kind kind) {
  const char *what = kinds[kind].name;
  if (lua_type(L, -1) != LUA_TSTRING) {
    mpl_raise(L, "bad_argument", NULL, "%s: every key must be the name of a field", what);
  }
  const char *key = lua_tostring(L, -1);
  const char *like = nearest(key, kind);
  if (like == NULL)
    mpl_raise(L, "bad_argument", NULL, "%s: unknown field \"%s\"", what, key);
  mpl_raise(L, "bad_argument", NULL, "%s: unknown field \"%s\" (did you mean \"%s\"?)",
            what, key, like);
}

static void check_keys(lua_State *L, int index, mpl_civil_kind kind) {
  for (lua_pushnil(L); lua_next(L, index) != 0;) {
    lua_pop(L, 1);
    const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    bool is_offset = kind != MPL_DATE && strcmp(key, "offset") == 0;
    if (!is_offset && find_field(key, kind) == NULL) refuse_key(L, kind);
  }
}

static void check_field(lua_State *L, int index, mpl_civil_kind kind, size_t i,
                        mp_civil *out) {
  int is_integer = 0;
  int type = lua_getfield(L, index, fields[i].name);
  if (type == LUA_TNIL && i >= kinds[MPL_TIME].first) {
    lua_pop(L, 1);
    return;
  }
  if (type == LUA_TNUMBER)
    *field_of(out, &fields[i]) = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) {
    mpl_raise(L, "bad_argument", NULL, "%s: %s must be an integer, got %s",
              kinds[kind].name, fields[i].name,
              type == LUA_TNUMBER ? "a fraction" : luaL_typename(L, -1));
  }
  lua_pop(L, 1);
}

void mpl_civil_check(lua_State *L, int index, mpl_civil_kind kind, mp_civil *out) {
  *out = (mp_civil){0};
  check_keys(L, index, kind);
  for (size_t i = kinds[kind].first; i < kinds[kind].end; i++)
    check_field(L, index, kind, i, out);
  bool is_time = kind == MPL_TIME;
  const char *wrong = is_time ? mp_time_wrong_field(out) : mp_civil_wrong_field(out);
  if (wrong == NULL) return;
  mpl_raise(L, "bad_argument", NULL, "%s: %s %lld is not %s", kinds[kind].name, wrong,
            (long long)*field_of(out, find_field(wrong, MPL_TIMESTAMP)),
            is_time ? "on the clock" : "in the calendar");
}

/* Text is read behind midnight. */
static bool read_offset(const char *text, int32_t *out) {
  char time[OFFSET_LENGTH_MAX + 8];
  mp_time parsed;
  if (strlen(text) > OFFSET_LENGTH_MAX || strchr("Zz+-", text[0]) == NULL) return false;
  int length = snprintf(time, sizeof(time), "00:00%s", text);
  if (mp_time_parse(time, (size_t)length, &parsed) != MP_OK) return false;
  *out = parsed.offset;
  return parsed.has_offset;
}

int32_t mpl_offset_check(lua_State *L, int index, mpl_civil_kind kind) {
  int is_integer = 0;
  int32_t seconds = 0;
  lua_Integer given =
      lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &is_integer) : 0;
  if (is_integer && given > -MP_TIME_OFFSET_LESS && given < MP_TIME_OFFSET_LESS)
    return (int32_t)given;
  if (lua_type(L, index) == LUA_TSTRING && read_offset(lua_tostring(L, index), &seconds))
    return seconds;
  mpl_raise(L, "bad_argument", NULL,
            "%s: offset must be seconds east of Greenwich or a string like \"+02:00\"",
            kinds[kind].name);
}

void mpl_civil_refuse(lua_State *L, mpl_civil_kind kind, int status) {
  const char *what = kinds[kind].name;
  char hint[64];
  if (status == MP_ENCODE) {
    mpl_raise(L, "bad_argument", NULL, "%s: beyond the range that PostgreSQL can store",
              what);
  }
  snprintf(hint, sizeof(hint), "write it like %s", kinds[kind].example);
  mpl_raise(L, "bad_argument", hint, "%s: the string is not an ISO 8601 %s", what, what);
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
  lua_newtable(L);
  lua_pushcfunction(L, constructor);
  lua_setfield(L, -2, "__call");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, name);
}

void mpl_datetime_set_infinities(lua_State *L, const char *name) {
  lua_getfield(L, -3, name);
  lua_insert(L, -3);
  lua_setfield(L, -3, "minus_infinity");
  lua_setfield(L, -2, "infinity");
  lua_pop(L, 1);
}
