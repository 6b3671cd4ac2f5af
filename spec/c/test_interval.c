/* test_interval.c - intervals: text, parts, order, arithmetic, bounds. */
#include <moonpool/datetime.h>
#include <moonpool/interval.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 20000
#define SECOND INT64_C(1000000)

static const mp_interval infinity = {INT32_MAX, INT32_MAX, INT64_MAX},
                         minus_infinity = {INT32_MIN, INT32_MIN, INT64_MIN};

static mp_interval parse(const char *text) {
  mp_interval out = {0};
  if (mp_interval_parse(text, strlen(text), &out) != MP_OK) fail_msg("refused: %s", text);
  return out;
}

static bool same(mp_interval a, mp_interval b) {
  return a.months == b.months && a.days == b.days && a.microseconds == b.microseconds;
}

static void assert_text(mp_interval value, const char *expected) {
  char text[MP_INTERVAL_TEXT];
  assert_int_equal(mp_interval_to_text(&value, text), strlen(expected));
  assert_string_equal(text, expected);
}

static void writes_what_the_server_writes(void **state) {
  (void)state;
  assert_text((mp_interval){0, 0, 0}, "00:00:00");
  assert_text((mp_interval){14, -3, 4 * SECOND}, "1 year 2 mons -3 days +00:00:04");
  assert_text((mp_interval){-14, 3, 0}, "-1 years -2 mons +3 days");
  assert_text((mp_interval){0, -1, -500000}, "-1 days -00:00:00.5");
  assert_text((mp_interval){1, 1, 0}, "1 mon 1 day");
  assert_text((mp_interval){0, 0, INT64_MIN}, "-2562047788:00:54.775808");
  assert_text((mp_interval){INT32_MIN, INT32_MAX, INT64_MIN},
              "-178956970 years -8 mons +2147483647 days -2562047788:00:54.775808");
}

static void reads_the_styles_of_the_server(void **state) {
  (void)state;
  mp_interval expected = {14, -3, (4 * 3600 + 5 * 60 + 6) * SECOND + 700000};
  assert_true(same(parse("1 year 2 mons -3 days +04:05:06.7"), expected));
  assert_true(same(parse("@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs"), expected));
  assert_true(same(parse("P1Y2M-3DT4H5M6.7S"), expected));
  assert_true(same(parse("@ 1 day 2.5 secs ago"), (mp_interval){0, -1, -2500000}));
  assert_true(same(parse("P2W"), (mp_interval){0, 14, 0}));
  assert_true(same(parse("PT-0.5S"), (mp_interval){0, 0, -500000}));
  assert_true(same(parse("-00:00:00.000001"), (mp_interval){0, 0, -1}));
  assert_true(same(parse("90 minutes"), (mp_interval){0, 0, 5400 * SECOND}));
  assert_true(same(parse("@ 0 secs"), (mp_interval){0, 0, 0}));
  assert_true(same(parse(" 1 day "), (mp_interval){0, 1, 0}));
}

static void refuses_what_is_none(void **state) {
  (void)state;
  static const char *const bad[] = {"",        "1",        "day",
                                    "1 dax",   "1.5 days", "P",
                                    "PT",      "P1",       "P1H",
                                    "PT1D",    "P1Y2",     "P1DT",
                                    "1:60",    "1:00:60",  "1.5:00",
                                    "- 1 day", "ago",      "0.1234567 secs",
                                    "1 day x", "Infinity", "1 microsecondss"};
  mp_interval out;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    if (mp_interval_parse(bad[i], strlen(bad[i]), &out) != MP_BAD_ARGUMENT)
      fail_msg("taken: %s", bad[i]);
  }
}

static void refuses_what_the_server_cannot_store(void **state) {
  (void)state;
  static const char *const beyond[] = {
      "2147483648 months",         "178956971 years",
      "-2147483649 days",          "2562047788:00:54.775808",
      "99999999999999999999 secs", "9223372036854775808 microseconds"};
  mp_interval out;
  for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
    assert_int_equal(mp_interval_parse(beyond[i], strlen(beyond[i]), &out), MP_ENCODE);
  }
  assert_true(
      same(parse("-9223372036854775808 microseconds"), (mp_interval){0, 0, INT64_MIN}));
}

static void keeps_infinities(void **state) {
  (void)state;
  mp_interval day = {0, 1, 0}, out;
  assert_true(same(parse("infinity"), infinity));
  assert_true(same(parse("-infinity"), minus_infinity));
  assert_text(infinity, "infinity");
  assert_text(minus_infinity, "-infinity");
  assert_int_equal(mp_interval_add(&infinity, &day, &out), MP_OK);
  assert_true(same(out, infinity));
  assert_int_equal(mp_interval_multiply(&infinity, -2, &out), MP_OK);
  assert_true(same(out, minus_infinity));
  assert_int_equal(mp_interval_add(&infinity, &minus_infinity, &out), MP_BAD_ARGUMENT);
  assert_int_equal(mp_interval_multiply(&infinity, 0, &out), MP_BAD_ARGUMENT);
  mp_interval almost = {INT32_MAX, INT32_MAX, INT64_MAX - 1}, last = {0, 0, 1};
  assert_int_equal(mp_interval_add(&almost, &last, &out), MP_ENCODE);
  assert_true(
      same(parse("178956970 years 7 mons 2147483647 days 2562047788:00:54.775807"),
           infinity)); /* a server before 17 */
}

