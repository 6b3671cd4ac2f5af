/* test_datetime.c - dates and timestamps: fields, text, bounds. */
#include <moonpool/datetime.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 20000
#define SECOND INT64_C(1000000)

static int64_t timestamp(const char *text, bool expect_utc) {
  int64_t out = 0;
  bool utc = !expect_utc;
  assert_int_equal(mp_timestamp_parse(text, strlen(text), &out, &utc), MP_OK);
  assert_int_equal(utc, expect_utc);
  return out;
}

static void assert_text(int64_t value, bool utc, const char *expected) {
  char text[MP_DATETIME_TEXT];
  assert_int_equal(mp_timestamp_to_text(value, utc, text), strlen(expected));
  assert_string_equal(text, expected);
}

static void counts_from_2000(void **state) {
  (void)state;
  assert_true(timestamp("2000-01-01T00:00:00", false) == 0);
  assert_true(timestamp("1999-12-31T23:59:59.999999", false) == -1);
  assert_true(timestamp("1970-01-01 00:00:00", false) ==
              -MP_TIMESTAMP_UNIX_OFFSET * SECOND);
  assert_true(timestamp("2000-03-01", false) == 60 * 86400 * SECOND);
}

static void moves_offsets_to_utc(void **state) {
  (void)state;
  int64_t ten = timestamp("2026-11-24T10:00:00", false);
  assert_true(timestamp("2026-11-24T10:00:00Z", true) == ten);
  assert_true(timestamp("2026-11-24T12:00:00+02", true) == ten);
  assert_true(timestamp("2026-11-24 12:00:00+02:00", true) == ten);
  assert_true(timestamp("2026-11-24T04:30:00-0530", true) == ten);
  assert_true(timestamp("2026-11-24T10:17:30+00:17:30", true) == ten);
  assert_text(ten, true, "2026-11-24T10:00:00Z");
}

static void knows_years_before_christ(void **state) {
  (void)state;
  mp_civil civil = {0};
  int64_t ides = timestamp("0044-03-15 12:00:00 BC", false);
  mp_timestamp_to_civil(ides, &civil);
  assert_int_equal(civil.year, -44);
  assert_int_equal(civil.month, 3);
  assert_int_equal(civil.day, 15);
  assert_text(ides, false, "0044-03-15T12:00:00 BC");
  assert_true(timestamp("0001-01-01", false) - timestamp("0001-12-31 BC", false) ==
              86400 * SECOND);
  assert_true(timestamp("0001-02-29 BC", false) < timestamp("0001-03-01 BC", false));
}

static void keeps_the_bounds_of_the_server(void **state) {
  (void)state;
  assert_true(timestamp("294276-12-31T23:59:59.999999", false) ==
              INT64_C(9223371331199999999));
  assert_true(timestamp("4714-11-24 00:00:00 BC", false) == INT64_C(-211813488000000000));
  assert_true(timestamp("294277-01-01 01:59:59.999999+02", true) ==
              INT64_C(9223371331199999999));
  assert_true(timestamp("4714-11-23 19:00:00-05 BC", true) ==
              INT64_C(-211813488000000000));
  static const char *const beyond[] = {
      "294277-01-01", "4714-11-23 BC", "294276-12-31T23:00:00-02",
      "4714-11-24 00:00:00+01 BC", "294277-01-02 00:00:00+02"};
  int64_t out = 0;
  bool utc = false;
  for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
    assert_int_equal(mp_timestamp_parse(beyond[i], strlen(beyond[i]), &out, &utc),
                     MP_ENCODE);
  }
  int32_t date = 0;
  assert_int_equal(mp_date_parse("5874897-12-31", 13, &date), MP_OK);
  assert_int_equal(date, 2145031948);
  assert_int_equal(mp_date_parse("5874898-01-01", 13, &date), MP_ENCODE);
  assert_int_equal(mp_date_parse("4714-11-24 BC", 13, &date), MP_OK);
  assert_int_equal(date, -2451545);
}

