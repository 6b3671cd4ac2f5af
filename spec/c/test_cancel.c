/* test_cancel.c - cancels that nobody answers: they harm nobody else, and end in time. */
#include "loop/loop.h"
#include "loop/timer.h"
#include "pg/cancel_key.h"
#include "support/black_hole.h"
#include "support/database.h"

#include <uv.h>

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum {
  CANCELS = 64,
  BEAT_MS = 10,
  GAP_MAX_MS = 100,
  WORK_MAX_MS = 200,
  ROUNDS = 100, /* of files and look-ups, at least */
  BEATS = 5,    /* at least: all rounds may end within one beat */
  PROMPT_MS = 200,
  BOUND_MS = 5000,
  SLACK_MS = 1000
};

/* Files and look-ups, one after the other, and a clock that ticks. */
typedef struct pulse {
  mp_loop *loop;
  uv_fs_t stat;
  uv_getaddrinfo_t look_up;
  mp__timer beat;
  uint64_t work_begun_us, last_beat_us, longest_gap_us, longest_work_us;
  size_t rounds, beats, threads_max;
  bool has_ended;
} pulse;

typedef struct fixture {
  spec_db db, healthy;
  black_hole hole;
  pulse pulse;
  mp_statement *statement;
  size_t count;
  mp_session *sessions[CANCELS];
  mp_operation *operations[CANCELS];
  outcome outs[CANCELS];
} fixture;

static size_t count_threads(void) {
  size_t count = 0;
  DIR *tasks = opendir("/proc/self/task");
  assert_non_null(tasks);
  for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks)) {
    if (entry->d_name[0] != '.') count++;
  }
  closedir(tasks);
  return count;
}

static void keep_longest(uint64_t *longest, uint64_t since) {
  uint64_t took = mp__clock_us() - since;
  if (took > *longest) *longest = took;
}

static void start_stat(pulse *self);

static void on_looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *found) {
  pulse *self = request->data;
  assert_int_equal(status, 0);
  uv_freeaddrinfo(found);
  keep_longest(&self->longest_work_us, self->work_begun_us);
  if (self->rounds > 0) self->rounds--;
  self->has_ended = self->rounds == 0 && self->beats >= BEATS;
  if (!self->has_ended) start_stat(self);
}

static void on_stat(uv_fs_t *request) {
  pulse *self = request->data;
  assert_int_equal(request->result, 0);
  uv_fs_req_cleanup(request);
  keep_longest(&self->longest_work_us, self->work_begun_us);
  self->work_begun_us = mp__clock_us();
  assert_int_equal(uv_getaddrinfo(mp__loop_uv(self->loop), &self->look_up, on_looked_up,
                                  "localhost", NULL, NULL),
                   0);
}

static void start_stat(pulse *self) {
  self->work_begun_us = mp__clock_us();
  assert_int_equal(uv_fs_stat(mp__loop_uv(self->loop), &self->stat, "/", on_stat), 0);
}

static void on_beat(void *data) {
  pulse *self = data;
  size_t threads = count_threads();
  if (threads > self->threads_max) self->threads_max = threads;
  keep_longest(&self->longest_gap_us, self->last_beat_us);
  self->last_beat_us = mp__clock_us();
  self->beats++;
  mp__timer_start(self->loop, &self->beat, BEAT_MS);
}

static void start_pulse(pulse *self, mp_loop *loop) {
  memset(self, 0, sizeof(*self));
  self->loop = loop;
  self->rounds = ROUNDS;
  self->stat.data = self->look_up.data = self;
  self->last_beat_us = mp__clock_us();
  mp__timer_init(&self->beat, on_beat, self);
  mp__timer_start(loop, &self->beat, BEAT_MS);
  start_stat(self);
}

static void finish_pulse(pulse *self) {
  mp__loop_hold(self->loop);
  assert_true(mp_loop_run_until(self->loop, &self->has_ended));
  mp__loop_unhold(self->loop);
  mp__timer_stop(self->loop, &self->beat);
}

