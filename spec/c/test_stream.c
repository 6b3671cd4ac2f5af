/* test_stream.c - rows in portions, on an engine and on a session, without Lua. */
#include "support/database.h"

#include <moonpool/stream.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int open_db(void **state) {
  static spec_db db;
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = 1;
  database_open(&db, NULL, &pool);
  *state = &db;
  return 0;
}

static int close_db(void **state) {
  database_close(*state);
  return 0;
}

static void on_described(mp_statement *statement, const mp_error *error, void *data) {
  (void)statement;
  on_done(error, data);
}

static mp_stream *stream_of(spec_db *db, mp_session *session, const char *sql) {
  outcome described = {0};
  mp_statement *statement = statement_of(db, sql);
  if (session != NULL) {
    assert_non_null(mp_session_describe(session, statement, on_described, &described));
  } else {
    assert_non_null(mp_engine_describe(db->engine, statement, on_described, &described));
  }
  wait_for(db, &described);
  assert_int_equal(described.status, MP_OK);
  mp_stream *stream = session != NULL ? mp_session_stream(session, statement, NULL)
                                      : mp_engine_stream(db->engine, statement, NULL);
  assert_non_null(stream);
  mp_statement_release(statement);
  return stream;
}

/* The rows of the next portion; 0 at the end. */
static size_t next(spec_db *db, mp_stream *stream, outcome *out) {
  size_t count = 0;
  outcome_free(out);
  *out = (outcome){0};
  mp_stream_next(stream, on_result, out);
  assert_int_equal(out->count, 0); /* never inside the call */
  wait_for(db, out);
  for (const mp_result *at = out->result; at != NULL; at = mp_result_next(at)) {
    assert_true(mp_result_row_count(at) > 0);
    count += mp_result_row_count(at);
  }
  return count;
}

static size_t read_all(spec_db *db, mp_stream *stream, outcome *out) {
  size_t sum = 0, count = 0;
  while ((count = next(db, stream, out)) > 0)
    sum += count;
  return sum;
}

static void assert_usable(spec_db *db) {
  outcome out = {0};
  query(db, "select 7", &out);
  assert_int_equal(out.status, MP_OK);
  assert_string_equal(cell(&out), "7");
  outcome_free(&out);
}

static void gives_all_rows(void **state) {
  spec_db *db = *state;
  outcome out = {0};
  mp_stream *stream = stream_of(db, NULL, "select generate_series(1, 10000)");

  assert_int_equal(read_all(db, stream, &out), 10000);

  assert_int_equal(out.status, MP_OK);
  assert_int_equal(next(db, stream, &out), 0);
  mp_stream_close(stream);
  assert_usable(db);
}

static void gives_rows_before_an_error(void **state) {
  spec_db *db = *state;
  outcome out = {0};
  mp_stream *stream =
      stream_of(db, NULL, "select 1 / (500 - g) from generate_series(1, 900) g");

  assert_int_equal(read_all(db, stream, &out), 499);

  assert_int_equal(out.status, MP_SERVER_ERROR);
  assert_string_equal(out.sqlstate, "22012");
  mp_stream_close(stream);
  assert_usable(db);
}

static void closes_half_read(void **state) {
  spec_db *db = *state;
  outcome out = {0};
  mp_stream *stream = stream_of(db, NULL, "select generate_series(1, 100000000)");
  assert_true(next(db, stream, &out) > 0);
  outcome_free(&out);

  mp_stream_close(stream);

  assert_usable(db);
}

static void answers_a_waiting_call_when_closed(void **state) {
  spec_db *db = *state;
  outcome out = {0};
  mp_stream *stream = stream_of(db, NULL, "select 1 from pg_sleep(30)");
  mp_stream_next(stream, on_result, &out);

  mp_stream_close(stream);

  assert_int_equal(out.count, 0);
  wait_for(db, &out);
  assert_int_equal(out.status, MP_CANCELLED);
  assert_int_equal(out.count, 1);
  assert_usable(db);
}

static void ends_by_a_timeout(void **state) {
  spec_db *db = *state;
  outcome out = {0};
  mp_stream *stream = stream_of(db, NULL, "select 1 from pg_sleep(30)");
  mp_stream_next(stream, on_result, &out);

  mp_stream_cancel(stream, MP_TIMEOUT);

  wait_for(db, &out);
  assert_int_equal(out.status, MP_TIMEOUT);
  mp_stream_close(stream);
  assert_usable(db);
}

static void goes_before_later_calls_of_a_session(void **state) {
  spec_db *db = *state;
  outcome out = {0}, behind = {0}, opened = {0};
  session_open(db, &opened);
  mp_stream *stream = stream_of(db, opened.session, "select generate_series(1, 20000)");
  mp_statement *statement = statement_of(db, "select generate_series(1, 20000)");

  assert_non_null(
      mp_session_execute(opened.session, statement, NULL, on_result, &behind));
  assert_int_equal(next(db, stream, &out) > 0, 1);
  assert_false(behind.done);
  read_all(db, stream, &out);
  wait_for(db, &behind);

  assert_int_equal(mp_result_row_count(behind.result), 20000);
  outcome_free(&behind);
  mp_statement_release(statement);
  mp_stream_close(stream);
  mp_session_close(opened.session);
}

static void fails_when_its_session_is_closed(void **state) {
  spec_db *db = *state;
  outcome out = {0}, opened = {0};
  session_open(db, &opened);
  mp_stream *stream = stream_of(db, opened.session, "select generate_series(1, 1000000)");
  mp_session_close(opened.session);

  read_all(db, stream, &out);

  assert_int_equal(out.status, MP_CANCELLED);
  mp_stream_close(stream);
  assert_usable(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(gives_all_rows, open_db, close_db),
      cmocka_unit_test_setup_teardown(gives_rows_before_an_error, open_db, close_db),
      cmocka_unit_test_setup_teardown(closes_half_read, open_db, close_db),
      cmocka_unit_test_setup_teardown(answers_a_waiting_call_when_closed, open_db,
                                      close_db),
      cmocka_unit_test_setup_teardown(ends_by_a_timeout, open_db, close_db),
      cmocka_unit_test_setup_teardown(goes_before_later_calls_of_a_session, open_db,
                                      close_db),
      cmocka_unit_test_setup_teardown(fails_when_its_session_is_closed, open_db,
                                      close_db),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
