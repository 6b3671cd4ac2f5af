/* copy.c - COPY on a session's connection, with at most a portion of data on either side.
 */
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "pg/bulk.h"
#include "session/session_impl.h"

#include <moonpool/copy.h>

#define PORTION ((size_t)64 * 1024)

typedef enum copy_wait { WAIT_NOTHING, WAIT_WRITABLE, WAIT_DATA, WAIT_END } copy_wait;

struct mp_copy {
  mp_engine *engine;
  mp_operation *operation; /* NULL once it has ended */
  bool finishing;          /* the data is complete */
  bool closed;             /* the user let go */
  mp_error *failure;
  int64_t row_count;
  mp__buffer arriving, taken; /* out */
  copy_wait wait;
  mp_done_cb cb; /* of the call that waits */
  void *data;
  mp__deferred deliver;
};

static void free_copy(mp_copy *copy) {
  mp__deferred_cancel(copy->engine->loop, &copy->deliver);
  mp__buffer_free(&copy->arriving);
  mp__buffer_free(&copy->taken);
  mp_error_free(copy->failure);
  mp__engine_drop(copy->engine);
  mp__free(copy);
}

static void free_if_over(mp_copy *copy) {
  bool is_over = copy->operation == NULL && copy->wait == WAIT_NOTHING;
  if (copy->closed && is_over) free_copy(copy);
}

static bool is_answerable(const mp_copy *copy) {
  switch (copy->wait) {
  case WAIT_NOTHING:
    return false;
  case WAIT_WRITABLE:
    return copy->operation == NULL || mp_copy_is_writable(copy);
  case WAIT_DATA:
    return copy->operation == NULL || copy->arriving.length > 0;
  case WAIT_END:
    return copy->operation == NULL;
  }
  return false;
}

static void take_portion(mp_copy *copy) {
  mp__buffer portion = copy->arriving;
  copy->arriving = copy->taken;
  mp__buffer_clear(&copy->arriving);
  copy->taken = portion;
  if (copy->operation != NULL) mp__conn_resume(copy->operation->conn);
}

/* What has arrived has a hole. */
static void fail_for_memory(mp_copy *copy) {
  mp__buffer_free(&copy->arriving);
  copy->failure = mp__error_oom();
  mp_operation_cancel(copy->operation, MP_CANCELLED);
}

/* Data that came before a failure is given before it. The copy may be closed in the
 * callback. */
static void deliver(void *data) {
  mp_copy *copy = data;
  if (copy->arriving.failed && copy->operation != NULL) fail_for_memory(copy);
  if (!is_answerable(copy)) return;
  if (copy->wait == WAIT_DATA) take_portion(copy);
  bool fails = copy->failure != NULL && copy->taken.length == 0;
  mp_error *failure = fails ? mp_error_copy(copy->failure) : NULL;
  mp_done_cb cb = copy->cb;
  void *user = copy->data;
  copy->wait = WAIT_NOTHING;
  free_if_over(copy);
  cb(failure, user);
  mp_error_free(failure);
}

static void answer_soon(mp_copy *copy) {
  if (!is_answerable(copy)) return;
  mp__deferred_schedule(copy->engine->loop, &copy->deliver);
}

/* It may have been told to end before it could begin. */
static void on_writable(mp__request *request) {
  const mp_operation *operation = request->data;
  const mp_copy *copy = operation->data;
  if (copy->finishing) mp__copy_end(operation->conn, request, NULL);
  answer_soon(operation->data);
}

static void on_bytes(mp__request *request, const char *data, size_t length) {
  const mp_operation *operation = request->data;
  mp_copy *copy = operation->data;
  mp__buffer_append(&copy->arriving, data, length);
  if (copy->arriving.length >= PORTION || copy->arriving.failed) {
    mp__conn_pause(operation->conn);
  }
  answer_soon(copy);
}

static const mp__bulk events = {.bytes = on_bytes, .writable = on_writable};

static void begin_copy(mp_operation *operation, const mp__request_kind *kind) {
  operation->request.kind = kind;
  operation->request.text = operation->text;
  operation->request.bulk = &events;
  mp__operation_submit(operation);
}

static void begin_in(mp_operation *operation) {
  begin_copy(operation, &mp__request_copy_in);
}

static void begin_out(mp_operation *operation) {
  begin_copy(operation, &mp__request_copy_out);
}

