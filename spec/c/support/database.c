/* database.c - engines for tests, driven as if they blocked. */
#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void set_true(void *data) {
  *(bool *)data = true;
}

static void open_engine(spec_db *db, const char *url, const mp_pool_options *pool) {
  mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
  mp_error *error = NULL;
  options.url = url == NULL ? getenv("DATABASE_URL") : url;
  if (pool != NULL) options.pool = *pool;
  if (mp_engine_open(db->loop, &options, &db->engine, &error) != MP_OK) {
    fail_msg("%s", mp_error_message(error));
  }
}

void database_open(spec_db *db, const char *url, const mp_pool_options *pool) {
  assert_int_equal(mp_loop_open(NULL, &db->loop), MP_OK);
  open_engine(db, url, pool);
}

void database_open_beside(spec_db *db, const spec_db *other) {
  db->loop = other->loop;
  open_engine(db, NULL, NULL);
}

void database_close_beside(spec_db *db) {
  bool closed = false;
  mp_engine_close(db->engine, 1000, set_true, &closed);
  assert_true(mp_loop_run_until(db->loop, &closed));
}

void database_close(spec_db *db) {
  database_close_beside(db);
  mp_loop_close(db->loop);
}

static void take(outcome *out, const mp_error *error) {
  out->done = true;
  out->count++;
  out->status = error == NULL ? MP_OK : mp_error_status(error);
  if (error == NULL) return;
  snprintf(out->kind, sizeof(out->kind), "%s", mp_error_kind(error));
  snprintf(out->message, sizeof(out->message), "%s", mp_error_message(error));
  snprintf(out->sqlstate, sizeof(out->sqlstate), "%s", mp_error_sqlstate(error));
}

void on_result(mp_result *result, const mp_error *error, void *data) {
  outcome *out = data;
  take(out, error);
  mp_result_free(out->result);
  out->result = result;
}

void on_done(const mp_error *error, void *data) {
  take(data, error);
}

void on_session(mp_session *session, const mp_error *error, void *data) {
  outcome *out = data;
  take(out, error);
  out->session = session;
}

static void on_described(mp_statement *statement, const mp_error *error, void *data) {
  (void)statement;
  take(data, error);
}

mp_statement *statement_of(spec_db *db, const char *sql) {
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  int status = mp_engine_statement(db->engine, sql, strlen(sql), &statement, &error);
  if (status != MP_OK) fail_msg("%s", mp_error_message(error));
  return statement;
}

void wait_for(spec_db *db, outcome *out) {
  if (!mp_loop_run_until(db->loop, &out->done)) fail_msg("the callback never ran");
}

void query(spec_db *db, const char *sql, outcome *out) {
  mp_statement *statement = statement_of(db, sql);
  outcome described = {0};
  if (!mp_statement_is_described(statement)) {
    assert_non_null(mp_engine_describe(db->engine, statement, on_described, &described));
    wait_for(db, &described);
  }
  if (described.status != MP_OK) {
    *out = described;
  } else {
    out->done = false;
    assert_non_null(mp_engine_execute(db->engine, statement, NULL, on_result, out));
    wait_for(db, out);
  }
  mp_statement_release(statement);
}

void session_open(spec_db *db, outcome *out) {
  out->done = false;
  assert_non_null(mp_session_open(db->engine, NULL, on_session, out));
  wait_for(db, out);
}

void session_query(spec_db *db, mp_session *session, const char *sql, outcome *out) {
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  assert_int_equal(mp_session_statement(session, sql, strlen(sql), &statement, &error),
                   MP_OK);
  out->done = false;
  assert_non_null(mp_session_execute(session, statement, NULL, on_result, out));
  wait_for(db, out);
  mp_statement_release(statement);
}

void outcome_free(outcome *out) {
  mp_result_free(out->result);
  out->result = NULL;
}

const char *cell(const outcome *out) {
  size_t length;
  return mp_result_cell(out->result, 0, 0, &length);
}
