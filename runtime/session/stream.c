/* stream.c - the rows of a statement on a session's own connection, in portions. */
#include "engine/stream.h"

#include "base/error.h"
#include "session/session_impl.h"

/* No row had come when a plan was stale. */
static bool may_repeat(const mp_operation *operation, const mp_error *error) {
  return mp__is_stale_plan(operation, error) && operation->repeats == 0 &&
         operation->session->depth == 0;
}

static void step(mp_operation *operation, mp_result *result, const mp_error *error) {
  mp_result_free(result);
  if (error == NULL) {
    mp__operation_finish(operation, NULL, NULL);
    return;
  }
  bool repeats = may_repeat(operation, error);
  if (repeats) mp__conn_forget(operation->conn, operation->request.id);
  if (mp__is_stale_plan(operation, error)) {
    mp__statement_cache_retire(operation->engine, operation->statement);
  }
  if (repeats) {
    operation->repeats++;
    mp__stream_begin(operation);
    return;
  }
  mp_error *noted = mp__session_note(operation, error);
  mp__operation_finish(operation, NULL, noted);
  mp_error_free(noted);
}

static const mp__operation_kind streaming = {.begin = mp__stream_begin,
                                             .step = step,
                                             .report = mp__stream_report,
                                             .leave = mp__stream_leave};

mp_stream *mp_session_stream(mp_session *session, mp_statement *statement,
                             mp_params *params) {
  mp_stream *stream = mp__stream_new(session->engine, &streaming, statement, params);
  if (stream == NULL) return NULL;
  mp__session_note_touch(session, statement);
  mp__session_start(session, mp__stream_operation(stream));
  return stream;
}
