/* test_timer.c - timers: order, stopping, starting anew, never early, many. */
#include "loop/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum { MANY = 10000 };

typedef struct fixture {
  mp_loop *loop;
  char order[64];
  size_t fired, expected;
  uint64_t last_ms;
} fixture;

typedef struct alarm_clock {
  mp__timer timer;
  fixture *owner;
  char name;
  uint64_t started_ns, delay_ms;
} alarm_clock;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int open_loop(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  *state = self;
  return mp_loop_open(NULL, &self->loop);
}

static int close_loop(void **state) {
  fixture *self = *state;
  mp_loop_close(self->loop);
  free(self);
  return 0;
}

static void count_one(fixture *self) {
  if (++self->fired == self->expected) mp__loop_unhold(self->loop);
}

static void on_due(void *data) {
  alarm_clock *clock = data;
  assert_true(now_ns() - clock->started_ns >= clock->delay_ms * 1000000);
  assert_false(clock->timer.active);
  if (clock->owner->fired < 60) clock->owner->order[clock->owner->fired] = clock->name;
  count_one(clock->owner);
}

static void start(alarm_clock *clock, fixture *self, char name, uint64_t delay_ms) {
  clock->owner = self;
  clock->name = name;
  clock->delay_ms = delay_ms;
  clock->started_ns = now_ns();
  mp__timer_init(&clock->timer, on_due, clock);
  mp__timer_start(self->loop, &clock->timer, delay_ms);
}

/* Timers do not hold the loop, so the test does until `expected` have fired. */
static void run(fixture *self, size_t expected) {
  self->expected = expected;
  mp__loop_hold(self->loop);
  mp_loop_run(self->loop);
  assert_int_equal(self->fired, expected);
}

static void fires_in_order_of_time_and_start(void **state) {
  fixture *self = *state;
  alarm_clock clocks[5];

  start(&clocks[0], self, 'd', 12);
  start(&clocks[1], self, 'a', 0);
  start(&clocks[2], self, 'c', 6);
  start(&clocks[3], self, 'b', 2);
  start(&clocks[4], self, 'e', 18);
  run(self, 5);

  assert_string_equal(self->order, "abcde");
}

static void keeps_the_order_of_equal_times(void **state) {
  fixture *self = *state;
  alarm_clock clocks[5];

  for (int i = 0; i < 5; i++) {
    start(&clocks[i], self, (char)('a' + i), 0);
  }
  run(self, 5);

  assert_string_equal(self->order, "abcde");
}

static void forgets_a_stopped_timer(void **state) {
  fixture *self = *state;
  alarm_clock clocks[3];
  start(&clocks[0], self, 'a', 1);
  start(&clocks[1], self, 'b', 2);
  start(&clocks[2], self, 'c', 5);

  mp__timer_stop(self->loop, &clocks[1].timer);
  mp__timer_stop(self->loop, &clocks[1].timer);
  run(self, 2);

  assert_string_equal(self->order, "ac");
}

static void starts_a_running_timer_anew(void **state) {
  fixture *self = *state;
  alarm_clock clocks[2];
  start(&clocks[0], self, 'a', 1);
  start(&clocks[1], self, 'b', 4);

  clocks[0].started_ns = now_ns();
  clocks[0].delay_ms = 10;
  mp__timer_start(self->loop, &clocks[0].timer, 10);
  run(self, 2);

  assert_string_equal(self->order, "ba");
}

static void on_due_stop_other(void *data) {
  alarm_clock *clock = data;
  mp__timer_stop(clock->owner->loop, &clock[1].timer);
  count_one(clock->owner);
}

static void can_be_stopped_by_one_that_is_due_with_it(void **state) {
  fixture *self = *state;
  alarm_clock clocks[2], end;
  start(&clocks[0], self, 'a', 0);
  start(&clocks[1], self, 'b', 0);
  clocks[0].timer.fn = on_due_stop_other;

  start(&end, self, 'c', 3);
  run(self, 2);

  assert_int_equal(self->order[1], 'c');
}

static void on_due_again(void *data) {
  alarm_clock *clock = data;
  fixture *self = clock->owner;
  count_one(self);
  if (self->fired < self->expected) mp__timer_start(self->loop, &clock->timer, 0);
}

static void on_posted(void *data) {
  alarm_clock *clock = data;
  clock->owner->order[0] = clock->owner->fired < clock->owner->expected ? 'y' : 'n';
}

static void lets_others_in_when_it_starts_itself_at_once(void **state) {
  fixture *self = *state;
  alarm_clock clock;
  start(&clock, self, 'a', 0);
  clock.timer.fn = on_due_again;

  assert_int_equal(mp_loop_post(self->loop, on_posted, &clock), MP_OK);
  run(self, 1000);

  assert_string_equal(self->order, "y");
}

static void on_due_in_order(void *data) {
  alarm_clock *clock = data;
  fixture *self = clock->owner;
  assert_true(now_ns() - clock->started_ns >= clock->delay_ms * 1000000);
  assert_true(clock->timer.due_ms >= self->last_ms);
  self->last_ms = clock->timer.due_ms;
  count_one(self);
}

static void serves_ten_thousand_in_order_and_never_early(void **state) {
  fixture *self = *state;
  alarm_clock *clocks = calloc(MANY, sizeof(*clocks));
  const char *seed = getenv("MP_SEED");
  unsigned number =
      seed != NULL ? (unsigned)strtoul(seed, NULL, 10) : (unsigned)time(NULL);
  printf("MP_SEED=%u\n", number);
  srand(number);
  size_t stopped = 0;
  for (size_t i = 0; i < MANY; i++) {
    start(&clocks[i], self, 'x', (uint64_t)(1 + rand() % 100));
    clocks[i].timer.fn = on_due_in_order;
  }

  for (size_t i = 0; i < MANY; i++) {
    if (rand() % 4 != 0) continue;
    mp__timer_stop(self->loop, &clocks[i].timer);
    stopped++;
  }
  run(self, MANY - stopped);

  free(clocks);
}

static void does_not_hold_the_loop(void **state) {
  fixture *self = *state;
  alarm_clock clock;
  start(&clock, self, 'a', 60000);

  mp_loop_run(self->loop);

  assert_int_equal(self->fired, 0);
  mp__timer_stop(self->loop, &clock.timer);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_loop, close_loop)
  const struct CMUnitTest tests[] = {
      TEST(fires_in_order_of_time_and_start),
      TEST(keeps_the_order_of_equal_times),
      TEST(forgets_a_stopped_timer),
      TEST(starts_a_running_timer_anew),
      TEST(can_be_stopped_by_one_that_is_due_with_it),
      TEST(lets_others_in_when_it_starts_itself_at_once),
      TEST(serves_ten_thousand_in_order_and_never_early),
      TEST(does_not_hold_the_loop),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
