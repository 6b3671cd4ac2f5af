/* test_decimal.c - decimals: text, wire format, order, arithmetic as on the server. */
#include <moonpool/decimal.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 3000

typedef struct shelf {
  void *blocks[4096];
  size_t count;
} shelf;

static shelf taken;

static void *take(void *data, size_t size) {
  shelf *blocks = data;
  void *block = malloc(size);
  if (blocks->count < sizeof(blocks->blocks) / sizeof(blocks->blocks[0])) {
    blocks->blocks[blocks->count++] = block;
  }
  return block;
}

static void *refuse(void *data, size_t size) {
  (void)data;
  (void)size;
  return NULL;
}

static const mp_decimal_room room = {take, &taken};

static int empty_shelf(void **state) {
  (void)state;
  while (taken.count > 0)
    free(taken.blocks[--taken.count]);
  return 0;
}

static const mp_decimal *decimal(const char *text) {
  const mp_decimal *value = NULL;
  assert_int_equal(mp_decimal_parse(&room, text, strlen(text), &value), MP_OK);
  return value;
}

static void assert_text(const mp_decimal *value, const char *expected) {
  char *text = malloc(mp_decimal_text_size(value));
  size_t length = mp_decimal_to_text(value, text);
  assert_true(length < mp_decimal_text_size(value));
  assert_string_equal(text, expected);
  free(text);
}

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static uint64_t test_seed(void) {
  const char *given = getenv("MP_SEED");
  uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 20000101;
  print_message("MP_SEED=%llu\n", (unsigned long long)seed);
  return seed | 1;
}

/* Up to `most` digits on either side of the point. */
static const mp_decimal *random_decimal(uint64_t *seed, uint64_t most) {
  char text[128];
  char *at = text;
  uint64_t whole = next_random(seed) % most, fraction = next_random(seed) % most;
  if (next_random(seed) % 2 == 0) *at++ = '-';
  *at++ = '0';
  for (uint64_t i = 0; i < whole; i++)
    *at++ = (char)('0' + next_random(seed) % 10);
  *at++ = '.';
  for (uint64_t i = 0; i < fraction; i++)
    *at++ = (char)('0' + next_random(seed) % 10);
  *at = '\0';
  return decimal(text);
}

static void keeps_scale_and_digits_of_text(void **state) {
  (void)state;
  static const char *const same[] = {"0",         "1.50",
                                     "-1.50",     "0.00",
                                     "10000",     "9999",
                                     "100000000", "0.0001",
                                     "0.00001",   "-0.001",
                                     "NaN",       "Infinity",
                                     "-Infinity", "12345678901234567890.123456789012345"};
  for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
    assert_text(decimal(same[i]), same[i]);
  }
}

static void reads_every_form_of_the_server(void **state) {
  (void)state;
  static const char *const forms[][2] = {{"1.5e3", "1500"},
                                         {"15e-1", "1.5"},
                                         {"1e-5", "0.00001"},
                                         {".5", "0.5"},
                                         {"5.", "5"},
                                         {"+7", "7"},
                                         {"  8\n", "8"},
                                         {"-0", "0"},
                                         {"-0.0", "0.0"},
                                         {"0e999999", "0"},
                                         {"1E+2", "100"},
                                         {"nan", "NaN"},
                                         {"inf", "Infinity"},
                                         {"-INF", "-Infinity"},
                                         {"+Infinity", "Infinity"},
                                         {"000123.4500", "123.4500"},
                                         {"1.25e1", "12.5"},
                                         {"0.00012e2", "0.012"}};
  for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
    assert_text(decimal(forms[i][0]), forms[i][1]);
  }
}

static void refuses_what_is_no_number(void **state) {
  (void)state;
  static const char *const bad[] = {"",     " ",       ".",   "-",   "1e",  "1e+",
                                    "e5",   "1.2.3",   "0x1", "1_0", "1 2", "--1",
                                    "NaNs", "infinit", "1,5", "+nan"};
  const mp_decimal *out = NULL;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    assert_int_equal(mp_decimal_parse(&room, bad[i], strlen(bad[i]), &out),
                     MP_BAD_ARGUMENT);
  }
}

