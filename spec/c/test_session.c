/* test_session.c - a leased connection: what is left of it, what it refuses, and its end.
 */
#include "support/session_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void rolls_back_what_was_left_open(void **state) {
  spec_world *world = *state;
  session_world_begin(world);
  session_world_run(world, "insert into session_spec values (1)");
  mp_session_close(world->session);

  outcome_free(&world->out);
  session_open(&world->db, &world->out);
  world->session = world->out.session;

  session_world_run(world, "select count(*) from session_spec");
  assert_string_equal(cell(&world->out), "0");
}

static void resets_what_was_changed(void **state) {
  spec_world *world = *state;
  session_world_run(world, "set application_name = 'changed'");
  assert_int_equal(world->out.status, MP_OK);
  session_world_run(world, "create temp table left_behind (n int)");
  session_world_run(world, "select pg_advisory_lock(4711)");
  mp_session_close(world->session);

  outcome_free(&world->out);
  session_open(&world->db, &world->out);
  world->session = world->out.session;

  session_world_run(world,
                    "select current_setting('application_name') || "
                    "(select count(*) from pg_class where relname = 'left_behind') || "
                    "(select count(*) from pg_locks where locktype = 'advisory')");
  assert_string_equal(cell(&world->out), "moonpool00");
}

static void cancels_what_runs_when_it_closes(void **state) {
  spec_world *world = *state;
  outcome pending = {0};
  mp_statement *statement = statement_of(&world->db, "select pg_sleep(30)");
  assert_non_null(
      mp_session_execute(world->session, statement, NULL, on_result, &pending));
  mp_session_close(world->session);

  outcome_free(&world->out);
  session_open(&world->db, &world->out);
  world->session = world->out.session;

  assert_int_equal(pending.count, 1);
  assert_int_equal(pending.status, MP_CANCELLED);
  mp_statement_release(statement);
}

static void goes_on_after_a_cancelled_statement(void **state) {
  spec_world *world = *state;
  outcome pending = {0};
  mp_statement *statement = statement_of(&world->db, "select pg_sleep(30)");
  mp_operation *operation =
      mp_session_execute(world->session, statement, NULL, on_result, &pending);

  mp_operation_cancel(operation, MP_TIMEOUT);
  wait_for(&world->db, &pending);
  session_world_run(world, "select 'on'");

  assert_int_equal(pending.status, MP_TIMEOUT);
  assert_string_equal(cell(&world->out), "on");
  mp_statement_release(statement);
}

static void runs_calls_in_their_order(void **state) {
  spec_world *world = *state;
  enum { COUNT = 200 };
  static outcome outs[COUNT];
  memset(outs, 0, sizeof(outs));
  session_world_run(world, "create temp sequence counter");
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  const char *sql = "select nextval('counter')";
  assert_int_equal(
      mp_session_statement(world->session, sql, strlen(sql), &statement, &error), MP_OK);
  for (int i = 0; i < COUNT; i++) {
    assert_non_null(
        mp_session_execute(world->session, statement, NULL, on_result, &outs[i]));
  }
  wait_for(&world->db, &outs[COUNT - 1]);

  for (int i = 0; i < COUNT; i++) {
    char expected[16];
    snprintf(expected, sizeof(expected), "%d", i + 1);
    assert_string_equal(cell(&outs[i]), expected);
    outcome_free(&outs[i]);
  }
  mp_statement_release(statement);
}

static void on_described(mp_statement *statement, const mp_error *error, void *data) {
  (void)statement;
  on_done(error, data);
}

static void describes_one_text_for_several_callers(void **state) {
  spec_world *world = *state;
  outcome outs[3] = {{0}};
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  const char *sql = "select 'described at once'";
  assert_int_equal(
      mp_session_statement(world->session, sql, strlen(sql), &statement, &error), MP_OK);
  for (int i = 0; i < 3; i++)
    assert_non_null(
        mp_session_describe(world->session, statement, on_described, &outs[i]));

  wait_for(&world->db, &outs[2]);

  for (int i = 0; i < 3; i++)
    assert_int_equal(outs[i].status, MP_OK);
  mp_statement_release(statement);
}

/* What a text means in a schema that is rolled back must not be what the engine
 * remembers. */
static void keeps_types_of_an_open_transaction_to_itself(void **state) {
  spec_world *world = *state;
  const char *sql = "select $1 from session_spec where n = $1";
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  outcome described = {0};
  session_world_begin(world);
  session_world_run(world, "alter table session_spec alter column n type text");
  assert_int_equal(world->out.status, MP_OK);
  assert_int_equal(
      mp_session_statement(world->session, sql, strlen(sql), &statement, &error), MP_OK);
  assert_non_null(
      mp_session_describe(world->session, statement, on_described, &described));
  wait_for(&world->db, &described);
  assert_int_equal(mp_statement_param_type(statement, 0), 25);
  mp_statement_release(statement);

  session_world_end(world, mp_session_rollback);

  assert_int_equal(
      mp_session_statement(world->session, sql, strlen(sql), &statement, &error), MP_OK);
  assert_false(mp_statement_is_described(statement));
  mp_statement_release(statement);
}

