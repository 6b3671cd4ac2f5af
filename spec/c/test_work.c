/* test_work.c - worker threads: bounds of the lanes, order, holding, and ends after the
 * loop's. */
#include "loop/work.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum { JOBS = 12, LOOK_UPS_MAX = 8 };

typedef struct fixture {
  mp_loop *loop;
  sem_t gate, started, ended;
  pthread_mutex_t lock;
  int running, most, ran, done;
  bool is_over, blocks_signals;
  pthread_t done_on;
} fixture;

static int open_all(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  *state = self;
  sem_init(&self->gate, 0, 0);
  sem_init(&self->started, 0, 0);
  sem_init(&self->ended, 0, 0);
  pthread_mutex_init(&self->lock, NULL);
  return mp_loop_open(NULL, &self->loop);
}

static int close_all(void **state) {
  fixture *self = *state;
  if (self->loop != NULL) mp_loop_close(self->loop);
  sem_destroy(&self->gate);
  sem_destroy(&self->started);
  sem_destroy(&self->ended);
  pthread_mutex_destroy(&self->lock);
  free(self);
  return 0;
}

static void change(fixture *self, int by, bool blocks_signals) {
  pthread_mutex_lock(&self->lock);
  self->blocks_signals = blocks_signals;
  self->running += by;
  if (self->running > self->most) self->most = self->running;
  if (by > 0) self->ran++;
  pthread_mutex_unlock(&self->lock);
}

static void run_until_gate(void *data) {
  fixture *self = data;
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, NULL, &blocked);
  change(self, 1, sigismember(&blocked, SIGTERM) == 1);
  sem_post(&self->started);
  sem_wait(&self->gate);
  change(self, -1, true);
}

static void on_done(void *data) {
  fixture *self = data;
  self->done_on = pthread_self();
  self->done++;
  self->is_over = true;
}

static void on_done_late(void *data) {
  fixture *self = data;
  on_done(self);
  sem_post(&self->ended);
}

static void start(fixture *self, mp__lane lane, bool hold, mp_loop_cb done) {
  assert_int_equal(mp__work_start(self->loop, lane, hold, run_until_gate, done, self),
                   MP_OK);
}

static void runs_no_more_at_once_than_the_lane_allows(void **state) {
  fixture *self = *state;
  for (int i = 0; i < JOBS; i++) {
    start(self, MP__LANE_RESOLVE, true, on_done);
  }

  for (int i = 0; i < LOOK_UPS_MAX; i++) {
    sem_wait(&self->started);
  }
  for (int i = 0; i < JOBS; i++) {
    sem_post(&self->gate);
  }
  mp_loop_run(self->loop);

  assert_int_equal(self->done, JOBS);
  assert_int_equal(self->ran, JOBS);
  assert_int_equal(self->most, LOOK_UPS_MAX);
}

static void keeps_lanes_apart(void **state) {
  fixture *self = *state;
  for (int i = 0; i < LOOK_UPS_MAX; i++) {
    start(self, MP__LANE_RESOLVE, true, on_done);
  }
  start(self, MP__LANE_CONNECT, true, on_done);

  for (int i = 0; i < LOOK_UPS_MAX + 1; i++) {
    sem_wait(&self->started); /* all at once */
  }
  for (int i = 0; i < LOOK_UPS_MAX + 1; i++) {
    sem_post(&self->gate);
  }
  mp_loop_run(self->loop);

  assert_int_equal(self->most, LOOK_UPS_MAX + 1);
}

static void ends_on_the_loops_thread_and_takes_no_signals(void **state) {
  fixture *self = *state;
  start(self, MP__LANE_CONNECT, true, on_done);

  sem_post(&self->gate);
  mp_loop_run(self->loop);

  assert_true(pthread_equal(self->done_on, pthread_self()));
  assert_true(self->blocks_signals);
}

static void holds_the_loop_only_when_asked_to(void **state) {
  fixture *self = *state;
  start(self, MP__LANE_CONNECT, false, on_done_late);

  mp_loop_run(self->loop); /* returns although the job is under way */

  assert_int_equal(self->done, 0);
  sem_post(&self->gate);
  mp__loop_hold(self->loop);
  assert_true(mp_loop_run_until(self->loop, &self->is_over));
  mp__loop_unhold(self->loop);
}

static void ends_after_the_loop_when_that_is_closed_first(void **state) {
  fixture *self = *state;
  start(self, MP__LANE_CONNECT, false, on_done_late);
  start(self, MP__LANE_CONNECT, false, on_done_late); /* queued behind it */
  sem_wait(&self->started);

  mp_loop_close(self->loop);
  self->loop = NULL;
  assert_int_equal(self->done, 0);
  sem_post(&self->gate);
  sem_post(&self->gate);
  sem_wait(&self->ended);
  sem_wait(&self->ended);

  assert_int_equal(self->done, 2);
  assert_int_equal(self->ran, 2);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
  const struct CMUnitTest tests[] = {
      TEST(runs_no_more_at_once_than_the_lane_allows),
      TEST(keeps_lanes_apart),
      TEST(ends_on_the_loops_thread_and_takes_no_signals),
      TEST(holds_the_loop_only_when_asked_to),
      TEST(ends_after_the_loop_when_that_is_closed_first),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
