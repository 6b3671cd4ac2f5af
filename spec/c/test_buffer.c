/* test_buffer.c - bytes that grow: text, formats, failure, taking. */
#include "base/alloc.h"
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

static void joins_text_bytes_and_formats(void **state) {
  (void)state;
  mp__buffer buffer = MP__BUFFER_INIT;

  mp__buffer_text(&buffer, "a");
  mp__buffer_append(&buffer, "\0b", 2);
  mp__buffer_format(&buffer, "%d-%s", 42, "c");

  assert_int_equal(buffer.length, 7);
  assert_memory_equal(buffer.data, "a\0b42-c", 8);
  mp__buffer_free(&buffer);
}

static void grows_beyond_any_first_size(void **state) {
  (void)state;
  mp__buffer buffer = MP__BUFFER_INIT;

  for (int i = 0; i < 100000; i++) {
    mp__buffer_format(&buffer, "%05d", i);
  }

  assert_false(buffer.failed);
  assert_int_equal(buffer.length, 500000);
  assert_string_equal(buffer.data + 499995, "99999");
  mp__buffer_free(&buffer);
}

static void gives_an_empty_string_when_nothing_came(void **state) {
  (void)state;
  mp__buffer buffer = MP__BUFFER_INIT;

  char *text = mp__buffer_take(&buffer);

  assert_string_equal(text, "");
  assert_null(buffer.data);
  mp__free(text);
}

static void remembers_that_an_append_failed(void **state) {
  (void)state;
  mp__buffer buffer = MP__BUFFER_INIT;
  mp__buffer_text(&buffer, "kept");

  mp__buffer_append(&buffer, "", SIZE_MAX);
  mp__buffer_text(&buffer, " lost");

  assert_true(buffer.failed);
  assert_int_equal(buffer.length, 4);
  assert_null(mp__buffer_take(&buffer));
  mp__buffer_free(&buffer);
}

static void starts_anew_after_clearing(void **state) {
  (void)state;
  mp__buffer buffer = MP__BUFFER_INIT;
  mp__buffer_text(&buffer, "old");

  mp__buffer_clear(&buffer);
  mp__buffer_text(&buffer, "new");

  char *text = mp__buffer_take(&buffer);
  assert_string_equal(text, "new");
  mp__free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(joins_text_bytes_and_formats),
      cmocka_unit_test(grows_beyond_any_first_size),
      cmocka_unit_test(gives_an_empty_string_when_nothing_came),
      cmocka_unit_test(remembers_that_an_append_failed),
      cmocka_unit_test(starts_anew_after_clearing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
