/* test_error.c - errors: kinds, fields, copies, and the one without memory. */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

static void is_named_by_its_status(void **state) {
  (void)state;
  mp_error *error = mp__error_new(MP_QUEUE_FULL, "%d tasks wait", 3);

  assert_string_equal(mp_error_kind(error), "queue_full");
  assert_string_equal(mp_error_message(error), "3 tasks wait");
  assert_string_equal(mp_error_sqlstate(error), "");
  assert_null(mp_error_get(error, MP_FIELD_HINT));
  assert_false(mp_error_is_retryable(error));
  mp_error_free(error);
}

static void is_named_by_the_servers_condition(void **state) {
  (void)state;
  mp_error *error = mp__error_new(MP_SERVER_ERROR, "duplicate key");

  mp__error_set_sqlstate(error, "23505");
  assert_string_equal(mp_error_kind(error), "unique_violation");
  mp__error_set_sqlstate(error, "ZZ999");
  assert_string_equal(mp_error_kind(error), "server_error");
  mp__error_set_sqlstate(error, "12");
  assert_string_equal(mp_error_sqlstate(error), "");
  mp_error_free(error);
}

static void keeps_the_status_over_the_sqlstate(void **state) {
  (void)state;
  mp_error *error = mp__error_new(MP_AUTH_FAILED, "no");

  mp__error_set_sqlstate(error, "28P01");

  assert_string_equal(mp_error_kind(error), "auth_failed");
  mp_error_free(error);
}

static void copies_everything(void **state) {
  (void)state;
  mp_error *error = mp__error_new(MP_SERVER_ERROR, "first");
  mp__error_set(error, MP_FIELD_DETAIL, "detail");
  mp__error_set(error, MP_FIELD_XID, "731");
  mp__error_set_sqlstate(error, "40001");
  mp__error_set_position(error, 8);
  mp__error_set_retryable(error, true);
  mp__error_set_in_transaction(error, true);

  mp_error *copy = mp_error_copy(error);
  mp_error_free(error);

  assert_string_equal(mp_error_message(copy), "first");
  assert_string_equal(mp_error_get(copy, MP_FIELD_DETAIL), "detail");
  assert_string_equal(mp_error_get(copy, MP_FIELD_XID), "731");
  assert_string_equal(mp_error_sqlstate(copy), "40001");
  assert_int_equal(mp_error_position(copy), 8);
  assert_true(mp_error_is_retryable(copy));
  assert_true(mp_error_in_transaction(copy));
  mp_error_free(copy);
}

static void changes_apart_from_its_copies(void **state) {
  (void)state;
  mp_error *error = mp__error_new(MP_CONNECTION_LOST, "first");
  mp__error_set(error, MP_FIELD_HINT, "wait");
  mp_error *copy = mp_error_copy(error), *second = mp_error_copy(error);

  mp__error_set_message(copy, "second: %s", mp_error_message(copy));
  mp__error_set(second, MP_FIELD_HINT, mp_error_get(second, MP_FIELD_HINT));
  mp__error_set(error, MP_FIELD_HINT, NULL);
  mp__error_set_status(second, MP_TIMEOUT);

  assert_string_equal(mp_error_message(error), "first");
  assert_null(mp_error_get(error, MP_FIELD_HINT));
  assert_string_equal(mp_error_message(copy), "second: first");
  assert_string_equal(mp_error_get(copy, MP_FIELD_HINT), "wait");
  mp_error_free(copy);
  assert_string_equal(mp_error_kind(error), "connection_lost");
  mp_error_free(error);
  assert_string_equal(mp_error_kind(second), "timeout");
  assert_string_equal(mp_error_message(second), "first");
  assert_string_equal(mp_error_get(second, MP_FIELD_HINT), "wait");
  mp_error_free(second);
}

static void can_quote_itself_in_a_new_message(void **state) {
  (void)state;
  mp_error *error = mp__error_new(MP_MIGRATION, "inner");

  mp__error_set_message(error, "outer: %s", mp_error_message(error));
  mp__error_set(error, MP_FIELD_HINT, "first");
  mp__error_set(error, MP_FIELD_HINT, mp_error_get(error, MP_FIELD_HINT));

  assert_string_equal(mp_error_message(error), "outer: inner");
  assert_string_equal(mp_error_get(error, MP_FIELD_HINT), "first");
  mp_error_free(error);
}

static void never_changes_the_error_without_memory(void **state) {
  (void)state;
  mp_error *error = mp__error_oom();

  mp__error_set(error, MP_FIELD_HINT, "hint");
  mp__error_set_message(error, "changed");
  mp__error_set_status(error, MP_TIMEOUT);
  mp__error_set_retryable(error, true);
  mp_error_free(error);

  assert_ptr_equal(mp_error_copy(error), error);
  assert_string_equal(mp_error_kind(error), "out_of_memory");
  assert_string_equal(mp_error_message(error), "out of memory");
  assert_null(mp_error_get(error, MP_FIELD_HINT));
  assert_false(mp_error_is_retryable(error));
}

static void names_every_status(void **state) {
  (void)state;

  assert_string_equal(mp_status_name(MP_OK), "ok");
  assert_string_equal(mp_status_name(MP_MIGRATION), "migration");
  assert_null(mp_status_name(1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_named_by_its_status),
      cmocka_unit_test(is_named_by_the_servers_condition),
      cmocka_unit_test(keeps_the_status_over_the_sqlstate),
      cmocka_unit_test(copies_everything),
      cmocka_unit_test(changes_apart_from_its_copies),
      cmocka_unit_test(can_quote_itself_in_a_new_message),
      cmocka_unit_test(never_changes_the_error_without_memory),
      cmocka_unit_test(names_every_status),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
