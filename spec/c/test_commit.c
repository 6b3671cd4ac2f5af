/* test_commit.c - transactions and savepoints on a session: committed, rolled back, in
 * doubt. */
#include "support/session_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void kill_session(spec_world *world) {
  char sql[96];
  session_world_run(world, "select pg_backend_pid()");
  snprintf(sql, sizeof(sql), "select pg_terminate_backend(%s, 5000)", cell(&world->out));
  session_world_look(world, sql);
}

static void commits(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (1)");

  session_world_end(world, mp_session_commit);

  assert_int_equal(world->out.status, MP_OK);
  assert_int_equal(mp_session_depth(world->session), 0);
  session_world_look(world, "select count(*) from session_spec");
  assert_string_equal(cell(&world->out), "1");
}

static void rolls_back(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (1)");

  session_world_end(world, mp_session_rollback);

  assert_int_equal(world->out.status, MP_OK);
  session_world_look(world, "select count(*) from session_spec");
  assert_string_equal(cell(&world->out), "0");
}

static void nests_by_savepoints(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (1)");
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (2)");
  session_world_end(world, mp_session_rollback);
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (3)");
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (4)");
  session_world_end(world, mp_session_commit);
  session_world_end(world, mp_session_commit);
  assert_int_equal(mp_session_depth(world->session), 1);

  session_world_end(world, mp_session_commit);

  session_world_look(world, "select array_agg(n order by n)::text from session_spec");
  assert_string_equal(cell(&world->out), "{1,3,4}");
}

static void goes_on_behind_a_failed_savepoint(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_begin(world);
  session_world_run(world, "select 1 / 0");
  assert_string_equal(world->out.kind, "division_by_zero");
  session_world_end(world, mp_session_rollback);
  assert_int_equal(world->out.status, MP_OK);
  session_world_run(world, "insert into session_spec values (1)");
  assert_int_equal(world->out.status, MP_OK);

  session_world_end(world, mp_session_commit);

  assert_int_equal(world->out.status, MP_OK);
}

static void tells_that_commit_rolled_back(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_run(world, "select 1 / 0");
  session_world_run(world, "select 1");
  assert_string_equal(world->out.kind, "in_failed_sql_transaction");

  session_world_end(world, mp_session_commit);

  assert_string_equal(world->out.kind, "tx_rolled_back");
  assert_string_equal(world->out.sqlstate, "22012");
  assert_int_equal(mp_session_depth(world->session), 0);
}

static void reports_a_constraint_that_fails_at_commit(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (1), (1)");
  assert_int_equal(world->out.status, MP_OK);

  session_world_end(world, mp_session_commit);

  assert_string_equal(world->out.kind, "unique_violation");
  assert_int_equal(mp_session_depth(world->session), 0);
  session_world_run(world, "select 1");
  assert_int_equal(world->out.status, MP_OK);
}

/* Success is known only at the sync: the deferred constraint fails after the statement's
 * own answer. */
static void reports_a_deferred_constraint_outside_a_transaction(void **state) {
  spec_world *world = *state;

  session_world_run(world, "insert into session_spec values (7), (7)");

  assert_string_equal(world->out.kind, "unique_violation");
}

static void sends_nothing_after_a_loss(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  kill_session(world);

  session_world_run(world, "insert into session_spec values (1)");
  assert_string_equal(world->out.kind, "connection_lost");
  assert_string_equal(world->out.sqlstate, "57P01");
  session_world_run(world, "insert into session_spec values (2)");
  assert_string_equal(world->out.kind, "tx_lost");
  session_world_end(world, mp_session_commit);
  assert_string_equal(world->out.kind, "tx_lost");
  session_world_end(world, mp_session_rollback);
  assert_int_equal(world->out.status, MP_OK);

  assert_false(mp_session_is_alive(world->session));
  session_world_look(world, "select count(*) from session_spec");
  assert_string_equal(cell(&world->out), "0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORLD(commits),
      WITH_WORLD(rolls_back),
      WITH_WORLD(nests_by_savepoints),
      WITH_WORLD(goes_on_behind_a_failed_savepoint),
      WITH_WORLD(tells_that_commit_rolled_back),
      WITH_WORLD(reports_a_constraint_that_fails_at_commit),
      WITH_WORLD(reports_a_deferred_constraint_outside_a_transaction),
      WITH_WORLD(sends_nothing_after_a_loss),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
