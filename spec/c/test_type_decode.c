/* test_type_decode.c - values in binary and as literals from anywhere: read, or refused,
 * and never more than that. */
#include "base/random.h"
#include "bindings/custom_codec.h"
#include "pg/type_set.h"

#include <lauxlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
  PAIR = 20000, /* (a int4, b text[]) */
  PAIRS,        /* its array */
  NEST,         /* (pairs pair[], ranges int4multirange, loose record) */
  NUMBERS,      /* a domain over int4[] */
  NUMBERS_ARRAY,
  HSTORE,
  ROUNDS = 60000,
  BYTES_MAX = 200
};

static const uint32_t targets[] = {PAIR, PAIRS, NEST, NUMBERS, NUMBERS_ARRAY, HSTORE,
                                   1007, 3904,  4451, 6150,    2249,          2287};

typedef struct fixture {
  lua_State *L;
  mp_types *types;
  mpl_custom_codec *none;
  mp__random random;
} fixture;

static mp_type *add(mp_types *types, uint32_t oid, mp_type_kind kind, uint32_t inner,
                    const char *name) {
  bool failed = false;
  mp_type *type = mp__types_add(types, oid, &failed);
  assert_non_null(type);
  type->kind = kind;
  type->inner_oid = inner;
  type->schema = "app";
  type->name = type->bare_name = name;
  return type;
}

static void add_fields(mp_types *types, mp_type *type, const char *const *names,
                       const uint32_t *oids, size_t count) {
  bool failed = false;
  type->fields = mp__types_fields(types, count, &failed);
  assert_false(failed);
  for (size_t i = 0; i < count; i++)
    type->fields[i] = (mp__type_field){names[i], oids[i], NULL};
  type->field_count = count;
}

static mp_types *make_types(mpl_custom_codec **codecs) {
  static const char *const pair_names[] = {"a", "b"}, *const nest_names[] = {
                                                          "pairs", "ranges", "loose"};
  static const uint32_t pair_oids[] = {23, 1009}, nest_oids[] = {PAIRS, 4451, 2249};
  mp_types *types = mp__types_new();
  assert_non_null(types);
  add_fields(types, add(types, PAIR, MP_TYPE_COMPOSITE, 0, "pair"), pair_names, pair_oids,
             2);
  add(types, PAIRS, MP_TYPE_ARRAY, PAIR, "_pair");
  add_fields(types, add(types, NEST, MP_TYPE_COMPOSITE, 0, "nest"), nest_names, nest_oids,
             3);
  add(types, NUMBERS, MP_TYPE_DOMAIN, 1007, "numbers");
  add(types, NUMBERS_ARRAY, MP_TYPE_ARRAY, NUMBERS, "_numbers");
  add(types, HSTORE, MP_TYPE_BASE, 0, "hstore");
  assert_true(mp__types_close(types, mpl_type_codec, codecs));
  return types;
}

static int open_values(lua_State *L) {
  lua_newtable(L);
  mpl_open_values(L);
  return 0;
}

static int set_up(void **state) {
  fixture *test = calloc(1, sizeof(*test));
  const char *seed = getenv("MP_SEED");
  test->L = luaL_newstate();
  test->types = make_types(&test->none);
  lua_pushcfunction(test->L, open_values);
  assert_int_equal(lua_pcall(test->L, 0, 0, 0), LUA_OK);
  mp__random_seed(&test->random);
  if (seed != NULL) test->random.state = strtoull(seed, NULL, 10);
  print_message("MP_SEED=%llu\n", (unsigned long long)test->random.state);
  *state = test;
  return 0;
}

static int tear_down(void **state) {
  fixture *test = *state;
  lua_close(test->L);
  mp_types_release(test->types);
  free(test);
  return 0;
}

typedef struct attempt {
  mpl_decoder from;
  const mp_type *type;
  const char *bytes;
  size_t length;
  bool is_binary, is_read;
} attempt;

static int read_value(lua_State *L) {
  attempt *this = lua_touserdata(L, 1);
  this->from.L = L;
  this->is_read =
      this->is_binary
          ? mpl_read_binary(&this->from, this->type, this->bytes, this->length)
          : mpl_read_literal(&this->from, this->type, this->bytes, this->length);
  return 0;
}

/* The bytes end where their block does, so that a sanitizer sees each step beyond. */
static bool reads(fixture *test, uint32_t oid, const void *bytes, size_t length,
                  bool is_binary) {
  char *block = malloc(length + (length == 0));
  if (length > 0) memcpy(block, bytes, length);
  attempt this = {.from.types = test->types,
                  .type = mp_types_find(test->types, oid),
                  .bytes = block,
                  .length = length,
                  .is_binary = is_binary};
  lua_pushcfunction(test->L, read_value);
  lua_pushlightuserdata(test->L, &this);
  int status = lua_pcall(test->L, 1, 0, 0);
  if (status != LUA_OK) print_error("%s\n", lua_tostring(test->L, -1));
  assert_int_equal(status, LUA_OK);
  free(block);
  return this.is_read;
}

static uint32_t pick(fixture *test, uint32_t below) {
  return (uint32_t)(mp__random_unit(&test->random) * below);
}

