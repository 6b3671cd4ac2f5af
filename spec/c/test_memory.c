/* test_memory.c - blocks of a Lua state: kept, moved, bounded, given back. */
#include "script/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

static void keeps_what_a_block_holds_when_it_changes(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 16, 17, 900, 1024, 1025, 70000, 2000, 1000, 24, 3};
  mp__memory memory = {0};
  size_t size = 0;
  unsigned char *block = NULL;

  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
    size_t shared = size < sizes[i] ? size : sizes[i];
    block = mp__memory_change(&memory, block, size, sizes[i]);
    assert_non_null(block);
    for (size_t at = 0; at < shared; at++)
      assert_int_equal(block[at], (unsigned char)(at * 7));
    for (size_t at = 0; at < sizes[i]; at++)
      block[at] = (unsigned char)(at * 7);
    size = sizes[i];
  }

  assert_null(mp__memory_change(&memory, block, size, 0));
  mp__memory_clear(&memory);
}

static void refuses_what_does_not_fit_and_keeps_the_block(void **state) {
  (void)state;
  mp__memory memory = {0};
  char *block = mp__memory_change(&memory, NULL, 0, 100);
  strcpy(block, "kept");

  assert_null(mp__memory_change(&memory, block, 100, PTRDIFF_MAX));

  assert_string_equal(block, "kept");
  mp__memory_change(&memory, block, 100, 0);
  mp__memory_clear(&memory);
}

static void keeps_a_bounded_amount(void **state) {
  (void)state;
  enum { BLOCKS = 20000, SIZE = 1024 };
  static void *blocks[BLOCKS];
  mp__memory memory = {0};

  for (size_t i = 0; i < BLOCKS; i++)
    blocks[i] = mp__memory_change(&memory, NULL, 0, SIZE);
  for (size_t i = 0; i < BLOCKS; i++)
    mp__memory_change(&memory, blocks[i], SIZE, 0);

  assert_true(memory.kept < (size_t)BLOCKS * SIZE / 2);
  mp__memory_clear(&memory);
  assert_int_equal(memory.kept, 0);
}

static void takes_no_memory_for_nothing(void **state) {
  (void)state;
  mp__memory memory = {0};

  assert_null(mp__memory_change(&memory, NULL, 0, 0));
  assert_int_equal(memory.kept, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keeps_what_a_block_holds_when_it_changes),
      cmocka_unit_test(refuses_what_does_not_fit_and_keeps_the_block),
      cmocka_unit_test(keeps_a_bounded_amount),
      cmocka_unit_test(takes_no_memory_for_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
