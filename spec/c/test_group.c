/* test_group.c - groups whose scope begins and finishes transactions of a session. */
#include "support/database.h"

#include <moonpool/group.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct spec_world {
  spec_db db;
  mp_session *session;
} spec_world;

static int open_world(void **state) {
  static spec_world world;
  outcome out = {0};
  memset(&world, 0, sizeof(world));
  database_open(&world.db, NULL, NULL);
  session_open(&world.db, &out);
  world.session = out.session;
  query(&world.db, "drop table if exists group_spec", &out);
  query(&world.db, "create table group_spec (n int primary key)", &out);
  outcome_free(&out);
  *state = &world;
  return 0;
}

static int close_world(void **state) {
  spec_world *world = *state;
  outcome out = {0};
  mp_session_close(world->session);
  query(&world->db, "drop table group_spec", &out);
  outcome_free(&out);
  database_close(&world->db);
  return 0;
}

/* Each of the texts, which take no parameters, once. */
static mp_group *group_of(spec_world *world, const char *const *texts, size_t count) {
  mp_group *group = mp_group_new();
  outcome described = {0};
  assert_non_null(group);
  for (size_t i = 0; i < count; i++) {
    size_t index = 0;
    mp_statement *statement = statement_of(&world->db, texts[i]);
    assert_int_equal(mp_group_add_statement(group, statement, &index), MP_OK);
    assert_int_equal(mp_group_add_execution(group, index, NULL), MP_OK);
    mp_statement_release(statement);
  }
  assert_non_null(mp_engine_describe_group(world->db.engine, group, on_done, &described));
  wait_for(&world->db, &described);
  return group;
}

static int run(spec_world *world, mp_group_begin begin, mp_group_finish finish,
               const char *const *texts, size_t count) {
  outcome out = {0};
  mp_group_scope scope = MP_GROUP_SCOPE_INIT;
  scope.begin = begin;
  scope.finish = finish;
  mp_group *group = group_of(world, texts, count);
  assert_non_null(
      mp_session_execute_group_in(world->session, group, &scope, on_result, &out));
  mp_group_release(group);
  wait_for(&world->db, &out);
  assert_int_equal(out.count, 1);
  int status = out.status;
  outcome_free(&out);
  return status;
}

static void check_rows(spec_world *world, const char *expected) {
  outcome out = {0};
  query(&world->db, "select count(*) from group_spec", &out);
  assert_string_equal(cell(&out), expected);
  outcome_free(&out);
}

static void begins_and_commits_in_different_groups(void **state) {
  spec_world *world = *state;
  const char *first = "insert into group_spec values (1)";
  const char *second = "insert into group_spec values (2)";

  assert_int_equal(
      run(world, MP_GROUP_BEGIN_TRANSACTION, MP_GROUP_FINISH_NOTHING, &first, 1), MP_OK);
  assert_int_equal(mp_session_depth(world->session), 1);
  check_rows(world, "0");
  assert_int_equal(run(world, MP_GROUP_BEGIN_NOTHING, MP_GROUP_FINISH_COMMIT, &second, 1),
                   MP_OK);

  assert_int_equal(mp_session_depth(world->session), 0);
  check_rows(world, "2");
}

static void keeps_a_transaction_around_a_savepoint_that_failed(void **state) {
  spec_world *world = *state;
  const char *first = "insert into group_spec values (1)";
  const char *both[] = {"insert into group_spec values (2)", first};

  assert_int_equal(
      run(world, MP_GROUP_BEGIN_TRANSACTION, MP_GROUP_FINISH_NOTHING, &first, 1), MP_OK);
  assert_int_equal(run(world, MP_GROUP_BEGIN_SAVEPOINT, MP_GROUP_FINISH_COMMIT, both, 2),
                   MP_SERVER_ERROR);
  assert_int_equal(mp_session_depth(world->session), 1);
  assert_int_equal(run(world, MP_GROUP_BEGIN_SAVEPOINT, MP_GROUP_FINISH_COMMIT, both, 1),
                   MP_OK);

  assert_int_equal(mp_session_depth(world->session), 0);
  check_rows(world, "2");
}

static void refuses_what_does_not_fit(void **state) {
  spec_world *world = *state;
  const char *text = "insert into group_spec values (1)";

  assert_int_equal(
      run(world, MP_GROUP_BEGIN_SAVEPOINT, MP_GROUP_FINISH_NOTHING, &text, 1),
      MP_BAD_ARGUMENT);
  assert_int_equal(run(world, MP_GROUP_BEGIN_NOTHING, MP_GROUP_FINISH_COMMIT, &text, 1),
                   MP_BAD_ARGUMENT);
  check_rows(world, "0");
}

static void is_rolled_back_with_its_session(void **state) {
  spec_world *world = *state;
  outcome out = {0};
  const char *text = "insert into group_spec values (1)";
  mp_group_scope scope = MP_GROUP_SCOPE_INIT;
  scope.begin = MP_GROUP_BEGIN_TRANSACTION;
  mp_group *group = group_of(world, &text, 1);
  assert_non_null(
      mp_session_execute_group_in(world->session, group, &scope, on_result, &out));
  mp_group_release(group);

  mp_session_close(world->session);
  wait_for(&world->db, &out);
  assert_int_equal(out.status, MP_CANCELLED);
  outcome_free(&out);
  session_open(&world->db, &out);
  world->session = out.session;

  check_rows(world, "0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(begins_and_commits_in_different_groups, open_world,
                                      close_world),
      cmocka_unit_test_setup_teardown(keeps_a_transaction_around_a_savepoint_that_failed,
                                      open_world, close_world),
      cmocka_unit_test_setup_teardown(refuses_what_does_not_fit, open_world, close_world),
      cmocka_unit_test_setup_teardown(is_rolled_back_with_its_session, open_world,
                                      close_world),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