static void refuses_transaction_control_by_text(void **state) {
  spec_world *world = *state;
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  assert_int_equal(mp_session_statement(world->session, "commit", 6, &statement, &error),
                   MP_OK);

  mp_error *refusal = mp_session_refuse(world->session, statement);

  assert_non_null(refusal);
  assert_string_equal(mp_error_kind(refusal), "bad_argument");
  mp_error_free(refusal);
  mp_statement_release(statement);
}

static void refuses_a_script_that_ends_its_transaction(void **state) {
  spec_world *world = *state;
  const char *sql = "insert into session_spec values (1); commit";
  session_world_begin(world);

  world->out.done = false;
  assert_non_null(
      mp_session_script(world->session, sql, strlen(sql), on_done, &world->out));
  wait_for(&world->db, &world->out);

  assert_string_equal(world->out.kind, "bad_argument");
  assert_int_equal(mp_session_depth(world->session), 1);
  session_world_run(world, "select count(*) from session_spec");
  assert_string_equal(cell(&world->out), "0");
  outcome_free(&world->out);
  session_world_end(
      world, mp_session_rollback); /* or its locks stay until the server is tired of it */
}

static void loses_its_connection_when_the_engine_has_drained(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0}, pending = {0};
  database_open(&db, NULL, NULL);
  session_open(&db, &out);
  mp_statement *statement = statement_of(&db, "select pg_sleep(30)");
  assert_non_null(mp_session_execute(out.session, statement, NULL, on_result, &pending));

  mp_engine_close(db.engine, 50, NULL, NULL);
  wait_for(&db, &pending);

  assert_string_equal(pending.kind, "connection_lost");
  assert_false(mp_session_is_alive(out.session));
  mp_session_close(out.session);
  mp_loop_run(db.loop);
  mp_statement_release(statement);
  mp_loop_close(db.loop);
}

static void set_true(void *data) {
  *(bool *)data = true;
}

/* A session in a transaction, and what ends the server's end of it. */
static mp_session *open_in_transaction(spec_db *db, char *kill, size_t size) {
  outcome out = {0};
  session_open(db, &out);
  mp_session *session = out.session;
  out.done = false;
  assert_non_null(mp_session_begin(session, NULL, on_done, &out));
  wait_for(db, &out);
  outcome_free(&out);
  session_query(db, session, "select pg_backend_pid()", &out);
  snprintf(kill, size, "select pg_terminate_backend(%s)", cell(&out));
  outcome_free(&out);
  return session;
}

static void is_not_drained_for_when_it_is_lost(void **state) {
  (void)state;
  spec_db db, other;
  outcome out = {0};
  char kill[64];
  bool closed = false;
  database_open(&db, NULL, NULL);
  database_open_beside(&other, &db);
  mp_session *session = open_in_transaction(&db, kill, sizeof(kill));
  query(&other, kill, &out);
  outcome_free(&out);
  while (mp_session_is_alive(session)) {
    query(&other, "select 1", &out);
    outcome_free(&out);
  }
  uint64_t begun = mp_loop_now_ms(db.loop);

  mp_engine_close(db.engine, 20000, set_true, &closed);
  assert_true(mp_loop_run_until(db.loop, &closed));

  assert_true(mp_loop_now_ms(db.loop) - begun < 10000);
  mp_session_close(session);
  database_close_beside(&other);
  mp_loop_close(db.loop);
}

static void is_not_drained_for_once_it_is_lost(void **state) {
  (void)state;
  spec_db db, other;
  outcome out = {0};
  char kill[64];
  bool closed = false;
  database_open(&db, NULL, NULL);
  database_open_beside(&other, &db);
  mp_session *session = open_in_transaction(&db, kill, sizeof(kill));
  uint64_t begun = mp_loop_now_ms(db.loop);

  mp_engine_close(db.engine, 20000, set_true, &closed);
  query(&other, kill, &out);
  outcome_free(&out);
  assert_true(mp_loop_run_until(db.loop, &closed));

  assert_true(mp_loop_now_ms(db.loop) - begun < 10000);
  mp_session_close(session);
  database_close_beside(&other);
  mp_loop_close(db.loop);
}

static void outlives_its_engine(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  bool closed = false;
  database_open(&db, NULL, NULL);
  session_open(&db, &out);

  (void)closed;
  mp_engine_close(db.engine, 50, NULL, NULL);
  mp_session *session = out.session;
  session_query(&db, session, "select 1", &out);
  assert_int_equal(out.status, MP_OK); /* draining: what is lent goes on */
  outcome_free(&out);
  mp_session_close(session);
  mp_loop_run(db.loop);
  mp_loop_close(db.loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORLD(rolls_back_what_was_left_open),
      WITH_WORLD(resets_what_was_changed),
      WITH_WORLD(cancels_what_runs_when_it_closes),
      WITH_WORLD(goes_on_after_a_cancelled_statement),
      WITH_WORLD(runs_calls_in_their_order),
      WITH_WORLD(describes_one_text_for_several_callers),
      WITH_WORLD(keeps_types_of_an_open_transaction_to_itself),
      WITH_WORLD(refuses_transaction_control_by_text),
      WITH_WORLD(refuses_a_script_that_ends_its_transaction),
      cmocka_unit_test(loses_its_connection_when_the_engine_has_drained),
      cmocka_unit_test(is_not_drained_for_when_it_is_lost),
      cmocka_unit_test(is_not_drained_for_once_it_is_lost),
      cmocka_unit_test(outlives_its_engine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
