/* test_map.c - the hash map against a plain array, at random. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum { KEYS = 2000, ROUNDS = 200000 };

static void finds_nothing_in_an_empty_map(void **state) {
  (void)state;
  mp__map *map = mp__map_new();

  assert_null(mp__map_get(map, "a", 1));
  assert_null(mp__map_remove(map, "a", 1));
  assert_int_equal(mp__map_count(map), 0);

  mp__map_free(map);
}

static void tells_keys_apart_by_every_byte(void **state) {
  (void)state;
  mp__map *map = mp__map_new();
  int a = 1, b = 2, c = 3, d = 4;

  assert_int_equal(mp__map_put(map, "x\0y", 3, &a), MP_OK);
  assert_int_equal(mp__map_put(map, "x\0z", 3, &b), MP_OK);
  assert_int_equal(mp__map_put(map, "x", 1, &c), MP_OK);
  assert_int_equal(mp__map_put(map, "", 0, &d), MP_OK);

  assert_ptr_equal(mp__map_get(map, "x\0y", 3), &a);
  assert_ptr_equal(mp__map_get(map, "x\0z", 3), &b);
  assert_ptr_equal(mp__map_get(map, "x", 1), &c);
  assert_ptr_equal(mp__map_get(map, "", 0), &d);
  mp__map_free(map);
}

static void replaces_an_equal_key(void **state) {
  (void)state;
  mp__map *map = mp__map_new();
  int a = 1, b = 2;

  assert_int_equal(mp__map_put(map, "select 1", 8, &a), MP_OK);
  assert_int_equal(mp__map_put(map, "select 1", 8, &b), MP_OK);

  assert_int_equal(mp__map_count(map), 1);
  assert_ptr_equal(mp__map_remove(map, "select 1", 8), &b);
  assert_int_equal(mp__map_count(map), 0);
  mp__map_free(map);
}

static unsigned seed_from_environment(void) {
  const char *text = getenv("MP_SEED");
  unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 10) : (unsigned)time(NULL);
  printf("MP_SEED=%u\n", seed);
  return seed;
}

static void agrees_with_an_array(void **state) {
  (void)state;
  static char keys[KEYS][16];
  static bool present[KEYS];
  size_t count = 0;
  mp__map *map = mp__map_new();
  srand(seed_from_environment());
  for (int i = 0; i < KEYS; i++) {
    snprintf(keys[i], sizeof(keys[i]), "key %d", i);
  }

  for (int round = 0; round < ROUNDS; round++) {
    int i = rand() % KEYS;
    size_t length = strlen(keys[i]);
    void *expected = present[i] ? keys[i] : NULL;
    if (rand() % 2 == 0) {
      assert_int_equal(mp__map_put(map, keys[i], length, keys[i]), MP_OK);
      count += present[i] ? 0 : 1;
      present[i] = true;
    } else {
      assert_ptr_equal(mp__map_remove(map, keys[i], length), expected);
      count -= present[i] ? 1 : 0;
      present[i] = false;
    }
    assert_int_equal(mp__map_count(map), count);
  }

  for (int i = 0; i < KEYS; i++) {
    void *expected = present[i] ? keys[i] : NULL;
    assert_ptr_equal(mp__map_get(map, keys[i], strlen(keys[i])), expected);
  }
  mp__map_free(map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds_nothing_in_an_empty_map),
      cmocka_unit_test(tells_keys_apart_by_every_byte),
      cmocka_unit_test(replaces_an_equal_key),
      cmocka_unit_test(agrees_with_an_array),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
