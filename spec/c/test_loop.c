/* test_loop.c - the loop: what is deferred, posts from threads, holding, a host's loop,
 * closing. */
#include "loop/loop.h"
#include "loop/timer.h"

#include <uv.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum { POSTERS = 4, POSTS = 25000 };

typedef struct fixture {
  mp_loop *loop;
  char order[64];
  size_t ran;
  mp__deferred first, second;
  mp__timer timer;
} fixture;

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

static void note(fixture *self, char what) {
  if (self->ran < sizeof(self->order) - 1) self->order[self->ran] = what;
  self->ran++;
}

static void note_a(void *data) {
  note(data, 'a');
}

static void note_b(void *data) {
  note(data, 'b');
}

static void runs_what_is_deferred_in_order_and_ends(void **state) {
  fixture *self = *state;
  mp__deferred_init(&self->first, note_a, self);
  mp__deferred_init(&self->second, note_b, self);

  mp__deferred_schedule(self->loop, &self->second);
  mp__deferred_schedule(self->loop, &self->first);
  mp__deferred_schedule(self->loop, &self->second);
  assert_int_equal(self->ran, 0);
  mp_loop_run(self->loop);

  assert_string_equal(self->order, "ba");
}

static void forgets_what_is_cancelled(void **state) {
  fixture *self = *state;
  mp__deferred_init(&self->first, note_a, self);
  mp__deferred_init(&self->second, note_b, self);
  mp__deferred_schedule(self->loop, &self->first);
  mp__deferred_schedule(self->loop, &self->second);

  mp__deferred_cancel(self->loop, &self->first);
  mp__deferred_cancel(self->loop, &self->first);
  mp_loop_run(self->loop);

  assert_string_equal(self->order, "b");
}

static void again_until_timer(void *data) {
  fixture *self = data;
  if (self->timer.active) mp__deferred_schedule(self->loop, &self->first);
  note(self, '.');
}

static void lets_timers_in_when_it_defers_itself_for_ever(void **state) {
  fixture *self = *state;
  mp__timer_init(&self->timer, note_a, self);
  mp__timer_start(self->loop, &self->timer, 10);
  mp__deferred_init(&self->first, again_until_timer, self);

  mp__deferred_schedule(self->loop, &self->first);
  mp_loop_run(self->loop);

  assert_false(self->timer.active);
}

static void unhold(void *data) {
  fixture *self = data;
  mp__loop_unhold(self->loop);
}

static void *post_many(void *data) {
  fixture *self = data;
  for (int i = 0; i < POSTS; i++) {
    if (mp_loop_post(self->loop, note_a, self) != MP_OK) abort();
  }
  if (mp_loop_post(self->loop, unhold, self) != MP_OK) abort();
  return NULL;
}

static void runs_each_post_of_each_thread_once(void **state) {
  fixture *self = *state;
  pthread_t threads[POSTERS];
  for (int i = 0; i < POSTERS; i++) {
    mp__loop_hold(self->loop);
    assert_int_equal(pthread_create(&threads[i], NULL, post_many, self), 0);
  }

  mp_loop_run(self->loop);

  for (int i = 0; i < POSTERS; i++) {
    pthread_join(threads[i], NULL);
  }
  assert_int_equal(self->ran, POSTERS * POSTS);
}

static void runs_posts_of_its_own_thread_before_it_ends(void **state) {
  fixture *self = *state;

  assert_int_equal(mp_loop_post(self->loop, note_a, self), MP_OK);
  assert_int_equal(mp_loop_post(self->loop, note_b, self), MP_OK);
  mp_loop_run(self->loop);

  assert_string_equal(self->order, "ab");
}

static void runs_posts_when_it_is_closed(void **state) {
  (void)state;
  fixture self = {0};
  assert_int_equal(mp_loop_open(NULL, &self.loop), MP_OK);

  assert_int_equal(mp_loop_post(self.loop, note_a, &self), MP_OK);
  mp_loop_close(self.loop);

  assert_string_equal(self.order, "a");
}

static void ends_what_is_left_when_it_is_closed(void **state) {
  (void)state;
  fixture self = {0};
  mp__deferred over;
  assert_int_equal(mp_loop_open(NULL, &self.loop), MP_OK);
  mp__deferred_init(&self.first, note_a, &self);
  mp__deferred_init(&self.second, note_b, &self);
  mp__deferred_init(&over, note_a, &self);

  mp__loop_at_close(self.loop, &self.first);
  mp__loop_at_close(self.loop, &over);
  mp__list_remove(&over.link);
  mp__deferred_schedule(self.loop, &self.second);
  mp_loop_close(self.loop);

  assert_string_equal(self.order, "ba");
}

static void stop(void *data) {
  fixture *self = data;
  assert_true(mp_loop_is_running(self->loop));
  mp_loop_stop(self->loop);
}

static void stops_while_something_is_under_way(void **state) {
  fixture *self = *state;
  mp__loop_hold(self->loop);
  assert_int_equal(mp_loop_post(self->loop, stop, self), MP_OK);

  mp_loop_run(self->loop);

  assert_false(mp_loop_is_running(self->loop));
  mp__loop_unhold(self->loop);
}

