/* test_codec.c - decoders on bytes that no server sends: a value or a refusal, and never
 * a look beyond their end. */
#include "bindings/codec_types.h"

#include <lauxlib.h>
#include <lua.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS     3000
#define LENGTH_MAX 96

#define BOTH(name)                                                                       \
  {#name, mpl_decode_##name}, {                                                          \
#name "_text", mpl_decode_##name##_text                                              \
  }

static const struct decoder {
  const char *name;
  mpl_decode decode;
} decoders[] = {
    BOTH(bool),
    BOTH(char),
    BOTH(numeric),
    BOTH(timestamp),
    BOTH(timestamptz),
    BOTH(date),
    BOTH(time),
    BOTH(timetz),
    BOTH(interval),
    {"int2", mpl_decode_int2},
    {"int4", mpl_decode_int4},
    {"int8", mpl_decode_int8},
    {"int_text", mpl_decode_int_text},
    {"oid", mpl_decode_oid},
    {"float4", mpl_decode_float4},
    {"float8", mpl_decode_float8},
    {"float_text", mpl_decode_float_text},
    {"bytea_text", mpl_decode_bytea_text},
    {"uuid", mpl_decode_uuid},
    {"json", mpl_decode_json},
    {"jsonb", mpl_decode_jsonb},
    {"jsonpath", mpl_decode_jsonpath},
    {"xid", mpl_decode_xid},
    {"xid8", mpl_decode_xid8},
    {"tid", mpl_decode_tid},
    {"pg_lsn", mpl_decode_pg_lsn},
    {"snapshot", mpl_decode_snapshot},
    {"inet", mpl_decode_inet},
    {"cidr", mpl_decode_cidr},
    {"macaddr", mpl_decode_macaddr},
    {"macaddr8", mpl_decode_macaddr8},
    {"point", mpl_decode_point},
    {"lseg", mpl_decode_lseg},
    {"box", mpl_decode_box},
    {"polygon", mpl_decode_polygon},
    {"path", mpl_decode_path},
    {"line", mpl_decode_line},
    {"circle", mpl_decode_circle},
    {"bit", mpl_decode_bit},
    {"tsvector", mpl_decode_tsvector},
};

#define DECODER_COUNT (sizeof(decoders) / sizeof(decoders[0]))

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

/* decode(decoder, bytes, length) -> whether, value */
static int decode(lua_State *L) {
  const struct decoder *by = lua_touserdata(L, 1);
  size_t length = (size_t)lua_tointeger(L, 3);
  bool done = by->decode(L, lua_touserdata(L, 2), length);
  lua_pushboolean(L, done);
  lua_insert(L, -2);
  return 2;
}

/* In memory of exactly that size, so that a sanitizer sees any look beyond it. */
static bool try_decode(lua_State *L, const struct decoder *by, const char *bytes,
                       size_t length) {
  char *exact = malloc(length + (length == 0));
  assert_non_null(exact);
  memcpy(exact, bytes, length);
  lua_settop(L, 0);
  lua_pushcfunction(L, decode);
  lua_pushlightuserdata(L, (void *)(uintptr_t)by);
  lua_pushlightuserdata(L, exact);
  lua_pushinteger(L, (lua_Integer)length);
  int status = lua_pcall(L, 3, 2, 0);
  if (status != LUA_OK) print_message("%s: %s\n", by->name, lua_tostring(L, -1));
  assert_int_equal(status, LUA_OK);
  bool done = lua_toboolean(L, 1);
  if (done) {
    luaL_tolstring(L, 2, NULL);
    lua_pop(L, 1);
  }
  free(exact);
  return done;
}

static int open_state(void **state) {
  lua_State *L = luaL_newstate();
  if (L == NULL) return -1;
  lua_newtable(L);
  mpl_open_values(L);
  lua_settop(L, 0);
  *state = L;
  return 0;
}

static int close_state(void **state) {
  lua_close(*state);
  return 0;
}

static uint64_t take_seed(void) {
  const char *given = getenv("MP_SEED");
  uint64_t seed = (given != NULL ? strtoull(given, NULL, 10) : 20000101) | 1;
  print_message("MP_SEED=%llu\n", (unsigned long long)seed);
  return seed;
}

/* Half of them start with a small count, as many wire formats do. */
static size_t make_bytes(uint64_t *seed, char *bytes) {
  size_t length = next_random(seed) % LENGTH_MAX;
  for (size_t i = 0; i < length; i++)
    bytes[i] = (char)(unsigned char)next_random(seed);
  bool counted = next_random(seed) % 2 == 0 && length >= 5;
  if (!counted) return length;
  size_t at = next_random(seed) % 2;
  memset(bytes + at, 0, 3);
  bytes[at + 3] = (char)(unsigned char)(next_random(seed) % 12);
  return length;
}