/* Of data that was not complete nothing is kept. */
static mp_error *note(mp_operation *operation, const mp_error *error) {
  const mp_copy *copy = operation->data;
  bool is_sure = operation->request.kind == &mp__request_copy_out || !copy->finishing;
  mp_session *session = operation->session;
  if (mp_error_status(error) != MP_CONNECTION_LOST || !is_sure || session->depth > 0) {
    return mp__session_note(operation, error);
  }
  session->lost = true;
  mp_error *loss = mp_error_copy(error);
  mp__error_set(loss, MP_FIELD_HINT, "nothing was stored: run the COPY again");
  return loss;
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_copy *copy = operation->data;
  if (error == NULL) {
    copy->row_count = result == NULL ? 0 : mp_result_affected(result);
    if (copy->row_count > 0) operation->rows = (uint64_t)copy->row_count;
    mp_result_free(result);
    mp__operation_finish(operation, NULL, NULL);
    return;
  }
  mp_error *noted = note(operation, error);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static void report(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_copy *copy = operation->data;
  mp_result_free(result);
  copy->operation = NULL;
  if (copy->arriving.failed) copy->failure = mp__error_oom();
  if (copy->failure == NULL && error != NULL) copy->failure = mp_error_copy(error);
  answer_soon(copy);
  free_if_over(copy);
}

static void leave(mp_operation *operation, mp_error *error) {
  (void)error;
  operation->request.bulk = NULL;
  if (mp__operation_withdraw(operation)) return;
  mp__bulk_leave(operation->conn, &operation->request);
}

static const mp__operation_kind copying_in = {
    .begin = begin_in, .step = step, .report = report, .leave = leave};
static const mp__operation_kind copying_out = {
    .begin = begin_out, .step = step, .report = report, .leave = leave};

static mp_copy *start(mp_session *session, const mp__operation_kind *kind,
                      const char *sql, size_t length) {
  mp_copy *copy = mp__alloc_zero(sizeof(*copy));
  char *text = mp__strndup(sql, length);
  mp_operation *operation = copy == NULL || text == NULL
                                ? NULL
                                : mp__operation_new(session->engine, kind, copy);
  if (operation == NULL) {
    mp__free(text);
    mp__free(copy);
    return NULL;
  }
  mp__engine_retain(session->engine);
  copy->engine = session->engine;
  copy->operation = operation;
  mp__deferred_init(&copy->deliver, deliver, copy);
  operation->text = text;
  operation->counts_by_text = true;
  mp__session_start(session, operation);
  return copy;
}

mp_copy *mp_session_copy_in(mp_session *session, const char *sql, size_t length) {
  return start(session, &copying_in, sql, length);
}

mp_copy *mp_session_copy_out(mp_session *session, const char *sql, size_t length) {
  return start(session, &copying_out, sql, length);
}

static void wait_for(mp_copy *copy, copy_wait wait, mp_done_cb cb, void *data) {
  copy->wait = wait;
  copy->cb = cb;
  copy->data = data;
  answer_soon(copy);
}

void mp_copy_flush(mp_copy *copy, mp_done_cb cb, void *data) {
  wait_for(copy, WAIT_WRITABLE, cb, data);
}

bool mp_copy_is_writable(const mp_copy *copy) {
  const mp_operation *operation = copy->operation;
  if (operation == NULL || !operation->submitted) return false;
  return mp__copy_is_writable(operation->conn, &operation->request);
}

int mp_copy_write(mp_copy *copy, const void *bytes, size_t length) {
  const mp_operation *operation = copy->operation;
  bool may_write = operation != NULL && operation->submitted &&
                   mp__copy_write(operation->conn, &operation->request, bytes, length);
  return may_write ? MP_OK : MP_CONNECTION_LOST;
}

void mp_copy_finish(mp_copy *copy, mp_done_cb cb, void *data) {
  const mp_operation *operation = copy->operation;
  copy->finishing = true;
  if (operation != NULL && operation->submitted) {
    mp__copy_end(operation->conn, &operation->request, NULL);
  }
  wait_for(copy, WAIT_END, cb, data);
}

void mp_copy_read(mp_copy *copy, mp_done_cb cb, void *data) {
  wait_for(copy, WAIT_DATA, cb, data);
}

const char *mp_copy_data(const mp_copy *copy, size_t *length) {
  *length = copy->taken.length;
  return copy->taken.data;
}

int64_t mp_copy_row_count(const mp_copy *copy) {
  return copy->row_count;
}

void mp_copy_cancel(mp_copy *copy, int status) {
  if (copy->operation == NULL) return;
  mp__buffer_clear(&copy->arriving);
  mp_operation_cancel(copy->operation, status);
}

void mp_copy_close(mp_copy *copy) {
  if (copy == NULL) return;
  copy->closed = true;
  mp_copy_cancel(copy, MP_CANCELLED);
  answer_soon(copy);
  free_if_over(copy);
}
