/* test_list.c - the intrusive list: order, removal, moving. */
#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

typedef struct item {
  int number;
  mp__link link;
} item;

static void assert_numbers(const mp__link *list, const char *expected) {
  char text[64] = "";
  for (const mp__link *link = list->next; link != list; link = link->next) {
    item *member = MP__CONTAINER((uintptr_t)link, item, link);
    size_t used = strlen(text);
    snprintf(text + used, sizeof(text) - used, "%d", member->number);
  }
  assert_string_equal(text, expected);
}

static void fill(mp__link *list, item *items, int first, int count) {
  mp__list_init(list);
  for (int i = 0; i < count; i++) {
    items[i].number = first + i;
    mp__list_push_back(list, &items[i].link);
  }
}

static void keeps_the_order_of_arrival(void **state) {
  (void)state;
  mp__link list;
  item items[3], early = {.number = 0};

  fill(&list, items, 1, 3);
  mp__list_push_front(&list, &early.link);

  assert_numbers(&list, "0123");
  assert_ptr_equal(mp__list_first(&list), &early.link);
  assert_ptr_equal(mp__list_last(&list), &items[2].link);
}

static void removes_from_the_middle_and_twice(void **state) {
  (void)state;
  mp__link list;
  item items[3];
  fill(&list, items, 1, 3);

  mp__list_remove(&items[1].link);
  mp__list_remove(&items[1].link);

  assert_numbers(&list, "13");
  assert_true(mp__list_is_empty(&items[1].link));
}

static void gives_nothing_when_empty(void **state) {
  (void)state;
  mp__link list;

  mp__list_init(&list);

  assert_true(mp__list_is_empty(&list));
  assert_null(mp__list_first(&list));
  assert_null(mp__list_last(&list));
  assert_null(mp__list_pop_front(&list));
}

static void moves_all_behind_the_others(void **state) {
  (void)state;
  mp__link from, to;
  item left[2], right[2];
  fill(&to, left, 1, 2);
  fill(&from, right, 3, 2);

  mp__list_move_all(&from, &to);
  mp__list_move_all(&from, &to);

  assert_numbers(&to, "1234");
  assert_true(mp__list_is_empty(&from));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keeps_the_order_of_arrival),
      cmocka_unit_test(removes_from_the_middle_and_twice),
      cmocka_unit_test(gives_nothing_when_empty),
      cmocka_unit_test(moves_all_behind_the_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
