/* main.c - a C program that uses a database on the libuv loop it has anyway, without Lua.
 *
 * Read it from the bottom: a function starts something and names the function above it,
 * which is called when that has ended. */
#include <moonpool/engine.h>
#include <moonpool/session.h>

#include <uv.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char setup_sql[] =
    "drop table if exists c_account;"
    "create table c_account (id int4 primary key, balance int8 check (balance >= 0));"
    "insert into c_account values (1, 100), (2, 0)";
static const char change_sql[] =
    "update c_account set balance = balance + $1 where id = $2";
static const char read_sql[] = "select id, balance from c_account order by id";

typedef struct host {
  mp_engine *engine;
  mp_session *session;     /* while a transfer is under way */
  mp_statement *statement; /* change_sql, then read_sql */
  const char *const *plan; /* what the next transfer takes and gives; NULL: none */
} host;

/* Nothing here can go on without its database. */
static void check(const mp_error *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s: %s\n", mp_error_kind(error), mp_error_message(error));
  exit(EXIT_FAILURE);
}

/* NULL for an operation: there was no memory for it, and its callback will not run. */
static void started(const void *operation) {
  if (operation != NULL) return;
  fputs("out of memory\n", stderr);
  exit(EXIT_FAILURE);
}

/* The first use of a text asks the server for its types; later ones find it known. */
static void prepare(host *self, const char *sql, mp_describe_cb cb) {
  mp_error *error = NULL;
  int status =
      mp_engine_statement(self->engine, sql, strlen(sql), &self->statement, &error);
  if (status != MP_OK) check(error);
  started(mp_engine_describe(self->engine, self->statement, cb, self));
}

static void on_closed(void *data) {
  (void)data;
  puts("closed");
}

static void print_cell(const mp_result *result, size_t row, size_t column) {
  size_t length = 0;
  const char *text = mp_result_cell(result, row, column, &length);
  printf(" %.*s", (int)length, text == NULL ? "" : text);
}

static void on_read(mp_result *result, const mp_error *error, void *data) {
  host *self = data;
  check(error);
  for (size_t row = 0; row < mp_result_row_count(result); row++) {
    printf("account");
    print_cell(result, row, 0);
    print_cell(result, row, 1);
    printf("\n");
  }
  mp_result_free(result);
  mp_statement_release(self->statement);
  mp_engine_close(self->engine, 1000, on_closed, self);
}

static void on_read_described(mp_statement *statement, const mp_error *error,
                              void *data) {
  host *self = data;
  check(error);
  started(mp_engine_execute(self->engine, statement, NULL, on_read, self));
}

static void on_session(mp_session *session, const mp_error *error, void *data);

static void transfer(host *self) {
  if (*self->plan != NULL) {
    started(mp_session_open(self->engine, NULL, on_session, self));
  } else {
    mp_statement_release(self->statement);
    prepare(self, read_sql, on_read_described);
  }
}

/* The session goes back to the pool; whatever had failed, the server has undone. */
static void on_commit(const mp_error *error, void *data) {
  host *self = data;
  const char *amount = self->plan[1];
  if (error == NULL) printf("moved %s\n", amount);
  if (error != NULL) printf("did not move %s: %s\n", amount, mp_error_kind(error));
  mp_session_close(self->session);
  self->plan += 2;
  transfer(self);
}

static void on_begin(const mp_error *error, void *data) {
  (void)data;
  check(error);
}

/* A failed change is the COMMIT's to tell: it answers MP_TX_ROLLED_BACK. */
static void on_change(mp_result *result, const mp_error *error, void *data) {
  (void)data;
  if (error != NULL) printf("%s\n", mp_error_kind(error));
  mp_result_free(result);
}

static void change(host *self, const char *amount, const char *id) {
  mp_params *params = mp_params_new(2);
  started(params);
  if (mp_params_set(params, 0, MP_FORMAT_TEXT, amount, strlen(amount)) != MP_OK ||
      mp_params_set(params, 1, MP_FORMAT_TEXT, id, strlen(id)) != MP_OK)
    exit(EXIT_FAILURE);
  started(mp_session_execute(self->session, self->statement, params, on_change, self));
}

/* Calls on one session run in the order they were made: no need to wait in between. */
static void on_session(mp_session *session, const mp_error *error, void *data) {
  host *self = data;
  check(error);
  self->session = session;
  started(mp_session_begin(session, NULL, on_begin, self));
  change(self, self->plan[1], "2");
  change(self, self->plan[0], "1");
  started(mp_session_commit(session, on_commit, self));
}

static void on_change_described(mp_statement *statement, const mp_error *error,
                                void *data) {
  (void)statement;
  check(error);
  transfer(data);
}

static void on_setup(const mp_error *error, void *data) {
  check(error);
  prepare(data, change_sql, on_change_described);
}

static void start(host *self, mp_loop *loop) {
  mp_engine_options options = MP_ENGINE_OPTIONS_INIT;
  mp_error *error = NULL;
  options.url = getenv("DATABASE_URL");
  if (mp_engine_open(loop, &options, &self->engine, &error) != MP_OK) check(error);
  started(mp_engine_script(self->engine, setup_sql, strlen(setup_sql), on_setup, self));
}

int main(void) {
  static const char *const plan[] = {"-30", "30", "-300", "300", NULL};
  host self = {.plan = plan};
  uv_loop_t uv;
  mp_loop *loop = NULL;
  if (uv_loop_init(&uv) != 0 || mp_loop_open(&uv, &loop) != MP_OK) return EXIT_FAILURE;

  start(&self, loop);
  uv_run(&uv, UV_RUN_DEFAULT);

  mp_loop_close(loop);
  printf("uv_loop_close: %d\n", uv_loop_close(&uv));
  return EXIT_SUCCESS;
}
