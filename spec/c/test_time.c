/* test_time.c - times of day: fields, order, text. */
#include <moonpool/time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 20000
#define HOUR   INT64_C(3600000000)

static mp_time parse(const char *text) {
  mp_time out = {0};
  if (mp_time_parse(text, strlen(text), &out) != MP_OK) fail_msg("refused: %s", text);
  return out;
}

static void assert_text(const char *text, const char *expected) {
  char out[MP_DATETIME_TEXT];
  mp_time value = parse(text);
  assert_int_equal(mp_time_to_text(&value, out), strlen(expected));
  assert_string_equal(out, expected);
}

static void counts_from_midnight(void **state) {
  (void)state;
  assert_true(parse("00:00:00").microseconds == 0);
  assert_true(parse("10:00").microseconds == 10 * HOUR);
  assert_true(parse("23:59:59.999999").microseconds == MP_TIME_MAX - 1);
  assert_true(parse("24:00:00").microseconds == MP_TIME_MAX);
}

static void keeps_the_offset_beside_the_clock(void **state) {
  (void)state;
  mp_time value = parse("10:00:00+02:30");
  assert_true(value.has_offset);
  assert_int_equal(value.offset, 9000);
  assert_true(value.microseconds == 10 * HOUR);
  assert_false(parse("10:00:00").has_offset);
  assert_true(parse("10:00:00Z").has_offset);
  assert_int_equal(parse("10:00:00-15:59:59").offset, -57599);
}

static void writes_iso_8601(void **state) {
  (void)state;
  assert_text("10:00", "10:00:00");
  assert_text("10:00:00.500000", "10:00:00.5");
  assert_text("24:00:00-08", "24:00:00-08:00");
  assert_text("00:00:00+00", "00:00:00Z");
  assert_text("01:02:03.000004-00:17:30", "01:02:03.000004-00:17:30");
}

static void refuses_what_no_clock_shows(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "10",
                                    "1:00",
                                    "10:0",
                                    "25:00",
                                    "24:00:01",
                                    "24:01",
                                    "10:60",
                                    "10:00:60",
                                    "10:00:00.",
                                    "24:00:00.000001",
                                    "10:00 pm",
                                    "10:00:00+16",
                                    "10:00:00+2",
                                    "10:00Zx",
                                    "10:00:00.1234567",
                                    "-1:00:00",
                                    "10:00:00+02:60"};
  mp_time out;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    if (mp_time_parse(bad[i], strlen(bad[i]), &out) != MP_BAD_ARGUMENT)
      fail_msg("taken: %s", bad[i]);
  }
}

static void names_the_wrong_field(void **state) {
  (void)state;
  mp_civil civil = {.hour = 24};
  assert_null(mp_time_wrong_field(&civil));
  civil.microsecond = 1;
  assert_string_equal(mp_time_wrong_field(&civil), "usec");
  civil = (mp_civil){.hour = 10, .minute = 60};
  assert_string_equal(mp_time_wrong_field(&civil), "min");
  civil = (mp_civil){.hour = -1};
  assert_string_equal(mp_time_wrong_field(&civil), "hour");
}

static int compare(const char *a, const char *b) {
  mp_time left = parse(a), right = parse(b);
  return mp_time_compare(&left, &right);
}

/* select timetz '10:00+02' < timetz '09:00+01', and so on */
static void orders_as_the_server(void **state) {
  (void)state;
  assert_int_equal(compare("10:00", "10:00:00.000001"), -1);
  assert_int_equal(compare("10:00Z", "10:00+00:00"), 0);
  assert_int_equal(compare("10:00+02", "10:00+01"), -1);
  assert_int_equal(compare("10:00+02", "09:00+01"), -1);
  assert_int_equal(compare("09:00+01", "10:00+02"), 1);
}

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static void survives_fields_and_text(void **state) {
  (void)state;
  const char *given = getenv("MP_SEED");
  uint64_t seed = (given != NULL ? strtoull(given, NULL, 10) : 20000101) | 1;
  print_message("MP_SEED=%llu\n", (unsigned long long)seed);
  for (int round = 0; round < ROUNDS; round++) {
    mp_time value = {.microseconds = (int64_t)(next_random(&seed) % 86400000001)};
    value.has_offset = next_random(&seed) % 2 == 0;
    if (value.has_offset) value.offset = (int32_t)(next_random(&seed) % 115199) - 57599;
    mp_civil civil;
    int64_t microseconds = 0;
    char text[MP_DATETIME_TEXT];
    mp_time_to_civil(value.microseconds, &civil);
    assert_int_equal(mp_time_from_civil(&civil, &microseconds), MP_OK);
    assert_true(microseconds == value.microseconds);
    mp_time_to_text(&value, text);
    mp_time back = parse(text);
    assert_int_equal(back.has_offset, value.has_offset);
    assert_int_equal(mp_time_compare(&back, &value), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_from_midnight),
      cmocka_unit_test(keeps_the_offset_beside_the_clock),
      cmocka_unit_test(writes_iso_8601),
      cmocka_unit_test(refuses_what_no_clock_shows),
      cmocka_unit_test(names_the_wrong_field),
      cmocka_unit_test(orders_as_the_server),
      cmocka_unit_test(survives_fields_and_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
