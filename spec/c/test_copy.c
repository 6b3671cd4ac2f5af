/* test_copy.c - COPY in both directions on a session, without Lua. */
#include "support/database.h"

#include <moonpool/copy.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct spec_world {
  spec_db db;
  mp_session *session;
  outcome out;
} spec_world;

static void run(spec_world *world, const char *sql) {
  outcome_free(&world->out);
  session_query(&world->db, world->session, sql, &world->out);
}

static int open_world(void **state) {
  static spec_world world;
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = 1;
  memset(&world, 0, sizeof(world));
  database_open(&world.db, NULL, &pool);
  session_open(&world.db, &world.out);
  world.session = world.out.session;
  run(&world, "create temporary table copy_spec (n int primary key, t text)");
  *state = &world;
  return 0;
}

static int close_world(void **state) {
  spec_world *world = *state;
  outcome_free(&world->out);
  mp_session_close(world->session);
  database_close(&world->db);
  return 0;
}

typedef void (*copy_call)(mp_copy *copy, mp_done_cb cb, void *data);

static void call(spec_world *world, copy_call fn, mp_copy *copy) {
  outcome_free(&world->out);
  world->out = (outcome){0};
  fn(copy, on_done, &world->out);
  assert_int_equal(world->out.count, 0); /* never inside the call */
  wait_for(&world->db, &world->out);
}

static mp_copy *copy_in(spec_world *world) {
  static const char sql[] = "copy copy_spec from stdin";
  mp_copy *copy = mp_session_copy_in(world->session, sql, strlen(sql));
  assert_non_null(copy);
  return copy;
}

static void write_text(mp_copy *copy, const char *text) {
  assert_int_equal(mp_copy_write(copy, text, strlen(text)), MP_OK);
}

static void assert_count(spec_world *world, const char *count) {
  run(world, "select count(*) from copy_spec");
  assert_int_equal(world->out.status, MP_OK);
  assert_string_equal(cell(&world->out), count);
}

static void stores_what_is_written(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_in(world);
  call(world, mp_copy_flush, copy);
  write_text(copy, "1\ta\n2\t");
  write_text(copy, "b\n");

  call(world, mp_copy_finish, copy);

  assert_int_equal(world->out.status, MP_OK);
  assert_int_equal(mp_copy_row_count(copy), 2);
  mp_copy_close(copy);
  assert_count(world, "2");
}

static void stores_nothing_of_an_empty_one(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_in(world);

  call(world, mp_copy_finish, copy);

  assert_int_equal(world->out.status, MP_OK);
  assert_int_equal(mp_copy_row_count(copy), 0);
  mp_copy_close(copy);
  assert_count(world, "0");
}

static void stores_nothing_when_it_is_closed(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_in(world);
  call(world, mp_copy_flush, copy);
  write_text(copy, "1\ta\n");

  mp_copy_close(copy);

  assert_count(world, "0");
}

static void reports_the_servers_refusal(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_in(world);
  call(world, mp_copy_flush, copy);
  write_text(copy, "1\ta\n1\tb\n");

  call(world, mp_copy_finish, copy);

  assert_int_equal(world->out.status, MP_SERVER_ERROR);
  assert_string_equal(world->out.sqlstate, "23505");
  mp_copy_close(copy);
  assert_count(world, "0");
}

static void refuses_at_once_what_cannot_begin(void **state) {
  static const char sql[] = "copy nothing from stdin";
  spec_world *world = *state;
  mp_copy *copy = mp_session_copy_in(world->session, sql, strlen(sql));

  call(world, mp_copy_flush, copy);

  assert_string_equal(world->out.sqlstate, "42P01");
  assert_int_equal(mp_copy_write(copy, "x", 1), MP_CONNECTION_LOST);
  mp_copy_close(copy);
  assert_count(world, "0");
}

static size_t read_all(spec_world *world, mp_copy *copy) {
  size_t sum = 0, length = 0;
  do {
    call(world, mp_copy_read, copy);
    mp_copy_data(copy, &length);
    sum += length;
  } while (world->out.status == MP_OK && length > 0);
  return sum;
}

static mp_copy *copy_out(spec_world *world, const char *sql) {
  mp_copy *copy = mp_session_copy_out(world->session, sql, strlen(sql));
  assert_non_null(copy);
  return copy;
}

static void gives_all_data(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_out(world, "copy (select repeat('x', 99) from "
                                  "generate_series(1, 20000)) to stdout");

  assert_int_equal(read_all(world, copy), 2000000);

  assert_int_equal(world->out.status, MP_OK);
  assert_int_equal(mp_copy_row_count(copy), 20000);
  mp_copy_close(copy);
  assert_count(world, "0");
}

static void closes_half_read(void **state) {
  spec_world *world = *state;
  mp_copy *copy =
      copy_out(world, "copy (select generate_series(1, 100000000)) to stdout");
  call(world, mp_copy_read, copy);

  mp_copy_close(copy);

  assert_count(world, "0");
}

static void ends_by_a_timeout(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_out(world, "copy (select 1 from pg_sleep(30)) to stdout");
  outcome_free(&world->out);
  world->out = (outcome){0};
  mp_copy_read(copy, on_done, &world->out);

  mp_copy_cancel(copy, MP_TIMEOUT);

  wait_for(&world->db, &world->out);
  assert_int_equal(world->out.status, MP_TIMEOUT);
  assert_int_equal(world->out.count, 1);
  mp_copy_close(copy);
  assert_count(world, "0");
}

static void fails_when_its_session_is_closed(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_in(world);
  mp_session_close(world->session);

  call(world, mp_copy_finish, copy);

  assert_int_equal(world->out.status, MP_CANCELLED);
  mp_copy_close(copy);
  session_open(&world->db, &world->out);
  world->session = world->out.session;
}

static void on_columns(mp_statement *statement, const mp_error *error, void *data) {
  assert_int_equal(mp_statement_column_count(statement), 2);
  assert_int_equal(mp_statement_column_type(statement, 0), 23);
  assert_string_equal(mp_statement_column_name(statement, 1), "t");
  on_done(error, data);
}

static void knows_columns_without_running(void **state) {
  static const char sql[] = "insert into copy_spec values (1, 'x') returning n, t";
  spec_world *world = *state;
  outcome_free(&world->out);
  world->out = (outcome){0};
  assert_non_null(
      mp_session_columns(world->session, sql, strlen(sql), on_columns, &world->out));

  wait_for(&world->db, &world->out);

  assert_count(world, "0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(stores_what_is_written, open_world, close_world),
      cmocka_unit_test_setup_teardown(stores_nothing_of_an_empty_one, open_world,
                                      close_world),
      cmocka_unit_test_setup_teardown(stores_nothing_when_it_is_closed, open_world,
                                      close_world),
      cmocka_unit_test_setup_teardown(reports_the_servers_refusal, open_world,
                                      close_world),
      cmocka_unit_test_setup_teardown(refuses_at_once_what_cannot_begin, open_world,
                                      close_world),
      cmocka_unit_test_setup_teardown(gives_all_data, open_world, close_world),
      cmocka_unit_test_setup_teardown(closes_half_read, open_world, close_world),
      cmocka_unit_test_setup_teardown(ends_by_a_timeout, open_world, close_world),
      cmocka_unit_test_setup_teardown(fails_when_its_session_is_closed, open_world,
                                      close_world),
      cmocka_unit_test_setup_teardown(knows_columns_without_running, open_world,
                                      close_world),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