static void keeps_the_bounds_of_numeric(void **state) {
  (void)state;
  const mp_decimal *out = NULL;
  assert_int_equal(mp_decimal_parse(&room, "1e131071", 8, &out), MP_OK);
  assert_int_equal(mp_decimal_parse(&room, "1e131072", 8, &out), MP_ENCODE);
  assert_int_equal(mp_decimal_parse(&room, "1e-16383", 8, &out), MP_OK);
  assert_int_equal(mp_decimal_parse(&room, "1e-16384", 8, &out), MP_ENCODE);
  assert_int_equal(mp_decimal_parse(&room, "1e99999999999999999999", 22, &out),
                   MP_ENCODE);
  const mp_decimal *top = decimal("9e131071");
  assert_int_equal(mp_decimal_add(&room, top, top, &out), MP_ENCODE);
  assert_int_equal(mp_decimal_multiply(&room, top, top, &out), MP_ENCODE);
}

static void reads_and_writes_the_wire(void **state) {
  (void)state;
  static const unsigned char bytes[] = {0, 2, 0, 0, 0x40, 0, 0, 2, 0, 1, 0x13, 0x88};
  const mp_decimal *value = NULL;
  unsigned char written[sizeof(bytes)];

  assert_int_equal(mp_decimal_from_wire(&room, bytes, sizeof(bytes), &value), MP_OK);
  assert_text(value, "-1.50");
  assert_int_equal(mp_decimal_wire_size(value), sizeof(bytes));
  mp_decimal_to_wire(value, written);
  assert_memory_equal(written, bytes, sizeof(bytes));
}

static void refuses_malformed_wire_bytes(void **state) {
  (void)state;
  static const unsigned char bad_digit[] = {0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10};
  static const unsigned char bad_sign[] = {0, 0, 0, 0, 0x12, 0, 0, 0};
  static const unsigned char bad_count[] = {0, 2, 0, 0, 0, 0, 0, 0, 0, 1};
  const mp_decimal *out = NULL;
  assert_int_equal(mp_decimal_from_wire(&room, bad_digit, 10, &out), MP_DECODE);
  assert_int_equal(mp_decimal_from_wire(&room, bad_sign, 8, &out), MP_DECODE);
  assert_int_equal(mp_decimal_from_wire(&room, bad_count, 10, &out), MP_DECODE);
  assert_int_equal(mp_decimal_from_wire(&room, bad_count, 3, &out), MP_DECODE);
}

/* Blocks of just the length, so that a sanitizer sees a byte read too far. */
static void survives_mutated_bytes(void **state) {
  (void)state;
  static const unsigned char good[] = {0, 2, 0, 1, 0x40, 0, 0, 2, 0, 1, 0x13, 0x88};
  uint64_t seed = test_seed();
  for (int round = 0; round < ROUNDS; round++) {
    empty_shelf(NULL);
    size_t length = next_random(&seed) % (sizeof(good) + 1);
    unsigned char *bytes = malloc(length + (length == 0));
    const mp_decimal *out = NULL;
    memcpy(bytes, good, length);
    if (length > 0)
      bytes[next_random(&seed) % length] = (unsigned char)next_random(&seed);
    int status = mp_decimal_from_wire(&room, bytes, length, &out);
    assert_true(status == MP_OK || status == MP_DECODE);
    status = mp_decimal_parse(&room, (const char *)bytes, length, &out);
    assert_true(status == MP_OK || status == MP_BAD_ARGUMENT);
    free(bytes);
  }
}

static void orders_as_the_server_does(void **state) {
  (void)state;
  static const char *const rising[] = {
      "-Infinity", "-10000.1", "-10000", "-9999.99", "-0.01",    "0",  "0.0001",
      "0.01",      "9999",     "10000",  "1e20",     "Infinity", "NaN"};
  size_t count = sizeof(rising) / sizeof(rising[0]);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < count; j++) {
      int order = mp_decimal_compare(decimal(rising[i]), decimal(rising[j]));
      assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
    }
  }
  assert_int_equal(mp_decimal_compare(decimal("1.50"), decimal("1.5")), 0);
}

typedef int (*operation)(const mp_decimal_room *, const mp_decimal *, const mp_decimal *,
                         const mp_decimal **);

static const mp_decimal *apply(operation run, const mp_decimal *a, const mp_decimal *b) {
  const mp_decimal *out = NULL;
  assert_int_equal(run(&room, a, b, &out), MP_OK);
  return out;
}

typedef struct sample {
  operation run;
  const char *a, *b, *expected;
} sample;