static void survives_random_bytes(void **state) {
  char bytes[LENGTH_MAX];
  uint64_t seed = take_seed();
  for (int round = 0; round < ROUNDS; round++) {
    size_t length = make_bytes(&seed, bytes);
    for (size_t i = 0; i < DECODER_COUNT; i++)
      (void)try_decode(*state, &decoders[i], bytes, length);
  }
}

static void survives_mutated_text(void **state) {
  static const char *const texts[] = {"2026-11-24 10:00:00.5+02:00:30 BC",
                                      "24:00:00.000001-15:59:59",
                                      "1 year 2 mons -3 days +04:05:06.7",
                                      "P1Y2M3W4DT5H6M7.8S",
                                      "@ 1 year 2 mins 3.5 secs ago",
                                      "-12345678901234567890.12e-10",
                                      "\\\\000\\377\\x00ff",
                                      "{\"a\": [1, 2.5e10, \"\\ud83d\\ude00\"]}"};
  char bytes[LENGTH_MAX];
  uint64_t seed = take_seed();
  for (int round = 0; round < ROUNDS; round++) {
    const char *text = texts[next_random(&seed) % (sizeof(texts) / sizeof(texts[0]))];
    size_t length = 1 + next_random(&seed) % strlen(text);
    memcpy(bytes, text, length);
    if (next_random(&seed) % 2 == 0)
      bytes[next_random(&seed) % length] = "0:-+. TZP9"[next_random(&seed) % 10];
    for (size_t i = 0; i < DECODER_COUNT; i++)
      (void)try_decode(*state, &decoders[i], bytes, length);
  }
}

typedef struct malformed {
  mpl_decode decode;
  const char *bytes;
  size_t length;
} malformed;

#define BYTES(text) text, sizeof(text) - 1

static void refuses_malformed_bytes(void **state) {
  static const malformed cases[] = {
      {mpl_decode_inet, BYTES("\2\x21\0\4\1\2\3\4")}, /* 33 bits of mask */
      {mpl_decode_inet, BYTES("\4\x20\0\4\1\2\3\4")}, /* no such family */
      {mpl_decode_inet, BYTES("\3\x20\0\4\1\2\3\4")}, /* an IPv6 of four bytes */
      {mpl_decode_bit, BYTES("\0\0\0\11\377")},       /* nine bits in one byte */
      {mpl_decode_bit, BYTES("\377\377\377\377")},
      {mpl_decode_path, BYTES("\1\20\0\0\0")}, /* 2^28 points of no bytes */
      {mpl_decode_polygon, BYTES("\20\0\0\0")},
      {mpl_decode_snapshot, BYTES("\40\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1")},
      {mpl_decode_tsvector, BYTES("\0\0\0\1word")}, /* no end of the word */
      {mpl_decode_tsvector, BYTES("\0\0\0\1word\0\0\2\0\1")},
      {mpl_decode_tsvector, BYTES("\0\0\0\1word\0\0\0rest")},
      {mpl_decode_time, BYTES("\0\0\0\x14\x1d\xd7\x60\1")}, /* after 24:00:00 */
      {mpl_decode_time, BYTES("\377\377\377\377\377\377\377\377")},
      {mpl_decode_timetz, BYTES("\0\0\0\0\0\0\0\0\200\0\0\0")},
      {mpl_decode_timetz, BYTES("\0\0\0\0\0\0\0\0\0\0\341\0")}, /* 16 hours */
      {mpl_decode_date, BYTES("\177\377\377\376")},
      {mpl_decode_timestamp, BYTES("\200\0\0\0\0\0\0\1")},
      {mpl_decode_interval, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0")},
      {mpl_decode_jsonpath, BYTES("\2$")},
      {mpl_decode_char_text, BYTES("\\400")},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    struct decoder by = {"case", cases[i].decode};
    if (try_decode(*state, &by, cases[i].bytes, cases[i].length))
      fail_msg("case %zu was taken", i);
  }
}

static void reads_what_newer_servers_write(void **state) {
  lua_State *L = *state;
  static const struct decoder character = {"char_text", mpl_decode_char_text},
                              infinity = {"interval", mpl_decode_interval},
                              infinity_text = {"interval_text", mpl_decode_interval_text};
  assert_true(try_decode(L, &character, BYTES("\\303")));
  assert_string_equal(lua_tostring(L, 2), "\303");
  const char wire[] = "\177\377\377\377\377\377\377\377\177\377\377\377\177\377\377\377";
  assert_true(try_decode(L, &infinity, BYTES(wire)));
  assert_string_equal(luaL_tolstring(L, 2, NULL), "infinity");
  assert_true(try_decode(L, &infinity_text, BYTES("-infinity")));
  assert_string_equal(luaL_tolstring(L, 2, NULL), "-infinity");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_state, close_state)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(survives_random_bytes),
      TEST(survives_mutated_text),
      TEST(refuses_malformed_bytes),
      TEST(reads_what_newer_servers_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