static size_t count_running(fixture *self) {
  outcome out = {0};
  char sql[160];
  snprintf(sql, sizeof(sql),
           "select count(*) from pg_stat_activity where state = 'active' and "
           "application_name = '%s'",
           self->hole.folder);
  query(&self->healthy, sql, &out);
  size_t count = strtoul(cell(&out), NULL, 10);
  outcome_free(&out);
  return count;
}

static void wait_until_running(fixture *self, size_t count) {
  while (count_running(self) != count) {
  }
}

static void run_statements(fixture *self, const char *sql, size_t count) {
  self->statement = statement_of(&self->db, sql);
  self->count = count;
  for (size_t i = 0; i < count; i++) {
    outcome opened = {0};
    session_open(&self->db, &opened);
    assert_int_equal(opened.status, MP_OK);
    self->sessions[i] = opened.session;
    self->operations[i] = mp_session_execute(self->sessions[i], self->statement, NULL,
                                             on_result, &self->outs[i]);
    assert_non_null(self->operations[i]);
  }
  wait_until_running(self, count);
}

/* Those who wait for them are told at once. */
static void cancel_all(fixture *self) {
  for (size_t i = 0; i < self->count; i++) {
    mp_operation_cancel(self->operations[i], MP_TIMEOUT);
  }
  for (size_t i = 0; i < self->count; i++) {
    wait_for(&self->db, &self->outs[i]);
    assert_int_equal(self->outs[i].status, MP_TIMEOUT);
    assert_int_equal(self->outs[i].count, 1);
  }
}

static size_t count_idle(const spec_db *db) {
  mp_pool_stats stats;
  mp_pool_get_stats(mp_engine_pool(db->engine), &stats);
  return stats.idle;
}

static int open_all(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = CANCELS + 1;
  black_hole_open(&self->hole);
  database_open(&self->db, self->hole.url, &pool);
  database_open_beside(&self->healthy, &self->db);
  *state = self;
  return 0;
}

static int close_all(void **state) {
  fixture *self = *state;
  for (int i = 0; i < CANCELS; i++) {
    if (self->sessions[i] != NULL) mp_session_close(self->sessions[i]);
  }
  mp_statement_release(self->statement);
  black_hole_close(&self->hole);
  database_close_beside(&self->healthy);
  database_close(&self->db);
  free(self);
  return 0;
}

static void leave_files_and_look_ups_their_threads(void **state) {
  fixture *self = *state;
  run_statements(self, "select pg_sleep(60)", CANCELS);
  start_pulse(&self->pulse, self->db.loop);
  finish_pulse(&self->pulse);
  size_t threads = count_threads(); /* those of files and look-ups are there */
  black_hole_fall_silent(&self->hole);

  start_pulse(&self->pulse, self->db.loop);
  cancel_all(self);
  finish_pulse(&self->pulse);

  printf("%d cancels: beats at most %.1f ms apart, files and look-ups in %.1f ms\n",
         CANCELS, (double)self->pulse.longest_gap_us / 1000,
         (double)self->pulse.longest_work_us / 1000);
  assert_in_range(self->pulse.longest_gap_us, 0, GAP_MAX_MS * 1000);
  assert_in_range(self->pulse.longest_work_us, 0, WORK_MAX_MS * 1000);
  assert_int_equal(self->pulse.threads_max, threads);
  assert_in_range(black_hole_let_out(&self->hole), 1, CANCELS);
}

