/* test_engine.c - statements through an engine: answers, errors, losses, cancels, each
 * once. */
#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static mp_pool_options pool_of(uint32_t max) {
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = max;
  return pool;
}

static void answers_a_query(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  database_open(&db, NULL, NULL);

  query(&db, "select 41 + 1", &out);

  assert_int_equal(out.status, MP_OK);
  assert_string_equal(cell(&out), "42");
  assert_string_equal(mp_result_command(out.result), "SELECT 1");
  outcome_free(&out);
  database_close(&db);
}

static void carries_the_servers_error(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  database_open(&db, NULL, NULL);

  query(&db, "select 1 / 0", &out);

  assert_int_equal(out.status, MP_SERVER_ERROR);
  assert_string_equal(out.sqlstate, "22012");
  assert_string_equal(out.kind, "division_by_zero");
  database_close(&db);
}

static void goes_on_after_an_error(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);

  query(&db, "select nonsense", &out);
  assert_string_equal(out.sqlstate, "42703");
  query(&db, "select 'fine'", &out);

  assert_string_equal(cell(&out), "fine");
  outcome_free(&out);
  database_close(&db);
}

static void runs_many_at_once_in_order(void **state) {
  (void)state;
  enum { COUNT = 500 };
  static outcome outs[COUNT];
  spec_db db;
  mp_pool_options pool = pool_of(3);
  database_open(&db, NULL, &pool);
  memset(outs, 0, sizeof(outs));
  mp_statement *statement = statement_of(&db, "select 1");

  for (int i = 0; i < COUNT; i++) {
    assert_non_null(mp_engine_execute(db.engine, statement, NULL, on_result, &outs[i]));
  }
  mp_loop_run(db.loop);

  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(outs[i].status, MP_OK);
    assert_int_equal(outs[i].count, 1);
    outcome_free(&outs[i]);
  }
  mp_pool_stats stats;
  mp_pool_get_stats(mp_engine_pool(db.engine), &stats);
  assert_int_equal(stats.total, 3);
  assert_int_equal(stats.idle, 3);
  assert_int_equal(stats.acquired, COUNT);
  mp_statement_release(statement);
  database_close(&db);
}

static void cancels_a_running_statement(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0}, next = {0};
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);
  query(&db, "select 1", &next); /* connected */
  mp_statement *statement = statement_of(&db, "select pg_sleep(30)");
  mp_operation *operation =
      mp_engine_execute(db.engine, statement, NULL, on_result, &out);
  assert_non_null(operation);
  uint64_t begun = mp_loop_now_ms(db.loop);

  mp_operation_cancel(operation, MP_TIMEOUT);
  wait_for(&db, &out);
  query(&db, "select 'next'", &next);

  assert_int_equal(out.status, MP_TIMEOUT);
  assert_int_equal(out.count, 1);
  assert_string_equal(cell(&next), "next");
  assert_true(mp_loop_now_ms(db.loop) - begun < 5000);
  outcome_free(&next);
  mp_statement_release(statement);
  database_close(&db);
}

static void cancels_on_the_server(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0}, next = {0};
  mp_pool_options pool = pool_of(2);
  database_open(&db, NULL, &pool);
  mp_statement *statement = statement_of(&db, "select pg_sleep(30), 'canary'");
  mp_operation *operation =
      mp_engine_execute(db.engine, statement, NULL, on_result, &out);
  const char *running =
      "select count(*) from pg_stat_activity where state = 'active' and "
      "pid <> pg_backend_pid() and query like '%canary%'";
  do {
    outcome_free(&next);
    query(&db, running, &next);
  } while (strcmp(cell(&next), "1") != 0);

  mp_operation_cancel(operation, MP_CANCELLED);
  wait_for(&db, &out);
  do {
    outcome_free(&next);
    query(&db, running, &next);
  } while (strcmp(cell(&next), "0") != 0);

  assert_int_equal(out.status, MP_CANCELLED);
  outcome_free(&next);
  mp_statement_release(statement);
  database_close(&db);
}

/* It swallows three cancels, as one that comes too early is lost; the server may signal
 * twice for one. */
