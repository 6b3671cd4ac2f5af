/* test_read_group.c - on an engine that only reads, the reads of one turn are one
 * transaction of the server's. */
#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { READS = 40 };

/* Who shares a transaction sees it begin at the same microsecond. */
static const char read_text[] = "select now()::text";

typedef struct spec_group {
  spec_db db;
  mp_statement *statement;
  outcome reads[READS];
} spec_group;

static void open_reader(spec_db *db) {
  mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
  mp_error *error = NULL;
  options.url = getenv("DATABASE_URL");
  options.pool.max = 1;
  options.read_only = true;
  assert_int_equal(mp_loop_open(NULL, &db->loop), MP_OK);
  if (mp_engine_open(db->loop, &options, &db->engine, &error) != MP_OK) {
    fail_msg("%s", mp_error_message(error));
  }
}

/* One connection, and a read that is known to be fast. */
static void set_up(spec_group *group) {
  outcome first = {0};
  memset(group, 0, sizeof(*group));
  open_reader(&group->db);
  query(&group->db, read_text, &first);
  outcome_free(&first);
  group->statement = statement_of(&group->db, read_text);
}

static void tear_down(spec_group *group) {
  for (size_t i = 0; i < READS; i++)
    outcome_free(&group->reads[i]);
  mp_statement_release(group->statement);
  database_close(&group->db);
}

/* Without a turn of the loop between them. */
static void start_reads(spec_group *group, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    assert_non_null(mp_engine_execute(group->db.engine, group->statement, NULL, on_result,
                                      &group->reads[i]));
  }
}

static void assert_together(const spec_group *group, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    assert_int_equal(group->reads[i].status, MP_OK);
    assert_string_equal(cell(&group->reads[i]), cell(&group->reads[from]));
  }
}

static void shares_one_transaction_in_a_turn(void **state) {
  (void)state;
  spec_group group;
  set_up(&group);

  start_reads(&group, 0, READS);
  wait_for(&group.db, &group.reads[READS - 1]);

  assert_together(&group, 0, READS);
  tear_down(&group);
}

static void begins_another_in_the_next_turn(void **state) {
  (void)state;
  spec_group group;
  set_up(&group);

  start_reads(&group, 0, READS / 2);
  wait_for(&group.db, &group.reads[READS / 2 - 1]);
  start_reads(&group, READS / 2, READS);
  wait_for(&group.db, &group.reads[READS - 1]);

  assert_together(&group, 0, READS / 2);
  assert_together(&group, READS / 2, READS);
  assert_string_not_equal(cell(&group.reads[0]), cell(&group.reads[READS - 1]));
  tear_down(&group);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_one_transaction_in_a_turn),
      cmocka_unit_test(begins_another_in_the_next_turn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
