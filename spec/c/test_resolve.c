/* test_resolve.c - look-ups: found, unknown, shared, dropped, and left behind by a closed
 * loop. */
#include "loop/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

typedef struct fixture {
  mp_loop *loop;
  size_t calls, count, loopback;
  char reason[256];
  mp__resolve *other;
} fixture;

static int open_all(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  *state = self;
  return mp_loop_open(NULL, &self->loop);
}

static int close_all(void **state) {
  fixture *self = *state;
  mp_loop_close(self->loop);
  free(self);
  return 0;
}

static void on_resolved(void *data, char *const *addresses, size_t count,
                        const char *reason) {
  fixture *self = data;
  self->calls++;
  self->count = count;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(addresses[i], "127.0.0.1") == 0 || strcmp(addresses[i], "::1") == 0)
      self->loopback++;
  }
  if (reason != NULL) snprintf(self->reason, sizeof(self->reason), "%s", reason);
}

static void on_resolved_drop_other(void *data, char *const *addresses, size_t count,
                                   const char *reason) {
  fixture *self = data;
  on_resolved(data, addresses, count, reason);
  mp__resolve_drop(self->other);
}

static mp__resolve *start(fixture *self, const char *host, mp__resolve_cb fn) {
  mp__resolve *resolve = NULL;
  assert_int_equal(mp__resolve_start(self->loop, host, fn, self, &resolve), MP_OK);
  return resolve;
}

static void finds_this_machine_once_per_address(void **state) {
  fixture *self = *state;

  start(self, "localhost", on_resolved);
  assert_int_equal(self->calls, 0);
  mp_loop_run(self->loop);

  assert_int_equal(self->calls, 1);
  assert_true(self->count >= 1 && self->count <= 2);
  assert_int_equal(self->loopback, self->count);
}

static void says_why_a_name_is_unknown(void **state) {
  fixture *self = *state;

  start(self, "no such host", on_resolved);
  mp_loop_run(self->loop);

  assert_int_equal(self->calls, 1);
  assert_int_equal(self->count, 0);
  assert_true(strlen(self->reason) > 0);
}

static void answers_everybody_who_asks_for_one_name(void **state) {
  fixture *self = *state;

  for (int i = 0; i < 50; i++) {
    start(self, "localhost", on_resolved);
  }
  mp_loop_run(self->loop);

  assert_int_equal(self->calls, 50);
}

static void does_not_answer_who_has_dropped(void **state) {
  fixture *self = *state;
  mp__resolve *resolve = start(self, "localhost", on_resolved);

  mp__resolve_drop(resolve);
  mp_loop_run(self->loop);

  assert_int_equal(self->calls, 0);
}

static void lets_one_answer_drop_the_next(void **state) {
  fixture *self = *state;
  start(self, "localhost", on_resolved_drop_other);
  self->other = start(self, "localhost", on_resolved);

  mp_loop_run(self->loop);

  assert_int_equal(self->calls, 1);
}

/* Nothing to assert but that nothing is touched: the sanitizers watch. */
static void lets_the_loop_close_under_a_look_up(void **state) {
  (void)state;
  for (int i = 0; i < 50; i++) {
    fixture self = {0};
    assert_int_equal(mp_loop_open(NULL, &self.loop), MP_OK);
    mp__resolve_drop(start(&self, "localhost", on_resolved));
    start(&self, "no such host", on_resolved);
    mp_loop_close(self.loop);
    assert_int_equal(self.calls, 0);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
  const struct CMUnitTest tests[] = {
      TEST(finds_this_machine_once_per_address),
      TEST(says_why_a_name_is_unknown),
      TEST(answers_everybody_who_asks_for_one_name),
      TEST(does_not_answer_who_has_dropped),
      TEST(lets_one_answer_drop_the_next),
      cmocka_unit_test(lets_the_loop_close_under_a_look_up),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
