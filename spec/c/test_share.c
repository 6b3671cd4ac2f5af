/* test_share.c - plain reads on one connection, and those who want one alone. */
#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { READS = 40 };

static const char read_text[] = "select 1 as shared";

typedef struct spec_share {
  spec_db db;
  mp_statement *statement;
  outcome reads[READS];
} spec_share;

static mp_pool_stats stats_of(spec_share *share) {
  mp_pool_stats stats;
  mp_pool_get_stats(mp_engine_pool(share->db.engine), &stats);
  return stats;
}

/* One connection, and a read that is known to be fast. */
static void set_up(spec_share *share, uint32_t share_max) {
  outcome first = {0};
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  memset(share, 0, sizeof(*share));
  pool.max = 1;
  pool.share_max = share_max;
  database_open(&share->db, NULL, &pool);
  query(&share->db, read_text, &first);
  outcome_free(&first);
  share->statement = statement_of(&share->db, read_text);
}

static void tear_down(spec_share *share) {
  for (size_t i = 0; i < READS; i++)
    outcome_free(&share->reads[i]);
  mp_statement_release(share->statement);
  database_close(&share->db);
}

static mp_operation *start_read(spec_share *share, size_t i) {
  mp_operation *operation = mp_engine_execute(share->db.engine, share->statement, NULL,
                                              on_result, &share->reads[i]);
  assert_non_null(operation);
  return operation;
}

static void joins_reads_up_to_the_limit(void **state) {
  (void)state;
  spec_share share;
  set_up(&share, 30);

  for (size_t i = 0; i < READS; i++)
    start_read(&share, i);

  assert_int_equal(stats_of(&share).in_use, 1);
  assert_int_equal(stats_of(&share).waiting, READS - 30);
  wait_for(&share.db, &share.reads[READS - 1]);
  for (size_t i = 0; i < READS; i++)
    assert_int_equal(share.reads[i].status, MP_OK);
  tear_down(&share);
}

static void lends_to_who_wants_it_alone_before_later_reads(void **state) {
  (void)state;
  spec_share share;
  outcome opened = {0};
  set_up(&share, 64);
  start_read(&share, 0);
  assert_non_null(mp_session_open(share.db.engine, NULL, on_session, &opened));
  wait_for(&share.db, &share.reads[0]);

  start_read(&share, 1);
  wait_for(&share.db, &opened);

  assert_int_equal(stats_of(&share).waiting, 1);
  assert_false(share.reads[1].done);
  mp_session_close(opened.session);
  wait_for(&share.db, &share.reads[1]);
  assert_int_equal(share.reads[1].status, MP_OK);
  tear_down(&share);
}

static void runs_alone_on_request(void **state) {
  (void)state;
  spec_share share;
  set_up(&share, 64);
  start_read(&share, 0);

  assert_non_null(mp_engine_execute_alone(share.db.engine, share.statement, NULL,
                                          on_result, &share.reads[1]));

  assert_int_equal(stats_of(&share).waiting, 1);
  wait_for(&share.db, &share.reads[1]);
  assert_int_equal(share.reads[1].status, MP_OK);
  tear_down(&share);
}

static void keeps_the_place_of_a_read_that_was_left(void **state) {
  (void)state;
  spec_share share;
  set_up(&share, 64);
  mp_operation *left = start_read(&share, 0);
  start_read(&share, 1);

  mp_operation_cancel(left, MP_CANCELLED);
  wait_for(&share.db, &share.reads[1]);

  assert_int_equal(share.reads[0].count, 1);
  assert_int_equal(share.reads[0].status, MP_CANCELLED);
  assert_int_equal(share.reads[1].status, MP_OK);
  mp_loop_run(share.db.loop);
  assert_int_equal(stats_of(&share).idle, 1);
  tear_down(&share);
}

static void closes_with_reads_under_way(void **state) {
  (void)state;
  spec_share share;
  set_up(&share, 64);
  for (size_t i = 0; i < READS; i++)
    start_read(&share, i);

  mp_statement_release(share.statement);
  database_close(&share.db);

  for (size_t i = 0; i < READS; i++) {
    assert_int_equal(share.reads[i].count, 1);
    outcome_free(&share.reads[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(joins_reads_up_to_the_limit),
      cmocka_unit_test(lends_to_who_wants_it_alone_before_later_reads),
      cmocka_unit_test(runs_alone_on_request),
      cmocka_unit_test(keeps_the_place_of_a_read_that_was_left),
      cmocka_unit_test(closes_with_reads_under_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
