/* test_transaction.c - transactions whose begin, end or savepoint is cut short. */
#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A session with one connection, and a table that others see. */
typedef struct spec_world {
  spec_db db;
  mp_session *session;
  outcome out;
} spec_world;

static void run(spec_world *world, const char *sql) {
  outcome_free(&world->out);
  session_query(&world->db, world->session, sql, &world->out);
}

static void reopen(spec_world *world) {
  mp_session_close(world->session);
  outcome_free(&world->out);
  session_open(&world->db, &world->out);
  world->session = world->out.session;
}

static int open_world(void **state) {
  static spec_world world;
  memset(&world, 0, sizeof(world));
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = 1;
  database_open(&world.db, NULL, &pool);
  session_open(&world.db, &world.out);
  world.session = world.out.session;
  run(&world, "drop table if exists transaction_spec");
  run(&world, "create table transaction_spec (n int)");
  *state = &world;
  return 0;
}

static int close_world(void **state) {
  spec_world *world = *state;
  reopen(world);
  run(world, "drop table transaction_spec");
  outcome_free(&world->out);
  mp_session_close(world->session);
  database_close(&world->db);
  return 0;
}

static void check_rows(spec_world *world, const char *expected) {
  reopen(world);
  run(world, "select count(*) from transaction_spec");
  assert_string_equal(cell(&world->out), expected);
}

static void begin(spec_world *world) {
  outcome begun = {0};
  assert_non_null(mp_session_begin(world->session, NULL, on_done, &begun));
  wait_for(&world->db, &begun);
  assert_int_equal(begun.status, MP_OK);
}

static void cancel(void *operation) {
  mp_operation_cancel(operation, MP_TIMEOUT);
}

/* By then its command has been sent, and nothing has come back. */
static void cancel_when_sent(spec_world *world, mp_operation *operation, outcome *out) {
  assert_non_null(operation);
  assert_int_equal(mp_loop_post(world->db.loop, cancel, operation), MP_OK);
  wait_for(&world->db, out);
}

static void keeps_what_follows_a_cancelled_begin(void **state) {
  spec_world *world = *state;
  outcome begun = {0};
  cancel_when_sent(world, mp_session_begin(world->session, NULL, on_done, &begun),
                   &begun);

  run(world, "insert into transaction_spec values (1)");

  assert_int_equal(begun.status, MP_TIMEOUT);
  assert_int_equal(mp_session_depth(world->session), 0);
  assert_int_equal(world->out.status, MP_OK);
  check_rows(world, "1");
}

static void keeps_a_transaction_behind_a_cancelled_savepoint(void **state) {
  spec_world *world = *state;
  outcome begun = {0}, committed = {0};
  begin(world);
  run(world, "insert into transaction_spec values (1)");
  cancel_when_sent(world, mp_session_begin(world->session, NULL, on_done, &begun),
                   &begun);

  assert_int_equal(mp_session_depth(world->session), 1);
  assert_non_null(mp_session_commit(world->session, on_done, &committed));
  wait_for(&world->db, &committed);

  assert_int_equal(begun.status, MP_TIMEOUT);
  assert_int_equal(committed.status, MP_OK);
  check_rows(world, "1");
}

static void commits_right_behind_a_rollback_to_a_savepoint(void **state) {
  spec_world *world = *state;
  outcome undone = {0}, committed = {0};
  begin(world);
  run(world, "insert into transaction_spec values (1)");
  begin(world);
  run(world, "insert into transaction_spec values (2)");

  assert_non_null(mp_session_rollback(world->session, on_done, &undone));
  assert_non_null(mp_session_commit(world->session, on_done, &committed));
  wait_for(&world->db, &committed);

  assert_int_equal(undone.status, MP_OK);
  assert_int_equal(committed.status, MP_OK);
  check_rows(world, "1");
}

static void undoes_what_nobody_waits_for(void **state) {
  spec_world *world = *state;
  outcome undone = {0}, committed = {0};
  begin(world);
  run(world, "insert into transaction_spec values (1)");
  begin(world);
  run(world, "insert into transaction_spec values (2)");

  mp_operation *rollback = mp_session_rollback(world->session, on_done, &undone);
  mp_operation_cancel(rollback, MP_TIMEOUT);
  assert_non_null(mp_session_commit(world->session, on_done, &committed));
  wait_for(&world->db, &committed);

  assert_int_equal(undone.status, MP_TIMEOUT);
  assert_int_equal(undone.count, 1);
  assert_int_equal(committed.status, MP_OK);
  check_rows(world, "1");
}

static void tells_a_rolled_back_commit_after_its_session_closed(void **state) {
  spec_world *world = *state;
  outcome committed = {0};
  begin(world);
  run(world, "insert into transaction_spec values (1)");
  run(world, "select nonsense");
  assert_non_null(mp_session_commit(world->session, on_done, &committed));

  reopen(world);
  wait_for(&world->db, &committed);

  assert_int_equal(committed.status, MP_TX_ROLLED_BACK);
  check_rows(world, "0");
}

static void releases_a_savepoint_once_it_was_sent(void **state) {
  spec_world *world = *state;
  outcome released = {0}, committed = {0};
  begin(world);
  begin(world);
  run(world, "insert into transaction_spec values (1)");
  cancel_when_sent(world, mp_session_commit(world->session, on_done, &released),
                   &released);

  assert_non_null(mp_session_commit(world->session, on_done, &committed));
  wait_for(&world->db, &committed);

  assert_int_equal(released.status, MP_OK);
  assert_int_equal(committed.status, MP_OK);
  check_rows(world, "1");
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORLD(keeps_what_follows_a_cancelled_begin),
      WITH_WORLD(keeps_a_transaction_behind_a_cancelled_savepoint),
      WITH_WORLD(commits_right_behind_a_rollback_to_a_savepoint),
      WITH_WORLD(undoes_what_nobody_waits_for),
      WITH_WORLD(tells_a_rolled_back_commit_after_its_session_closed),
      WITH_WORLD(releases_a_savepoint_once_it_was_sent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