static void cancels_again_what_goes_on(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0}, next = {0};
  mp_pool_options pool = pool_of(2);
  database_open(&db, NULL, &pool);
  mp_statement *statement =
      statement_of(&db, "do $$ begin for i in 1..3 loop begin perform pg_sleep(30); "
                        "exception when query_canceled then null; end; end loop; "
                        "perform pg_sleep(30); /* stubborn */ end $$");
  mp_operation *operation =
      mp_engine_execute(db.engine, statement, NULL, on_result, &out);
  const char *running =
      "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and "
      "pid <> pg_backend_pid() and query like '%stubborn%'";
  do {
    outcome_free(&next);
    query(&db, running, &next);
  } while (strcmp(cell(&next), "1") != 0);
  uint64_t begun = mp_loop_now_ms(db.loop);

  mp_operation_cancel(operation, MP_CANCELLED);
  wait_for(&db, &out);
  mp_pool_stats stats;
  do {
    outcome_free(&next);
    query(&db, "select 1", &next);
    mp_pool_get_stats(mp_engine_pool(db.engine), &stats);
  } while (stats.in_use > 0);

  assert_int_equal(out.status, MP_CANCELLED);
  assert_int_equal(stats.closed, 0);
  assert_int_equal(stats.total, 2);
  assert_true(mp_loop_now_ms(db.loop) - begun < 4000);
  outcome_free(&next);
  mp_statement_release(statement);
  database_close(&db);
}

static void withdraws_a_waiting_statement(void **state) {
  (void)state;
  spec_db db;
  outcome first = {0}, second = {0};
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);
  mp_statement *statement = statement_of(&db, "select pg_sleep(0.05)");
  mp_operation *operations[2];
  operations[0] = mp_engine_execute(db.engine, statement, NULL, on_result, &first);
  operations[1] = mp_engine_execute(db.engine, statement, NULL, on_result, &second);
  assert_non_null(operations[0]);

  mp_operation_cancel(operations[1], MP_CANCELLED);
  mp_loop_run(db.loop);

  assert_int_equal(first.status, MP_OK);
  assert_int_equal(second.status, MP_CANCELLED);
  assert_int_equal(second.count, 1);
  outcome_free(&first);
  mp_statement_release(statement);
  database_close(&db);
}

static void reports_a_killed_read_as_lost(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0}, killer = {0};
  database_open(&db, NULL, NULL);
  mp_statement *statement = statement_of(&db, "select pg_sleep(30), 'victim'");
  mp_operation *operation =
      mp_engine_execute(db.engine, statement, NULL, on_result, &out);
  assert_non_null(operation);

  while (!out.done) {
    query(&db,
          "select pg_terminate_backend(pid) from pg_stat_activity where state = 'active' "
          "and pid <> pg_backend_pid() and query like '%victim%'",
          &killer);
    outcome_free(&killer);
  }

  assert_string_equal(out.kind, "connection_lost");
  assert_string_equal(out.sqlstate, "57P01");
  assert_int_equal(out.count, 1);
  mp_statement_release(statement);
  database_close(&db);
}

static void replaces_a_connection_killed_while_idle(void **state) {
  (void)state;
  spec_db db, other;
  outcome out = {0}, killer = {0};
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);
  database_open(&other, NULL, &pool);
  query(&db, "select pg_backend_pid()", &out);
  char sql[128];
  snprintf(sql, sizeof(sql), "select pg_terminate_backend(%s)", cell(&out));

  query(&other, sql, &killer);
  outcome_free(&out);
  query(&db, "select 'alive'", &out);

  /* Sent before the end was seen it is lost, else another connection took it unseen. */
  if (out.status != MP_OK) assert_string_equal(out.kind, "connection_lost");
  if (out.status == MP_OK) assert_string_equal(cell(&out), "alive");
  outcome_free(&out);
  query(&db, "select 'again'", &out);
  assert_string_equal(cell(&out), "again");
  outcome_free(&out);
  outcome_free(&killer);
  database_close(&db);
  database_close(&other);
}

