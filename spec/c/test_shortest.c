/* test_shortest.c - the shortest digits of floating-point numbers, and their way back. */
#include <moonpool/decimal.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 3000

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static void writes_the_shortest_digits_of_a_double(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } samples[] = {{0.1, "0.1"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1.0, "1"},
                 {-0.0, "-0"},
                 {1e15, "1e+15"},
                 {123456.75, "123456.75"},
                 {1e22, "1e+22"},
                 {5e-324, "5e-324"},
                 {1e-5, "1e-05"},
                 {0.0001, "0.0001"},
                 {0.00123, "0.00123"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {123456789012345.6, "123456789012345.6"}};
  char text[MP_DOUBLE_TEXT];
  for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
    assert_int_equal(mp_double_to_text(samples[i].value, text), strlen(samples[i].text));
    assert_string_equal(text, samples[i].text);
  }
}

static void writes_floats_as_the_server_does(void **state) {
  (void)state;
  char text[MP_DOUBLE_TEXT];
  mp_float4_to_text(0.1f, text);
  assert_string_equal(text, "0.1");
  mp_float4_to_text(16777216.0f, text);
  assert_string_equal(text, "1.6777216e+07");
  mp_float4_to_text(6439436800.0f, text);
  assert_string_equal(text, "6.439437e+09");
  mp_float8_to_text(4.8436786473720361e-228, text);
  assert_string_equal(text, "4.843678647372036e-228");
  mp_float8_to_text(9007199254740993.0, text);
  assert_string_equal(text, "9.007199254740992e+15");
}

static void leaves_what_is_halfway_to_the_next_double(void **state) {
  (void)state;
  char text[MP_DOUBLE_TEXT];
  mp_double_to_text(3.9839318196318403e18, text);
  assert_string_equal(text, "3.98393181963184e+18");
  mp_float8_to_text(3.9839318196318403e18, text);
  assert_string_equal(text, "3.9839318196318403e+18");
  mp_float8_to_text(49112657950024096.0, text);
  assert_string_equal(text, "4.9112657950024096e+16");
  mp_float8_to_text(9.223372036854775808e18, text);
  assert_string_equal(text, "9.223372036854776e+18");
}

static void reads_back_any_double(void **state) {
  (void)state;
  const char *given = getenv("MP_SEED");
  uint64_t seed = (given != NULL ? strtoull(given, NULL, 10) : 20000101) | 1;
  print_message("MP_SEED=%llu\n", (unsigned long long)seed);
  for (int round = 0; round < ROUNDS; round++) {
    uint64_t bits = next_random(&seed);
    double value = 0;
    char text[MP_DOUBLE_TEXT];
    memcpy(&value, &bits, sizeof(value));
    if (isnan(value) || isinf(value)) continue;
    assert_true(mp_double_to_text(value, text) < MP_DOUBLE_TEXT);
    assert_true(strtod(text, NULL) == value);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_the_shortest_digits_of_a_double),
      cmocka_unit_test(writes_floats_as_the_server_does),
      cmocka_unit_test(leaves_what_is_halfway_to_the_next_double),
      cmocka_unit_test(reads_back_any_double),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
