/* test_cancel.c - cancels that nobody answers: the loop, files and look-ups go on. */
#include "loop/loop.h"
#include "loop/timer.h"
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
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum {
  CANCELS = 64,
  WORKERS_MAX = 2,
  BEAT_MS = 10,
  GAP_MAX_MS = 100,
  WORK_MAX_MS = 200,
  ROUNDS = 100, /* of files and look-ups, at least */
  BEATS = 5     /* at least: all rounds may end within one beat */
};

/* A server's socket under another name, behind which a black hole can be put: whoever
 * connects to that is neither refused nor answered. */
typedef struct black_hole {
  char folder[32], path[64], url[128];
  int listener; /* -1: the server is there */
} black_hole;

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
  spec_db db;
  black_hole hole;
  pulse pulse;
  mp_statement *statement;
  mp_session *sessions[CANCELS];
  mp_operation *operations[CANCELS];
  outcome outs[CANCELS];
} fixture;

static void open_hole(black_hole *hole) {
  char server[108];
  snprintf(hole->folder, sizeof(hole->folder), "/tmp/mp-hole.XXXXXX");
  assert_non_null(mkdtemp(hole->folder));
  snprintf(hole->path, sizeof(hole->path), "%s/.s.PGSQL.5432", hole->folder);
  snprintf(server, sizeof(server), "%s/.s.PGSQL.%s", getenv("PGHOST"), getenv("PGPORT"));
  assert_int_equal(symlink(server, hole->path), 0);
  snprintf(hole->url, sizeof(hole->url), "postgresql://%s@/%s?host=%s&port=5432",
           getenv("PGUSER"), getenv("PGDATABASE"), hole->folder);
  hole->listener = -1;
}

/* It takes one connection into its queue, and lets the next wait in connect. */
static void fall_silent(black_hole *hole) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  snprintf(at.sun_path, sizeof(at.sun_path), "%s", hole->path);
  assert_int_equal(unlink(hole->path), 0);
  hole->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  assert_int_equal(bind(hole->listener, (struct sockaddr *)&at, sizeof(at)), 0);
  assert_int_equal(listen(hole->listener, 0), 0);
}

static void close_hole(black_hole *hole) {
  if (hole->listener >= 0) close(hole->listener);
  unlink(hole->path);
  rmdir(hole->folder);
}

/* How many have come: those who wait in connect get in as others are let out. */
static size_t count_fallen(black_hole *hole) {
  struct timeval moment = {0, 200000};
  size_t fallen = 0;
  int client, taken[CANCELS];
  fd_set set;
  for (;;) {
    FD_ZERO(&set);
    FD_SET(hole->listener, &set);
    if (select(hole->listener + 1, &set, NULL, NULL, &moment) <= 0) break;
    client = accept(hole->listener, NULL, NULL);
    if (client < 0 || fallen == CANCELS) break;
    taken[fallen++] = client;
  }
  for (size_t i = 0; i < fallen; i++)
    close(taken[i]);
  return fallen;
}

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
  query(&self->db,
        "select count(*) from pg_stat_activity where state = 'active' and "
        "query like '%in the hole%' and pid <> pg_backend_pid()",
        &out);
  size_t count = strtoul(cell(&out), NULL, 10);
  outcome_free(&out);
  return count;
}

static void run_statements(fixture *self) {
  self->statement = statement_of(&self->db, "select pg_sleep(60), 'in the hole'");
  for (int i = 0; i < CANCELS; i++) {
    outcome opened = {0};
    session_open(&self->db, &opened);
    assert_int_equal(opened.status, MP_OK);
    self->sessions[i] = opened.session;
    self->operations[i] = mp_session_execute(self->sessions[i], self->statement, NULL,
                                             on_result, &self->outs[i]);
    assert_non_null(self->operations[i]);
  }
  while (count_running(self) < CANCELS) {
  }
}

static int open_all(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = CANCELS + 1;
  open_hole(&self->hole);
  database_open(&self->db, self->hole.url, &pool);
  *state = self;
  return 0;
}

static int close_all(void **state) {
  fixture *self = *state;
  for (int i = 0; i < CANCELS; i++) {
    if (self->sessions[i] != NULL) mp_session_close(self->sessions[i]);
  }
  mp_statement_release(self->statement);
  close_hole(&self->hole);
  database_close(&self->db);
  free(self);
  return 0;
}

static void leaves_files_and_look_ups_their_threads(void **state) {
  fixture *self = *state;
  run_statements(self);
  start_pulse(&self->pulse, self->db.loop);
  finish_pulse(&self->pulse);
  size_t threads = count_threads(); /* those of files and look-ups are there */
  fall_silent(&self->hole);

  start_pulse(&self->pulse, self->db.loop);
  for (int i = 0; i < CANCELS; i++) {
    mp_operation_cancel(self->operations[i], MP_TIMEOUT);
  }
  for (int i = 0; i < CANCELS; i++) {
    wait_for(&self->db, &self->outs[i]);
  }
  finish_pulse(&self->pulse);

  printf("%d cancels: beats at most %.1f ms apart, files and look-ups in %.1f ms\n",
         CANCELS, (double)self->pulse.longest_gap_us / 1000,
         (double)self->pulse.longest_work_us / 1000);
  assert_in_range(self->pulse.longest_gap_us, 0, GAP_MAX_MS * 1000);
  assert_in_range(self->pulse.longest_work_us, 0, WORK_MAX_MS * 1000);
  assert_in_range(self->pulse.threads_max, threads + 1, threads + WORKERS_MAX);
  assert_in_range(count_fallen(&self->hole), 1, WORKERS_MAX);
  for (int i = 0; i < CANCELS; i++) {
    assert_int_equal(self->outs[i].status, MP_TIMEOUT);
    assert_int_equal(self->outs[i].count, 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(leaves_files_and_look_ups_their_threads, open_all,
                                      close_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