static void survives_a_changed_plan(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);
  query(&db, "drop table if exists stale_plan", &out);
  outcome_free(&out);
  query(&db, "create table stale_plan as select 1 as a", &out);
  outcome_free(&out);
  query(&db, "select * from stale_plan", &out);
  outcome_free(&out);
  query(&db, "alter table stale_plan add column b int default 2", &out);
  outcome_free(&out);

  query(&db, "select * from stale_plan", &out);

  assert_int_equal(out.status, MP_OK);
  assert_int_equal(mp_result_column_count(out.result), 2);
  outcome_free(&out);
  query(&db, "drop table stale_plan", &out);
  outcome_free(&out);
  database_close(&db);
}

static void keeps_prepared_statements_bounded(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  mp_pool_options pool = pool_of(1);
  database_open(&db, NULL, &pool);
  char sql[64];
  for (int i = 0; i < 1000; i++) {
    snprintf(sql, sizeof(sql), "select %d as n", i);
    query(&db, sql, &out);
    outcome_free(&out);
  }

  query(&db, "select count(*) <= 260 from pg_prepared_statements", &out);

  assert_string_equal(cell(&out), "t");
  outcome_free(&out);
  database_close(&db);
}

static void fails_at_once_where_nobody_listens(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  database_open(&db, "postgresql://127.0.0.1:1/app", NULL);
  uint64_t begun = mp_loop_now_ms(db.loop);

  query(&db, "select 1", &out);

  assert_int_equal(out.status, MP_CONNECT_FAILED);
  assert_true(mp_loop_now_ms(db.loop) - begun < 2000);
  database_close(&db);
}

static void fails_for_a_host_that_is_not_there(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  database_open(&db, "postgresql://no-such-host.invalid/app", NULL);

  query(&db, "select 1", &out);

  assert_int_equal(out.status, MP_CONNECT_FAILED);
  assert_non_null(strstr(out.message, "no-such-host.invalid"));
  database_close(&db);
}

static void refuses_a_connection_that_writes_dates_otherwise(void **state) {
  (void)state;
  spec_db db;
  outcome out = {0};
  setenv("PGDATESTYLE", "German", 1);
  database_open(&db, NULL, NULL);

  query(&db, "select 1", &out);
  unsetenv("PGDATESTYLE");

  assert_string_equal(out.kind, "bad_config");
  assert_non_null(strstr(out.message, "DateStyle"));
  database_close(&db);
}

static void never_shows_a_password(void **state) {
  (void)state;
  static const char *const urls[] = {
      "postgresql://me:hunter2@[::1/app",
      "postgresql://me:hunter2%zz@h/app",
      "postgresql://me:hunter2@h:99999/app",
      "postgresql://me:hunter2@h/app?hunter2=1",
      "mysql://me:hunter2@h/app",
      "password=hunter2 hunter2",
      "postgresql://me:hunter2@h/app?a=b=hunter2",
  };
  mp_loop *loop = NULL;
  assert_int_equal(mp_loop_open(NULL, &loop), MP_OK);
  for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
    mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
    mp_engine *engine = NULL;
    mp_error *error = NULL;
    options.url = urls[i];
    assert_int_equal(mp_engine_open(loop, &options, &engine, &error), MP_BAD_CONFIG);
    assert_null(strstr(mp_error_message(error), "hunter2"));
    mp_error_free(error);
  }
  mp_loop_close(loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_a_query),
      cmocka_unit_test(carries_the_servers_error),
      cmocka_unit_test(goes_on_after_an_error),
      cmocka_unit_test(runs_many_at_once_in_order),
      cmocka_unit_test(cancels_a_running_statement),
      cmocka_unit_test(cancels_on_the_server),
      cmocka_unit_test(cancels_again_what_goes_on),
      cmocka_unit_test(withdraws_a_waiting_statement),
      cmocka_unit_test(reports_a_killed_read_as_lost),
      cmocka_unit_test(replaces_a_connection_killed_while_idle),
      cmocka_unit_test(survives_a_changed_plan),
      cmocka_unit_test(keeps_prepared_statements_bounded),
      cmocka_unit_test(fails_at_once_where_nobody_listens),
      cmocka_unit_test(fails_for_a_host_that_is_not_there),
      cmocka_unit_test(refuses_a_connection_that_writes_dates_otherwise),
      cmocka_unit_test(never_shows_a_password),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