static int compare(const char *a, const char *b) {
  mp_interval left = parse(a), right = parse(b);
  return mp_interval_compare(&left, &right);
}

static void orders_as_the_server(void **state) {
  (void)state;
  assert_int_equal(compare("1 mon", "30 days"), 0);
  assert_int_equal(compare("1 day", "24:00:00"), 0);
  assert_int_equal(compare("1 day", "24:00:00.000001"), -1);
  assert_int_equal(compare("1 mon", "1 mon -00:00:00.000001"), 1);
  assert_int_equal(compare("-1 mon", "-29 days"), -1);
  assert_int_equal(compare("1 day -24:00:01", "-00:00:01"), 0);
  assert_int_equal(mp_interval_compare(&minus_infinity, &infinity), -1);
}

static void refuses_arithmetic_beyond_its_range(void **state) {
  (void)state;
  mp_interval out, least = {INT32_MIN, 0, 0}, big = {0, 0, INT64_MAX}, one = {0, 0, 1};
  assert_int_equal(mp_interval_negate(&least, &out), MP_ENCODE);
  assert_int_equal(mp_interval_add(&big, &one, &out), MP_ENCODE);
  assert_int_equal(mp_interval_multiply(&one, INT64_MIN, &out), MP_OK);
  assert_int_equal(mp_interval_multiply(&big, 2, &out), MP_ENCODE);
}

static void assert_sum(const char *timestamp, const char *interval,
                       const char *expected) {
  int64_t at = 0, out = 0;
  bool utc = false;
  char text[MP_DATETIME_TEXT];
  mp_interval by = parse(interval);
  assert_int_equal(mp_timestamp_parse(timestamp, strlen(timestamp), &at, &utc), MP_OK);
  assert_int_equal(mp_timestamp_add(at, &by, &out), MP_OK);
  mp_timestamp_to_text(out, utc, text);
  assert_string_equal(text, expected);
}

static void moves_timestamps_as_the_server(void **state) {
  (void)state;
  assert_sum("2024-01-31", "1 mon", "2024-02-29T00:00:00");
  assert_sum("2024-03-31T10:00:00", "-1 mon +1 day -00:00:01", "2024-03-01T09:59:59");
  assert_sum("2024-02-29", "1 year", "2025-02-28T00:00:00");
  assert_sum("0001-01-31", "-1 mon", "0001-12-31T00:00:00 BC");
  assert_sum("0001-12-31 BC", "2 mons", "0001-02-28T00:00:00");
  assert_sum("2024-01-01", "infinity", "infinity");
  assert_sum("-infinity", "1 day", "-infinity");
  int64_t out = 0;
  mp_interval month = {1, 0, 0}, years = {INT32_MIN, 0, 0}, days = {0, INT32_MAX, 0};
  assert_int_equal(mp_timestamp_add(INT64_C(9223371331199999999), &month, &out),
                   MP_ENCODE);
  assert_int_equal(mp_timestamp_add(0, &years, &out), MP_ENCODE);
  assert_int_equal(mp_timestamp_add(0, &days, &out), MP_ENCODE);
  assert_int_equal(mp_timestamp_add(MP_TIMESTAMP_INFINITY, &minus_infinity, &out),
                   MP_BAD_ARGUMENT);
}

static void subtracts_timestamps_in_days(void **state) {
  (void)state;
  mp_interval out;
  assert_int_equal(mp_timestamp_difference(0, 90000 * SECOND, &out), MP_OK);
  assert_true(same(out, (mp_interval){0, -1, -3600 * SECOND}));
  assert_int_equal(mp_timestamp_difference(0, MP_TIMESTAMP_INFINITY, &out),
                   MP_BAD_ARGUMENT);
  assert_int_equal(mp_timestamp_difference(INT64_C(9223371331199999999),
                                           INT64_C(-211813488000000000), &out),
                   MP_ENCODE);
}

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static void survives_parts_and_text(void **state) {
  (void)state;
  const char *given = getenv("MP_SEED");
  uint64_t seed = (given != NULL ? strtoull(given, NULL, 10) : 20000101) | 1;
  print_message("MP_SEED=%llu\n", (unsigned long long)seed);
  for (int round = 0; round < ROUNDS; round++) {
    mp_interval value = {(int32_t)next_random(&seed), (int32_t)next_random(&seed),
                         (int64_t)(next_random(&seed) >> next_random(&seed) % 50)};
    mp_interval_parts parts;
    mp_interval back;
    char text[MP_INTERVAL_TEXT];
    mp_interval_to_parts(&value, &parts);
    assert_int_equal(mp_interval_from_parts(&parts, &back), MP_OK);
    assert_true(same(back, value));
    mp_interval_to_text(&value, text);
    assert_true(same(parse(text), value));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_what_the_server_writes),
      cmocka_unit_test(reads_the_styles_of_the_server),
      cmocka_unit_test(refuses_what_is_none),
      cmocka_unit_test(refuses_what_the_server_cannot_store),
      cmocka_unit_test(keeps_infinities),
      cmocka_unit_test(orders_as_the_server),
      cmocka_unit_test(refuses_arithmetic_beyond_its_range),
      cmocka_unit_test(moves_timestamps_as_the_server),
      cmocka_unit_test(subtracts_timestamps_in_days),
      cmocka_unit_test(survives_parts_and_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
