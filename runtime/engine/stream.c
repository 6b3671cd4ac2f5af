/* stream.c - the rows of a statement in portions, and the pause when nobody takes them.
 */
#include "engine/stream.h"

#include "base/alloc.h"
#include "base/error.h"
#include "pg/bulk.h"

/* What is held for the user; one row of any size always is. */
#define ROWS_MAX  256
#define BYTES_MAX ((size_t)512 * 1024)

struct mp_stream {
  mp_engine *engine;
  mp_operation *operation; /* NULL once it has ended */
  mp__rows rows;           /* not taken yet */
  bool closed;             /* the user let go */
  mp_error *failure;
  mp_result_cb cb; /* of the call that waits */
  void *data;
  mp__deferred deliver;
};

static void drop_rows(mp_stream *stream) {
  mp_result_free(mp__rows_take(&stream->rows));
}

static void free_stream(mp_stream *stream) {
  mp__deferred_cancel(stream->engine->loop, &stream->deliver);
  drop_rows(stream);
  mp_error_free(stream->failure);
  mp__engine_drop(stream->engine);
  mp__free(stream);
}

static mp_result *take_rows(mp_stream *stream) {
  mp_result *rows = mp__rows_take(&stream->rows);
  if (stream->operation != NULL && stream->operation->conn != NULL) {
    mp__conn_resume(stream->operation->conn);
  }
  return rows;
}

static bool is_answerable(const mp_stream *stream) {
  return stream->cb != NULL && (stream->rows.count > 0 || stream->operation == NULL);
}

static void free_if_over(mp_stream *stream) {
  if (stream->closed && stream->operation == NULL && stream->cb == NULL) {
    free_stream(stream);
  }
}

/* The stream may be closed in the callback. */
static void deliver(void *data) {
  mp_stream *stream = data;
  if (!is_answerable(stream)) return;
  mp_result_cb cb = stream->cb;
  mp_result *rows = take_rows(stream);
  mp_error *failure =
      rows == NULL && stream->failure != NULL ? mp_error_copy(stream->failure) : NULL;
  void *user = stream->data;
  stream->cb = NULL;
  free_if_over(stream);
  cb(rows, failure, user);
  mp_error_free(failure);
}

static void answer_soon(mp_stream *stream) {
  if (!is_answerable(stream)) return;
  mp__deferred_schedule(stream->engine->loop, &stream->deliver);
}

static bool on_row(mp__request *request, struct pg_result *row) {
  mp_operation *operation = request->data;
  operation->rows++;
  mp_stream *stream = operation->data;
  mp__rows *rows = &stream->rows;
  if (!mp__rows_add(rows, row, operation->statement->types)) return false;
  if (rows->count >= ROWS_MAX || rows->bytes >= BYTES_MAX) {
    mp__conn_pause(operation->conn);
  }
  answer_soon(stream);
  return true;
}

static const mp__bulk events = {.row = on_row};

void mp__stream_begin(mp_operation *operation) {
  operation->request.kind = &mp__request_stream;
  operation->request.statement = operation->statement;
  operation->request.params = operation->param_sets > 0 ? operation->params : NULL;
  operation->request.param_sets = operation->param_sets;
  operation->request.bulk = &events;
  mp__operation_submit(operation);
}

void mp__stream_leave(mp_operation *operation, mp_error *error) {
  (void)error;
  operation->request.bulk = NULL;
  if (mp__operation_withdraw(operation)) return;
  mp__bulk_leave(operation->conn, &operation->request);
}

void mp__stream_report(mp_operation *operation, mp_result *result,
                       const mp_error *error) {
  mp_stream *stream = operation->data;
  mp_result_free(result);
  stream->operation = NULL;
  if (error != NULL) stream->failure = mp_error_copy(error);
  answer_soon(stream);
  free_if_over(stream);
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_result_free(result);
  if (mp__is_stale_plan(operation, error) && operation->repeats == 0) {
    operation->repeats++;
    mp__conn_forget(operation->conn, operation->request.id);
    mp__statement_cache_retire(operation->engine, operation->statement);
    mp__stream_begin(operation);
    return;
  }
  if (error == NULL || mp_error_status(error) != MP_CONNECTION_LOST) {
    mp__operation_finish(operation, NULL, error);
    return;
  }
  mp_error *loss = mp__loss_of(operation, error);
  mp__operation_finish(operation, NULL, loss);
  mp_error_free(loss);
}

static const mp__operation_kind streaming = {.begin = mp__stream_begin,
                                             .step = step,
                                             .report = mp__stream_report,
                                             .leave = mp__stream_leave};

mp_stream *mp__stream_new(mp_engine *engine, const mp__operation_kind *kind,
                          mp_statement *statement, mp_params *params) {
  mp_stream *stream = mp__alloc_zero(sizeof(*stream));
  mp_operation *operation =
      stream == NULL ? NULL : mp__operation_new(engine, kind, stream);
  if (operation == NULL) {
    mp__free(stream);
    mp_params_free(params);
    return NULL;
  }
  mp__engine_retain(engine);
  stream->engine = engine;
  stream->operation = operation;
  mp__deferred_init(&stream->deliver, deliver, stream);
  operation->one[0] = params;
  mp__execute_prepare(operation, statement, NULL, params == NULL ? 0 : 1);
  return stream;
}

mp_operation *mp__stream_operation(const mp_stream *stream) {
  return stream->operation;
}

mp_stream *mp_engine_stream(mp_engine *engine, mp_statement *statement,
                            mp_params *params) {
  mp_stream *stream = mp__stream_new(engine, &streaming, statement, params);
  if (stream != NULL) mp__operation_start(stream->operation);
  return stream;
}

void mp_stream_next(mp_stream *stream, mp_result_cb cb, void *data) {
  stream->cb = cb;
  stream->data = data;
  answer_soon(stream);
}

void mp_stream_cancel(mp_stream *stream, int status) {
  if (stream->operation == NULL) return;
  drop_rows(stream);
  mp_operation_cancel(stream->operation, status);
}

void mp_stream_close(mp_stream *stream) {
  if (stream == NULL) return;
  stream->closed = true;
  drop_rows(stream);
  if (stream->operation != NULL) mp_operation_cancel(stream->operation, MP_CANCELLED);
  answer_soon(stream);
  free_if_over(stream);
}
