/* test_pool.c - lending in order, bounds that hold, and patience with a server that is
 * away. */
#include "support/database.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static mp_pool_options pool_of(uint32_t max) {
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = max;
  return pool;
}

static mp_pool_stats stats_of(spec_db *db) {
  mp_pool_stats stats;
  mp_pool_get_stats(mp_engine_pool(db->engine), &stats);
  return stats;
}

/* Remembers the order in which its callers were served. */
typedef struct spec_turn {
  int number;
  int *served, *order;
} spec_turn;

static void on_turn(mp_result *result, const mp_error *error, void *data) {
  spec_turn *turn = data;
  assert_null(error);
  mp_result_free(result);
  turn->order[(*turn->served)++] = turn->number;
}

static void serves_in_order_of_arrival(void **state) {
  (void)state;
  enum { COUNT = 300 };
  static spec_turn turns[COUNT];
  static int order[COUNT];
  int served = 0;
  spec_db db;
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);
  mp_statement *statement = statement_of(&db, "select 1");

  for (int i = 0; i < COUNT; i++) {
    turns[i] = (spec_turn){i, &served, order};
    assert_non_null(mp_engine_execute(db.engine, statement, NULL, on_turn, &turns[i]));
  }
  mp_loop_run(db.loop);

  assert_int_equal(served, COUNT);
  for (int i = 0; i < COUNT; i++)
    assert_int_equal(order[i], i);
  mp_statement_release(statement);
  database_close(&db);
}

static void tells_what_it_waited_for(void **state) {
  (void)state;
  spec_db db;
  outcome holder = {0}, waiter = {0};
  mp_pool_options pool = pool_of(1);
  pool.acquire_timeout_ms = 50;
  database_open(&db, NULL, &pool);
  session_open(&db, &holder);
  uint64_t begun = mp_loop_now_ms(db.loop);

  query(&db, "select 1", &waiter);

  uint64_t waited = mp_loop_now_ms(db.loop) - begun;
  assert_string_equal(waiter.kind, "acquire_timeout");
  assert_non_null(strstr(waiter.message, "max 1, 1 in use"));
  assert_true(waited >= 50 && waited < 500);
  assert_int_equal(stats_of(&db).waiting, 0);
  mp_session_close(holder.session);
  query(&db, "select 'free'", &waiter);
  assert_string_equal(cell(&waiter), "free");
  outcome_free(&waiter);
  database_close(&db);
}

static void refuses_more_waiters_than_it_was_told(void **state) {
  (void)state;
  enum { COUNT = 30 };
  static outcome outs[COUNT];
  memset(outs, 0, sizeof(outs));
  spec_db db;
  outcome holder = {0};
  mp_pool_options pool = pool_of(1);
  pool.max_waiters = 10;
  database_open(&db, NULL, &pool);
  session_open(&db, &holder);
  mp_statement *statement = statement_of(&db, "select 1");
  for (int i = 0; i < COUNT; i++) {
    assert_non_null(mp_engine_execute(db.engine, statement, NULL, on_result, &outs[i]));
  }
  wait_for(&db, &outs[COUNT - 1]);
  mp_session_close(holder.session);
  mp_loop_run(db.loop);

  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(outs[i].count, 1);
    assert_int_equal(outs[i].status, i < 10 ? MP_OK : MP_QUEUE_FULL);
    outcome_free(&outs[i]);
  }
  mp_statement_release(statement);
  database_close(&db);
}

static void keeps_its_minimum_open(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  mp_pool_options pool = pool_of(5);
  pool.min = 3;
  database_open(&db, NULL, &pool);

  do
    query(&db, "select 1", &out), outcome_free(&out);
  while (stats_of(&db).connected < 3);

  assert_int_equal(stats_of(&db).total, 3);
  database_close(&db);
}

static void fails_at_once_for_a_missing_database(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  database_open(&db, "dbname=there_is_no_such_database", NULL);
  uint64_t begun = mp_loop_now_ms(db.loop);

  query(&db, "select 1", &out);

  if (out.sqlstate[0] != '\0') assert_string_equal(out.sqlstate, "3D000");
  assert_string_equal(out.kind, "connect_failed");
  assert_true(mp_loop_now_ms(db.loop) - begun < 2000);
  database_close(&db);
}

/* A listener on loopback that says nothing, or hangs up at once; counts who came. */
typedef struct spec_listener {
  int fd;
  char url[64];
  bool hangs_up;
  atomic_int accepted;
  pthread_t thread;
} spec_listener;

static void *hang_up(void *data) {
  spec_listener *listener = data;
  int fd;
  while ((fd = accept(listener->fd, NULL, NULL)) >= 0) {
    atomic_fetch_add(&listener->accepted, 1);
    close(fd);
  }
  return NULL;
}

static void listener_open(spec_listener *listener, bool hangs_up) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof(address);
  listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(listener->fd, (struct sockaddr *)&address, sizeof(address)), 0);
  assert_int_equal(listen(listener->fd, 128), 0);
  assert_int_equal(getsockname(listener->fd, (struct sockaddr *)&address, &length), 0);
  snprintf(listener->url, sizeof(listener->url), "postgresql://127.0.0.1:%d/app",
           ntohs(address.sin_port));
  atomic_init(&listener->accepted, 0);
  listener->hangs_up = hangs_up;
  if (hangs_up)
    assert_int_equal(pthread_create(&listener->thread, NULL, hang_up, listener), 0);
}

