/* bulk.c - a query's columns, and the rows of one unprepared statement, for COPY and
 * cursors. */
#include "bulk.h"

#include "copy.h"
#include "error.h"
#include "step.h"

#include <lauxlib.h>

typedef struct step { /* data of a wait */
  mpl_step step;
  mp_statement *statement;
  mp_result *result;
} step;

static void free_step(void *data) {
  step *gone = data;
  mp_statement_release(gone->statement);
  mp_result_free(gone->result);
  mp_error_free(gone->step.error);
}

static void on_result(mp_result *result, const mp_error *error, void *data) {
  step *done = mp_wait_data(data);
  done->result = result;
  mpl_step_done(error, data);
}

static void on_columns(mp_statement *statement, const mp_error *error, void *data) {
  step *done = mp_wait_data(data);
  if (statement != NULL) done->statement = mp_statement_retain(statement);
  mpl_step_done(error, data);
}

static int push_columns(lua_State *L, mp_wait *wait) {
  const step *data = mp_wait_data(wait);
  mpl_step_check(L, wait);
  mpl_copy_columns_push(L, data->statement);
  return 1;
}

/* connection:bulk_columns(sql) -> the query's columns, asked anew */
static int bulk_columns(lua_State *L) {
  mp_session *session = mpl_session_check_free(L);
  size_t length = 0;
  const char *sql = mpl_check_text(L, 2, "the SQL text", &length);
  mp_wait *wait = mp_wait_new(L, sizeof(step), free_step);
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(
      L, wait, mp_session_columns(session, sql, length, on_columns, wait), push_columns);
}

static int push_rows(lua_State *L, mp_wait *wait) {
  const step *data = mp_wait_data(wait);
  mpl_step_check(L, wait);
  mpl_push_rows(L, data->result);
  return 1;
}

/* connection:bulk_command(sql, columns_or_nil) -> the rows of one unprepared statement,
 * which has those columns */
static int bulk_command(lua_State *L) {
  mp_session *session = mpl_session_check_free(L);
  size_t length = 0;
  const char *sql = mpl_check_text(L, 2, "the SQL text", &length);
  mp_statement *like =
      lua_toboolean(L, 3) ? mpl_copy_columns_check(L, 3)->statement : NULL;
  mp_wait *wait = mp_wait_new(L, sizeof(step), free_step);
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(L, wait,
                          mp_session_command(session, sql, length, like, on_result, wait),
                          push_rows);
}

void mpl_open_bulk(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"bulk_columns", bulk_columns}, {"bulk_command", bulk_command}, {NULL, NULL}};
  luaL_setfuncs(L, methods, 0);
}
