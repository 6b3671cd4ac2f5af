/* test_copy.c - COPY in both directions on a session, without Lua. */
#include "support/database.h"

#include <moonpool/copy.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Without turning the loop of the COPY, until its session takes the next statement. */
static void wait_until_idle(const char *pid) {
  spec_db other;
  outcome out = {0};
  char sql[128];
  snprintf(sql, sizeof(sql),
           "select count(*) from pg_stat_activity where pid = %s and state = 'idle'",
           pid);
  database_open(&other, NULL, NULL);
  for (int idle = 0; idle < 2;) { /* it says so just before it is true */
    query(&other, sql, &out);
    idle += cell(&out)[0] == '1';
    outcome_free(&out);
  }
  database_close(&other);
}

enum { MUCH = 16 << 20 };

/* More than the socket takes: libpq reads while it waits for room. */
static int write_much(mp_copy *copy) {
  char *bytes = malloc(MUCH);
  assert_non_null(bytes);
  for (size_t i = 0; i < MUCH; i++)
    bytes[i] = "1\ta\n"[i % 4];
  int status = mp_copy_write(copy, bytes, MUCH);
  free(bytes);
  return status;
}

static mp_copy *copy_in_what_is_refused(spec_world *world, const char *text) {
  char pid[16];
  run(world, "select pg_backend_pid()");
  snprintf(pid, sizeof(pid), "%s", cell(&world->out));
  mp_copy *copy = copy_in(world);
  call(world, mp_copy_flush, copy);
  write_text(copy, text);
  wait_until_idle(pid);
  return copy;
}

static void sends_no_more_once_the_server_has_refused(void **state) {
  spec_world *world = *state;
  mp_copy *copy = copy_in_what_is_refused(world, "x\ta\n");

  assert_int_equal(write_much(copy), MP_CONNECTION_LOST);
  call(world, mp_copy_finish, copy);

  assert_string_equal(world->out.kind, "invalid_text_representation");
  mp_copy_close(copy);
  assert_count(world, "0");
}

/* A refusal too long to be looked at. */
static void ends_when_libpq_has_read_the_refusal_while_it_sent(void **state) {
  spec_world *world = *state;
  char text[8192];
  memset(text, 'x', sizeof(text));
  memcpy(text + sizeof(text) - 4, "\ta\n", 4); /* with its NUL */
  mp_copy *copy = copy_in_what_is_refused(world, text);

  assert_int_equal(write_much(copy), MP_OK);
  call(world, mp_copy_flush, copy); /* all has left: nothing more will come or go */
  call(world, mp_copy_finish, copy);

  assert_string_equal(world->out.kind, "invalid_text_representation");
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
  const struct CMUnitTest tests[] = {
      TEST(stores_what_is_written),
      TEST(stores_nothing_of_an_empty_one),
      TEST(sends_no_more_once_the_server_has_refused),
      TEST(ends_when_libpq_has_read_the_refusal_while_it_sent),
      TEST(stores_nothing_when_it_is_closed),
      TEST(reports_the_servers_refusal),
      TEST(refuses_at_once_what_cannot_begin),
      TEST(gives_all_data),
      TEST(closes_half_read),
      TEST(ends_by_a_timeout),
      TEST(fails_when_its_session_is_closed),
      TEST(knows_columns_without_running),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