static void listener_close(spec_listener *listener) {
  shutdown(listener->fd, SHUT_RDWR);
  close(listener->fd);
  if (listener->hangs_up) pthread_join(listener->thread, NULL);
}

static void gives_up_on_a_silent_server(void **state) {
  (void)state;
  spec_listener silent;
  outcome out = {0};
  mp_loop *loop = NULL;
  mp_engine *engine = NULL;
  mp_error *error = NULL;
  listener_open(&silent, false);
  assert_int_equal(mp_loop_open(NULL, &loop), MP_OK);
  mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
  options.url = silent.url;
  options.connect_timeout_ms = 200;
  assert_int_equal(mp_engine_open(loop, &options, &engine, &error), MP_OK);
  spec_db db = {loop, engine};
  uint64_t begun = mp_loop_now_ms(loop);

  query(&db, "select 1", &out);

  uint64_t waited = mp_loop_now_ms(loop) - begun;
  assert_string_equal(out.kind, "connect_timeout");
  assert_true(waited >= 200 && waited < 700);
  database_close(&db);
  listener_close(&silent);
}

/* Asks again and again until time is up. */
typedef struct stubborn {
  spec_db *db;
  mp_statement *statement;
  uint64_t until;
  int failures;
} stubborn;

static void ask(stubborn *asker);

static void on_refused(mp_result *result, const mp_error *error, void *data) {
  stubborn *asker = data;
  mp_result_free(result);
  assert_non_null(error);
  asker->failures++;
  if (mp_loop_now_ms(asker->db->loop) < asker->until) ask(asker);
}

static void ask(stubborn *asker) {
  assert_non_null(
      mp_engine_execute(asker->db->engine, asker->statement, NULL, on_refused, asker));
}

static void makes_no_storm_of_connections(void **state) {
  (void)state;
  enum { ASKERS = 1000, SECONDS = 3 };
  static stubborn askers[ASKERS];
  spec_listener rude;
  spec_db db;
  mp_pool_options pool = pool_of(25);
  listener_open(&rude, true);
  database_open(&db, rude.url, &pool);
  mp_statement *statement = statement_of(&db, "select 1");
  uint64_t until = mp_loop_now_ms(db.loop) + UINT64_C(1000) * SECONDS;

  for (int i = 0; i < ASKERS; i++) {
    askers[i] = (stubborn){&db, statement, until, 0};
    ask(&askers[i]);
  }
  mp_loop_run(db.loop);

  /* The first growth is optimistic: up to the pool's size at once; then one prober backs
   * off. */
  int attempts = atomic_load(&rude.accepted);
  if (attempts > 25 + SECONDS * 20) fail_msg("%d attempts in %d s", attempts, SECONDS);
  for (int i = 0; i < ASKERS; i++)
    assert_true(askers[i].failures >= 1);
  assert_int_equal(stats_of(&db).waiting, 0);
  mp_statement_release(statement);
  database_close(&db);
  listener_close(&rude);
}

/* Each asks again inside of the callback that refused it. */
static void tells_at_once_who_asks_a_refusing_server_again(void **state) {
  (void)state;
  enum { ASKERS = 100, MS = 300 };
  static stubborn askers[ASKERS];
  spec_db db;
  database_open(&db, "dbname=there_is_no_such_database", NULL);
  mp_statement *statement = statement_of(&db, "select 1");
  uint64_t until = mp_loop_now_ms(db.loop) + MS;

  for (int i = 0; i < ASKERS; i++) {
    askers[i] = (stubborn){&db, statement, until, 0};
    ask(&askers[i]);
  }
  mp_loop_run(db.loop);

  for (int i = 0; i < ASKERS; i++)
    assert_true(askers[i].failures >= 2);
  assert_true(mp_loop_now_ms(db.loop) - until < 1000);
  mp_statement_release(statement);
  database_close(&db);
}

static void closes_while_users_wait(void **state) {
  (void)state;
  enum { COUNT = 50 };
  static outcome outs[COUNT];
  memset(outs, 0, sizeof(outs));
  spec_db db;
  mp_pool_options pool = pool_of(2);
  database_open(&db, NULL, &pool);
  mp_statement *statement = statement_of(&db, "select pg_sleep(20)");
  for (int i = 0; i < COUNT; i++) {
    assert_non_null(mp_engine_execute(db.engine, statement, NULL, on_result, &outs[i]));
  }

  mp_engine_close(db.engine, 100, NULL, NULL);
  mp_loop_run(db.loop);

  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(outs[i].count, 1);
    assert_int_equal(outs[i].status, MP_SHUTTING_DOWN);
  }
  mp_statement_release(statement);
  mp_loop_close(db.loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(serves_in_order_of_arrival),
      cmocka_unit_test(tells_what_it_waited_for),
      cmocka_unit_test(refuses_more_waiters_than_it_was_told),
      cmocka_unit_test(keeps_its_minimum_open),
      cmocka_unit_test(fails_at_once_for_a_missing_database),
      cmocka_unit_test(gives_up_on_a_silent_server),
      cmocka_unit_test(makes_no_storm_of_connections),
      cmocka_unit_test(tells_at_once_who_asks_a_refusing_server_again),
      cmocka_unit_test(closes_while_users_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