static void keeps_infinities(void **state) {
  (void)state;
  assert_true(timestamp("infinity", false) == MP_TIMESTAMP_INFINITY);
  assert_true(timestamp("-infinity", false) == MP_TIMESTAMP_MINUS_INFINITY);
  assert_text(MP_TIMESTAMP_INFINITY, true, "infinity");
  assert_text(MP_TIMESTAMP_MINUS_INFINITY, false, "-infinity");
  int32_t date = 0;
  assert_int_equal(mp_date_parse("-infinity", 9, &date), MP_OK);
  assert_int_equal(date, MP_DATE_MINUS_INFINITY);
  int64_t out = 0;
  assert_int_equal(mp_timestamp_shift(MP_TIMESTAMP_INFINITY, -5, &out), MP_OK);
  assert_true(out == MP_TIMESTAMP_INFINITY);
}

static void refuses_what_no_calendar_has(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "2026",
                                    "2026-11",
                                    "2026-13-01",
                                    "2026-02-29",
                                    "1900-02-29",
                                    "0000-01-01",
                                    "2026-1-1",
                                    "2026-11-24T24:00:00",
                                    "2026-11-24T10",
                                    "2026-11-24T10:60:00",
                                    "2026-11-24T10:00:60",
                                    "2026-11-24T10:00:00.",
                                    "2026-11-24T10:00:00.1234567",
                                    "2026-11-24T10:00:00+2",
                                    "2026-11-24T10:00:00+16:00",
                                    "2026-11-24T10:00:00 AD",
                                    "2026-11-24T10:00:00Zjunk",
                                    "2026-11-24 ",
                                    "2026-11-24T10:00:00+02:60",
                                    "now",
                                    "Infinity"};
  int64_t out = 0;
  bool utc = false;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    assert_int_equal(mp_timestamp_parse(bad[i], strlen(bad[i]), &out, &utc),
                     MP_BAD_ARGUMENT);
  }
  assert_true(timestamp("2026-11-24T10:00:00.1234560000", false) % SECOND == 123456);
}

static void names_the_wrong_field(void **state) {
  (void)state;
  mp_civil civil = {.year = 2026, .month = 13, .day = 1};
  assert_string_equal(mp_civil_wrong_field(&civil), "month");
  civil.month = 2;
  civil.day = 29;
  assert_string_equal(mp_civil_wrong_field(&civil), "day");
  civil.day = 28;
  civil.microsecond = 1000000;
  assert_string_equal(mp_civil_wrong_field(&civil), "usec");
  civil.microsecond = 999999;
  assert_null(mp_civil_wrong_field(&civil));
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
  uint64_t span = UINT64_C(9223371331199999999) + UINT64_C(211813488000000000);
  for (int round = 0; round < ROUNDS; round++) {
    uint64_t step = next_random(&seed) % span;
    int64_t value = (int64_t)(step - UINT64_C(211813488000000000));
    mp_civil civil = {0};
    int64_t back = 0;
    char text[MP_DATETIME_TEXT];
    mp_timestamp_to_civil(value, &civil);
    assert_null(mp_civil_wrong_field(&civil));
    assert_int_equal(mp_timestamp_from_civil(&civil, 0, &back), MP_OK);
    assert_true(back == value);
    mp_timestamp_to_text(value, true, text);
    assert_true(timestamp(text, true) == value);
  }
}

static void walks_every_day_of_the_common_centuries(void **state) {
  (void)state;
  mp_civil before = {0}, civil = {0};
  mp_date_to_civil(-146097, &before);
  for (int32_t date = -146096; date < 146097; date++) {
    int32_t back = 0;
    mp_date_to_civil(date, &civil);
    bool same_month = civil.month == before.month && civil.day == before.day + 1;
    assert_true(same_month || civil.day == 1);
    assert_int_equal(mp_date_from_civil(&civil, &back), MP_OK);
    assert_int_equal(back, date);
    before = civil;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_from_2000),
      cmocka_unit_test(moves_offsets_to_utc),
      cmocka_unit_test(knows_years_before_christ),
      cmocka_unit_test(keeps_the_bounds_of_the_server),
      cmocka_unit_test(keeps_infinities),
      cmocka_unit_test(refuses_what_no_calendar_has),
      cmocka_unit_test(names_the_wrong_field),
      cmocka_unit_test(survives_fields_and_text),
      cmocka_unit_test(walks_every_day_of_the_common_centuries),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
