/* test_describe.c - many who ask what a text means share one answer, and no end. */
#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 20 };

static void on_described(mp_statement *statement, const mp_error *error, void *data) {
  (void)statement;
  on_done(error, data);
}

static void describe_all(spec_db *db, mp_statement *statement, mp_operation **operations,
                         outcome *outs) {
  memset(outs, 0, COUNT * sizeof(*outs));
  for (int i = 0; i < COUNT; i++) {
    operations[i] = mp_engine_describe(db->engine, statement, on_described, &outs[i]);
    assert_non_null(operations[i]);
  }
}

static void fails_together_where_nobody_listens(void **state) {
  (void)state;
  static outcome outs[COUNT];
  mp_operation *operations[COUNT];
  spec_db db;
  database_open(&db, "postgresql://127.0.0.1:1/app", NULL);
  mp_statement *statement = statement_of(&db, "select 1");
  uint64_t begun = mp_loop_now_ms(db.loop);
  describe_all(&db, statement, operations, outs);

  mp_loop_run(db.loop);

  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(outs[i].count, 1);
    assert_int_equal(outs[i].status, MP_CONNECT_FAILED);
  }
  assert_true(mp_loop_now_ms(db.loop) - begun < 3000);
  mp_statement_release(statement);
  database_close(&db);
}

static void goes_on_when_who_asked_is_cancelled(void **state) {
  (void)state;
  static outcome outs[COUNT];
  mp_operation *operations[COUNT];
  spec_db db;
  outcome out = {0};
  database_open(&db, NULL, NULL);
  query(&db, "select 1", &out); /* connected: the first of them asks at once */
  outcome_free(&out);
  mp_statement *statement = statement_of(&db, "select 'passed on'");
  describe_all(&db, statement, operations, outs);

  for (int i = 0; i < COUNT - 1; i += 2)
    mp_operation_cancel(operations[i], MP_CANCELLED);
  mp_loop_run(db.loop);

  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(outs[i].count, 1);
    assert_int_equal(outs[i].status, i % 2 == 0 ? MP_CANCELLED : MP_OK);
  }
  assert_true(mp_statement_is_described(statement));
  mp_statement_release(statement);
  database_close(&db);
}

typedef struct retry {
  spec_db *db;
  mp_statement *statement;
  int left;
  outcome last;
} retry;

static void describe_again(mp_statement *statement, const mp_error *error, void *data) {
  retry *again = data;
  on_described(statement, error, &again->last);
  if (again->left == 0) return;
  again->left--;
  assert_non_null(
      mp_engine_describe(again->db->engine, again->statement, describe_again, again));
}

static void may_be_asked_again_in_its_callback(void **state) {
  (void)state;
  spec_db db;
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = 1;
  database_open(&db, NULL, &pool);
  mp_statement *statement = statement_of(&db, "select nonsense");
  retry again = {.db = &db, .statement = statement, .left = 5};

  for (int i = 0; i < 3; i++)
    assert_non_null(mp_engine_describe(db.engine, statement, describe_again, &again));
  mp_loop_run(db.loop);

  assert_int_equal(again.last.count, 3 + 5);
  assert_string_equal(again.last.sqlstate, "42703");
  mp_statement_release(statement);
  database_close(&db);
}

static void ends_with_its_engine(void **state) {
  (void)state;
  static outcome outs[COUNT];
  mp_operation *operations[COUNT];
  spec_db db;
  database_open(&db, NULL, NULL);
  mp_statement *statement = statement_of(&db, "select 'too late'");
  describe_all(&db, statement, operations, outs);
  mp_operation_cancel(operations[0], MP_CANCELLED);
  mp_operation_cancel(operations[5], MP_CANCELLED);

  mp_engine_close(db.engine, 0, NULL, NULL);
  mp_loop_run(db.loop);

  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(outs[i].count, 1);
    assert_int_equal(outs[i].status, i == 0 || i == 5 ? MP_CANCELLED : MP_SHUTTING_DOWN);
  }
  mp_statement_release(statement);
  mp_loop_close(db.loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fails_together_where_nobody_listens),
      cmocka_unit_test(goes_on_when_who_asked_is_cancelled),
      cmocka_unit_test(may_be_asked_again_in_its_callback),
      cmocka_unit_test(ends_with_its_engine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