static void computes_what_the_server_computes(void **state) {
  (void)state;
  static const sample samples[] = {
      {mp_decimal_add, "1.50", "2.5", "4.00"},
      {mp_decimal_add, "9999.9999", "0.0001", "10000.0000"},
      {mp_decimal_add, "-1", "1.0", "0.0"},
      {mp_decimal_add, "1e20", "-1", "99999999999999999999"},
      {mp_decimal_add, "Infinity", "-Infinity", "NaN"},
      {mp_decimal_add, "Infinity", "1", "Infinity"},
      {mp_decimal_subtract, "1", "Infinity", "-Infinity"},
      {mp_decimal_subtract, "0", "0.5", "-0.5"},
      {mp_decimal_subtract, "10000", "0.0001", "9999.9999"},
      {mp_decimal_multiply, "1.5", "-1.50", "-2.250"},
      {mp_decimal_multiply, "99999999", "99999999", "9999999800000001"},
      {mp_decimal_multiply, "0", "Infinity", "NaN"},
      {mp_decimal_multiply, "-2", "Infinity", "-Infinity"},
      {mp_decimal_divide, "1", "3", "0.33333333333333333333"},
      {mp_decimal_divide, "2", "3", "0.66666666666666666667"},
      {mp_decimal_divide, "10", "2", "5.0000000000000000"},
      {mp_decimal_divide, "0", "3", "0.00000000000000000000"},
      {mp_decimal_divide, "-1", "8", "-0.12500000000000000000"},
      {mp_decimal_divide, "100000", "3", "33333.333333333333"},
      {mp_decimal_divide, "1e30", "7", "142857142857142857142857142857"},
      {mp_decimal_divide, "1", "Infinity", "0"},
      {mp_decimal_divide, "-Infinity", "-2", "Infinity"},
      {mp_decimal_divide, "NaN", "0", "NaN"},
      {mp_decimal_floor_divide, "7", "2", "3"},
      {mp_decimal_floor_divide, "-7", "2", "-4"},
      {mp_decimal_floor_divide, "7", "-2", "-4"},
      {mp_decimal_floor_divide, "-6", "2", "-3"},
      {mp_decimal_floor_divide, "-0.001", "1000000", "-1"},
      {mp_decimal_floor_divide, "-79999.5", "1", "-80000"},
      {mp_decimal_floor_divide, "0.5", "0.25", "2"}};
  for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
    const sample *it = &samples[i];
    assert_text(apply(it->run, decimal(it->a), decimal(it->b)), it->expected);
  }
}

static void refuses_division_by_zero(void **state) {
  (void)state;
  const mp_decimal *out = NULL;
  const mp_decimal *a = decimal("Infinity"), *zero = decimal("0.00");
  assert_int_equal(mp_decimal_divide(&room, a, zero, &out), MP_BAD_ARGUMENT);
  assert_int_equal(mp_decimal_floor_divide(&room, a, zero, &out), MP_BAD_ARGUMENT);
}

static void rounds_half_away_from_zero(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int scale;
    const char *expected;
  } samples[] = {
      {"2.5", 0, "3"},          {"-2.5", 0, "-3"},        {"2.4", 0, "2"},
      {"0.5", 0, "1"},          {"0.4999", 0, "0"},       {"99995", -1, "100000"},
      {"1.005", 2, "1.01"},     {"1.5", 3, "1.500"},      {"9999.99995", 4, "10000.0000"},
      {"0.00004", 4, "0.0000"}, {"0.00005", 4, "0.0001"}, {"49", -2, "0"},
      {"50", -2, "100"},        {"5000", -4, "10000"},    {"1", -9, "0"}};
  for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
    const mp_decimal *out = NULL;
    assert_int_equal(
        mp_decimal_round(&room, decimal(samples[i].text), samples[i].scale, &out), MP_OK);
    assert_text(out, samples[i].expected);
  }
}

static void turns_into_integers_only_exactly(void **state) {
  (void)state;
  int64_t out = 7;
  assert_true(mp_decimal_to_int64(decimal("9223372036854775807.00"), &out));
  assert_true(out == INT64_MAX);
  assert_true(mp_decimal_to_int64(decimal("-9223372036854775808"), &out));
  assert_true(out == INT64_MIN);
  assert_true(mp_decimal_to_int64(decimal("20000"), &out));
  assert_int_equal(out, 20000);
  assert_false(mp_decimal_to_int64(decimal("9223372036854775808"), &out));
  assert_false(mp_decimal_to_int64(decimal("-9223372036854775809"), &out));
  assert_false(mp_decimal_to_int64(decimal("0.5"), &out));
  assert_false(mp_decimal_to_int64(decimal("NaN"), &out));
}