static void raise_flag(void *data) {
  *(bool *)data = true;
}

static void runs_until_a_flag_is_up(void **state) {
  fixture *self = *state;
  bool flag = false;
  mp__loop_hold(self->loop);
  mp__timer_init(&self->timer, raise_flag, &flag);
  mp__timer_start(self->loop, &self->timer, 1);

  bool is_up = mp_loop_run_until(self->loop, &flag);

  assert_true(is_up);
  mp__loop_unhold(self->loop);
  flag = false;
  assert_false(mp_loop_run_until(self->loop, &flag));
}

static void sees_a_flag_that_something_deferred_put_up(void **state) {
  fixture *self = *state;
  bool flag = false;
  mp__loop_hold(self->loop);
  mp__deferred_init(&self->first, raise_flag, &flag);
  mp__deferred_schedule(self->loop, &self->first);

  assert_true(mp_loop_run_until(self->loop, &flag));

  mp__loop_unhold(self->loop);
}

static void shares_a_hosts_loop(void **state) {
  (void)state;
  uv_loop_t host;
  fixture self = {0};
  assert_int_equal(uv_loop_init(&host), 0);
  assert_int_equal(mp_loop_open(&host, &self.loop), MP_OK);
  mp__deferred_init(&self.first, note_a, &self);
  mp__deferred_init(&self.second, note_b, &self);

  mp__deferred_schedule(self.loop, &self.first);
  assert_int_equal(uv_run(&host, UV_RUN_DEFAULT), 0);
  mp__deferred_schedule(self.loop, &self.second);
  mp_loop_run(self.loop);

  assert_string_equal(self.order, "ab");
  mp_loop_close(self.loop);
  assert_int_equal(uv_loop_close(&host), 0);
}

static void keeps_a_hosts_loop_going_while_held(void **state) {
  (void)state;
  uv_loop_t host;
  fixture self = {0};
  assert_int_equal(uv_loop_init(&host), 0);
  assert_int_equal(mp_loop_open(&host, &self.loop), MP_OK);

  assert_false(uv_loop_alive(&host));
  mp__loop_hold(self.loop);
  assert_true(uv_loop_alive(&host));
  mp__loop_unhold(self.loop);
  assert_false(uv_loop_alive(&host));

  mp_loop_close(self.loop);
  assert_int_equal(uv_loop_close(&host), 0);
}

static void close_now(void *data) {
  fixture *self = data;
  mp_loop_close(self->loop);
}

static void can_be_closed_by_its_own_callback(void **state) {
  (void)state;
  uv_loop_t host;
  fixture self = {0};
  assert_int_equal(uv_loop_init(&host), 0);
  assert_int_equal(mp_loop_open(&host, &self.loop), MP_OK);
  mp__deferred_init(&self.first, close_now, &self);
  mp__deferred_schedule(self.loop, &self.first);

  assert_int_equal(uv_run(&host, UV_RUN_DEFAULT), 0);

  assert_int_equal(uv_loop_close(&host), 0);
}

static void can_be_closed_by_a_callback_of_its_own_run(void **state) {
  (void)state;
  fixture self = {0};
  assert_int_equal(mp_loop_open(NULL, &self.loop), MP_OK);
  mp__deferred_init(&self.first, close_now, &self);
  mp__deferred_schedule(self.loop, &self.first);

  mp_loop_run(self.loop);

  assert_true(mp__list_is_empty(&self.first.link));
}

static void *check_elsewhere(void *data) {
  fixture *self = data;
  self->ran = mp_loop_check_caller(self->loop) == MP_WRONG_THREAD;
  return NULL;
}

static void knows_its_thread_and_process(void **state) {
  fixture *self = *state;
  pthread_t thread;
  int status = 0;

  assert_int_equal(mp_loop_check_caller(self->loop), MP_OK);
  assert_int_equal(pthread_create(&thread, NULL, check_elsewhere, self), 0);
  pthread_join(thread, NULL);
  assert_int_equal(self->ran, 1);
  pid_t child = fork();
  if (child == 0) {
    _exit(mp_loop_check_caller(self->loop) == MP_WRONG_PROCESS ? 0 : 1);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_loop, close_loop)
  const struct CMUnitTest tests[] = {
      TEST(runs_what_is_deferred_in_order_and_ends),
      TEST(forgets_what_is_cancelled),
      TEST(lets_timers_in_when_it_defers_itself_for_ever),
      TEST(runs_each_post_of_each_thread_once),
      TEST(runs_posts_of_its_own_thread_before_it_ends),
      cmocka_unit_test(runs_posts_when_it_is_closed),
      cmocka_unit_test(ends_what_is_left_when_it_is_closed),
      TEST(stops_while_something_is_under_way),
      TEST(runs_until_a_flag_is_up),
      TEST(sees_a_flag_that_something_deferred_put_up),
      cmocka_unit_test(shares_a_hosts_loop),
      cmocka_unit_test(keeps_a_hosts_loop_going_while_held),
      cmocka_unit_test(can_be_closed_by_its_own_callback),
      cmocka_unit_test(can_be_closed_by_a_callback_of_its_own_run),
      TEST(knows_its_thread_and_process),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