static void keep_no_other_waiting(void **state) {
  fixture *self = *state;
  spec_db *healthy = &self->healthy;
  outcome opened = {0}, stopped = {0}, next = {0};
  session_open(healthy, &opened);
  mp_statement *sleep = statement_of(healthy, "select pg_sleep(60)");
  mp_operation *operation =
      mp_session_execute(opened.session, sleep, NULL, on_result, &stopped);
  run_statements(self, "select pg_sleep(60)", 2);
  black_hole_fall_silent(&self->hole);
  cancel_all(self);

  uint64_t begun_us = mp__clock_us();
  mp_operation_cancel(operation, MP_TIMEOUT);
  session_query(healthy, opened.session, "select 1", &next);
  uint64_t took_us = mp__clock_us() - begun_us;

  printf("a cancel beside two that nobody answers: over in %.1f ms\n",
         (double)took_us / 1000);
  assert_int_equal(stopped.status, MP_TIMEOUT);
  assert_int_equal(next.status, MP_OK);
  assert_in_range(took_us, 0, PROMPT_MS * 1000);
  outcome_free(&next);
  mp_statement_release(sleep);
  mp_session_close(opened.session);
}

/* One is let into the queue, and may be read at any time: its connection must not take
 * another statement. The other never comes so far. */
static void are_given_up_in_bounded_time(void **state) {
  fixture *self = *state;
  outcome nexts[2] = {0};
  run_statements(self, "select pg_sleep(0.2)", 2);
  mp_statement *next = statement_of(&self->db, "select 1");
  black_hole_fall_silent(&self->hole);
  uint64_t begun_us = mp__clock_us();
  cancel_all(self);

  for (int i = 0; i < 2; i++) {
    assert_non_null(
        mp_session_execute(self->sessions[i], next, NULL, on_result, &nexts[i]));
  }
  wait_until_running(self, 0);
  assert_false(nexts[0].done || nexts[1].done);
  for (int i = 0; i < 2; i++) {
    wait_for(&self->db, &nexts[i]);
  }
  uint64_t took_ms = (mp__clock_us() - begun_us) / 1000;

  assert_in_range(took_ms, BOUND_MS - 1, BOUND_MS + SLACK_MS);
  assert_int_equal(nexts[0].status, MP_CONNECTION_LOST);
  assert_non_null(strstr(nexts[0].message, "a cancel was not answered"));
  assert_int_equal(nexts[1].status, MP_OK);
  outcome_free(&nexts[1]);
  mp_statement_release(next);
}

static void keep_their_connections_from_the_pool_until_they_are_over(void **state) {
  fixture *self = *state;
  run_statements(self, "select pg_sleep(0.2)", 1);
  black_hole_fall_silent(&self->hole);
  cancel_all(self);
  mp_session_close(self->sessions[0]);
  self->sessions[0] = NULL;

  wait_until_running(self, 0);
  start_pulse(&self->pulse, self->db.loop);
  finish_pulse(&self->pulse);
  assert_int_equal(count_idle(&self->db), 0);
  assert_int_equal(black_hole_let_out(&self->hole), 1);
  mp_loop_run(self->db.loop);

  assert_int_equal(count_idle(&self->db), 1);
}

static void find_the_last_key_of_their_session(void **state) {
  uint32_t key = 0;
  (void)state;

  assert_true(mp__cancel_key_find("B\t25\tParameterStatus\t \"a\" \"b\"\n"
                                  "B\t12\tBackendKeyData\t 7 1\n"
                                  "B\t12\tBackendKeyData\t 7 -2\n"
                                  "B\t12\tBackendKeyData\t 8 3\n"
                                  "B\t5\tReadyForQuery\t I\n",
                                  7, &key));

  assert_int_equal(key, UINT32_MAX - 1);
  assert_false(mp__cancel_key_find("", 7, &key));
  assert_false(mp__cancel_key_find("B\t12\tBackendKeyData\t 8 3\n", 7, &key));
  assert_false(mp__cancel_key_find("B\t12\tBackendKeyData\t 7", 7, &key));
  assert_false(mp__cancel_key_find("B\t40\tBackendKeyData\t 7 'abc'\n", 7, &key));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
  const struct CMUnitTest tests[] = {
      TEST(leave_files_and_look_ups_their_threads),
      TEST(keep_no_other_waiting),
      TEST(are_given_up_in_bounded_time),
      TEST(keep_their_connections_from_the_pool_until_they_are_over),
      cmocka_unit_test(find_the_last_key_of_their_session),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