static void put_u32(unsigned char *to, uint32_t value) {
  for (int i = 3; i >= 0; i--, value >>= 8)
    to[i] = (unsigned char)value;
}

/* Words as messages have them: small counts, lengths, oids, and the odd huge one. */
static size_t make_words(fixture *test, unsigned char *bytes) {
  static const uint32_t words[] = {0,          1,        2,    3,  4,    8,    0xffffffff,
                                   0x7fffffff, 23,       1009, 25, 2249, PAIR, PAIRS,
                                   4451,       3904,     12,   20, 16,   1007, 0x100,
                                   0x2000000,  0x8000000};
  size_t count = pick(test, BYTES_MAX / 4);
  for (size_t i = 0; i < count; i++)
    put_u32(bytes + 4 * i, words[pick(test, sizeof(words) / sizeof(words[0]))]);
  size_t length = 4 * count;
  if (length > 0 && pick(test, 2) == 0) length -= pick(test, 4);
  return length;
}

static size_t make_text(fixture *test, unsigned char *bytes) {
  static const char alphabet[] = "{}()[],,\"\"\\\\12aNULempty=>-: \0";
  size_t length = pick(test, BYTES_MAX / 4);
  for (size_t i = 0; i < length; i++)
    bytes[i] = (unsigned char)alphabet[pick(test, sizeof(alphabet))];
  return length;
}

static void reads_or_refuses_any_words(void **state) {
  unsigned char bytes[BYTES_MAX];
  for (int i = 0; i < ROUNDS; i++) {
    size_t length = make_words(*state, bytes);
    (void)reads(*state, targets[pick(*state, sizeof(targets) / sizeof(targets[0]))],
                bytes, length, true);
  }
}

static void reads_or_refuses_any_text(void **state) {
  unsigned char bytes[BYTES_MAX];
  for (int i = 0; i < ROUNDS; i++) {
    size_t length = make_text(*state, bytes);
    (void)reads(*state, targets[pick(*state, sizeof(targets) / sizeof(targets[0]))],
                bytes, length, false);
  }
}

/* pair[] of one: (1, {x}) */
static const unsigned char pairs[] = {
    0, 0, 0, 1,   0, 0, 0, 0,  0,  0, PAIR >> 8, PAIR & 255, /* dimensions, nulls, element
                                                              */
    0, 0, 0, 1,   0, 0, 0, 1,                                /* size, lower */
    0, 0, 0, 49,                                             /* the row */
    0, 0, 0, 2,   0, 0, 0, 23, 0,  0, 0,         4,          0, 0, 0, 1, /* a */
    0, 0, 3, 241, 0, 0, 0, 25,                                           /* b: text[] */
    0, 0, 0, 1,   0, 0, 0, 0,  0,  0, 0,         25,         0, 0, 0, 1,
    0, 0, 0, 1,   0, 0, 0, 1,  'x'};

static void refuses_what_is_cut_or_changed(void **state) {
  unsigned char bytes[sizeof(pairs)];
  assert_true(reads(*state, PAIRS, pairs, sizeof(pairs), true));
  for (size_t length = 0; length < sizeof(pairs); length++)
    assert_false(reads(*state, PAIRS, pairs, length, true));
  for (int i = 0; i < ROUNDS; i++) {
    memcpy(bytes, pairs, sizeof(pairs));
    for (uint32_t n = 0; n <= pick(*state, 3); n++)
      bytes[pick(*state, sizeof(pairs))] = (unsigned char)pick(*state, 256);
    (void)reads(*state, PAIRS, bytes, sizeof(bytes), true);
  }
}

/* Each is a row of one field, which is the next one. */
static void refuses_rows_in_each_other_without_end(void **state) {
  enum { LEVELS = 20000, STEP = 12 };
  unsigned char *bytes = malloc((size_t)LEVELS * STEP);
  for (uint32_t i = 0; i < LEVELS; i++) {
    put_u32(bytes + (size_t)i * STEP, 1);
    put_u32(bytes + (size_t)i * STEP + 4, MP_TYPE_RECORD);
    put_u32(bytes + (size_t)i * STEP + 8, (LEVELS - i - 1) * STEP);
  }
  assert_false(reads(*state, MP_TYPE_RECORD, bytes, (size_t)LEVELS * STEP, true));
  free(bytes);
}

static void knows_a_changed_type(void **state) {
  static const unsigned char one_field[] = {0, 0, 0, 1, 0, 0, 0, 23,
                                            0, 0, 0, 4, 0, 0, 0, 1};
  fixture *test = *state;
  attempt this = {.from.types = test->types,
                  .type = mp_types_find(test->types, PAIR),
                  .bytes = (const char *)one_field,
                  .length = sizeof(one_field),
                  .is_binary = true};
  lua_pushcfunction(test->L, read_value);
  lua_pushlightuserdata(test->L, &this);
  assert_int_equal(lua_pcall(test->L, 1, 0, 0), LUA_OK);
  assert_false(this.is_read);
  assert_true(this.from.is_changed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_or_refuses_any_words),
      cmocka_unit_test(reads_or_refuses_any_text),
      cmocka_unit_test(refuses_what_is_cut_or_changed),
      cmocka_unit_test(refuses_rows_in_each_other_without_end),
      cmocka_unit_test(knows_a_changed_type),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