static void comes_from_machine_numbers(void **state) {
  (void)state;
  const mp_decimal *out = NULL;
  assert_int_equal(mp_decimal_from_int64(&room, INT64_MIN, &out), MP_OK);
  assert_text(out, "-9223372036854775808");
  assert_int_equal(mp_decimal_from_double(&room, 1e22, &out), MP_OK);
  assert_text(out, "10000000000000000000000");
  assert_int_equal(mp_decimal_from_double(&room, -(double)INFINITY, &out), MP_OK);
  assert_text(out, "-Infinity");
}

static void reports_missing_memory(void **state) {
  (void)state;
  mp_decimal_room none = {refuse, NULL};
  const mp_decimal *out = NULL, *a = decimal("1.5");
  assert_int_equal(mp_decimal_parse(&none, "1", 1, &out), MP_OUT_OF_MEMORY);
  assert_int_equal(mp_decimal_add(&none, a, a, &out), MP_OUT_OF_MEMORY);
  assert_int_equal(mp_decimal_divide(&none, a, a, &out), MP_OUT_OF_MEMORY);
  assert_int_equal(mp_decimal_negate(&none, a, &out), MP_OUT_OF_MEMORY);
  assert_null(out);
}

static void keeps_the_laws_of_arithmetic(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int round = 0; round < ROUNDS; round++) {
    empty_shelf(NULL);
    const mp_decimal *a = random_decimal(&seed, 50), *b = random_decimal(&seed, 50);
    const mp_decimal *sum = apply(mp_decimal_add, a, b);
    assert_int_equal(mp_decimal_compare(apply(mp_decimal_subtract, sum, b), a), 0);
    if (mp_decimal_compare(b, decimal("0")) == 0) continue;

    const mp_decimal *product = apply(mp_decimal_multiply, a, b);
    assert_int_equal(mp_decimal_compare(apply(mp_decimal_floor_divide, product, b),
                                        apply(mp_decimal_floor_divide, a, decimal("1"))),
                     0);
    const mp_decimal *whole = apply(mp_decimal_floor_divide, a, b);
    const mp_decimal *rest =
        apply(mp_decimal_subtract, a, apply(mp_decimal_multiply, whole, b));
    const mp_decimal *zero = decimal("0");
    int sign = mp_decimal_compare(b, zero);
    assert_true(mp_decimal_compare(rest, zero) * sign >= 0);
    assert_true(mp_decimal_compare(rest, b) * sign < 0);
  }
}

static void survives_text_and_wire(void **state) {
  (void)state;
  uint64_t seed = test_seed();
  for (int round = 0; round < ROUNDS; round++) {
    empty_shelf(NULL);
    const mp_decimal *a = random_decimal(&seed, 60), *back = NULL;
    char text[256], again[256];
    unsigned char wire[128];
    mp_decimal_to_text(a, text);
    mp_decimal_to_wire(a, wire);
    assert_int_equal(mp_decimal_from_wire(&room, wire, mp_decimal_wire_size(a), &back),
                     MP_OK);
    mp_decimal_to_text(back, again);
    assert_string_equal(text, again);
    assert_int_equal(mp_decimal_compare(decimal(text), a), 0);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, empty_shelf)
  const struct CMUnitTest tests[] = {
      TEST(keeps_scale_and_digits_of_text),
      TEST(reads_every_form_of_the_server),
      TEST(refuses_what_is_no_number),
      TEST(keeps_the_bounds_of_numeric),
      TEST(reads_and_writes_the_wire),
      TEST(refuses_malformed_wire_bytes),
      TEST(survives_mutated_bytes),
      TEST(orders_as_the_server_does),
      TEST(computes_what_the_server_computes),
      TEST(refuses_division_by_zero),
      TEST(rounds_half_away_from_zero),
      TEST(turns_into_integers_only_exactly),
      TEST(comes_from_machine_numbers),
      TEST(reports_missing_memory),
      TEST(keeps_the_laws_of_arithmetic),
      TEST(survives_text_and_wire),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
