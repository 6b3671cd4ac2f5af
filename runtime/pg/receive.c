/* receive.c - takes in results and completes each request when its sync has come, never
 * before. */
#include "base/error.h"
#include "pg/bulk.h"
#include "pg/conn_impl.h"

#include <string.h>

static mp__request *head(const mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  return link == NULL ? NULL : MP__CONTAINER(link, mp__request, link);
}

void mp__request_add_error(mp__request *request, mp_error *error) {
  if (request->error != NULL) {
    mp_error_free(error); /* the first is the cause */
    return;
  }
  request->error = error;
}

void mp__request_add_rows(mp__request *request, PGresult *pg, mp_types *types,
                          mp_columns *columns) {
  mp_result *result = mp__result_new(pg, types, columns);
  if (result == NULL) {
    mp__request_add_error(request, mp__error_oom());
    return;
  }
  if (request->first == NULL) request->first = result;
  if (request->last != NULL) mp__result_append(request->last, result);
  request->last = result;
}

void mp__request_add_result(mp__request *request, PGresult *pg) {
  const mp_statement *statement = request->statement;
  mp__request_add_rows(request, pg, statement == NULL ? NULL : statement->types, NULL);
}

/* By where in the server's source it was raised: the text is in the server's language. */
static bool is_changed_type(const PGresult *pg) {
  const char *source = PQresultErrorField(pg, PG_DIAG_SOURCE_FUNCTION);
  return source != NULL && strcmp(source, "RevalidateCachedQuery") == 0;
}

/* The name is not known, or is another's: then what we remember of this connection is
 * wrong. */
static bool is_stale(const mp__request *request, const PGresult *pg) {
  const char *sqlstate = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
  bool is_prepared = request->statement != NULL || request->group != NULL;
  if (!is_prepared || sqlstate == NULL) return false;
  if (strcmp(sqlstate, "0A000") == 0) return is_changed_type(pg);
  if (strcmp(sqlstate, "42P05") == 0) return request->preludes > 0;
  return strcmp(sqlstate, "26000") == 0;
}

static void take_error(mp__conn *conn, mp__request *request, PGresult *pg) {
  if (request->error == NULL) request->is_stale = is_stale(request, pg);
  if (request->kind->fail != NULL) {
    request->kind->fail(conn, request, pg);
    return;
  }
  const char *query =
      request->statement != NULL ? request->statement->text : request->text;
  mp__request_add_error(request, mp__error_from_result(pg, query));
  if (request->preludes > 0 && request->statement != NULL) {
    request->preludes = 0;
    mp__conn_forget(conn, request->id); /* it was not prepared after all */
  }
  PQclear(pg);
}

static void take_success(mp__request *request, PGresult *pg) {
  if (request->preludes == 0) {
    request->kind->take(request, pg);
    return;
  }
  request->preludes--;
  PQclear(pg);
}

/* In pipeline mode COPY would hand out the same result for ever; nothing but the end of
 * the connection stops it. */
static bool refuse_copy(mp__conn *conn, PGresult *pg) {
  PQclear(pg);
  mp_error *error =
      mp__error_new(MP_BAD_ARGUMENT, "COPY cannot run as a plain statement");
  mp__error_set(error, MP_FIELD_HINT, "use copy_in or copy_out");
  mp__conn_fail(conn, error);
  return false;
}

static bool begin_copy(mp__conn *conn, mp__request *request, PGresult *pg,
                       conn_copy direction) {
  if (request->kind->begin_copy == NULL) return refuse_copy(conn, pg);
  PQclear(pg);
  request->kind->begin_copy(conn, request, direction);
  return true;
}

static bool end_request(mp__conn *conn, mp__request *request) {
  mp__conn_measure(conn, request);
  mp__conn_complete(request);
  if (conn->state == CONN_OPEN) mp__stream_aim(conn);
  return conn->state == CONN_OPEN;
}

/* False when the connection is no longer open. */
static bool take_result(mp__conn *conn, mp__request *request, PGresult *pg) {
  switch (PQresultStatus(pg)) {
  case PGRES_COMMAND_OK:
  case PGRES_TUPLES_OK:
  case PGRES_SINGLE_TUPLE:
  case PGRES_EMPTY_QUERY:
    if (request != NULL) take_success(request, pg);
    if (request == NULL) PQclear(pg);
    return true;
  case PGRES_BAD_RESPONSE:
  case PGRES_NONFATAL_ERROR:
  case PGRES_FATAL_ERROR:
    if (!mp__list_is_empty(&conn->held)) conn->group_failed = true;
    if (request != NULL) take_error(conn, request, pg);
    if (request == NULL) PQclear(pg);
    return true;
  case PGRES_PIPELINE_ABORTED:
    if (request != NULL && request->preludes > 0 && request->groups) {
      request->preludes = 0;
      mp__conn_forget(conn,
                      request->id); /* an error before it kept it from being parsed */
    }
    PQclear(pg);
    return true;
  case PGRES_PIPELINE_SYNC:
    PQclear(pg);
    if (!mp__list_is_empty(&conn->held)) return mp__read_group_on_sync(conn);
    return request == NULL || end_request(conn, request);
  case PGRES_COPY_IN:
    return begin_copy(conn, request, pg, COPY_TO_SERVER);
  case PGRES_COPY_OUT:
    return begin_copy(conn, request, pg, COPY_FROM_SERVER);
  case PGRES_COPY_BOTH:
    return refuse_copy(conn, pg);
  }
  PQclear(pg);
  return true;
}

/* Without a sync the end of its results ends the request, unless the connection has
 * ended.
 */
static bool return_to_pipeline(mp__conn *conn, mp__request *request) {
  if (PQstatus(conn->pg) == CONNECTION_BAD) return false;
  conn->left_pipeline = false;
  if (PQenterPipelineMode(conn->pg) != 1) return false;
  return end_request(conn, request);
}

static void drain_notifications(mp__conn *conn) {
  PGnotify *note;
  while (conn->pg != NULL && (note = PQnotifies(conn->pg)) != NULL) {
    const mp__conn_listener *listener = &conn->listener;
    if (listener->notified != NULL) {
      listener->notified(note->relname, note->extra, note->be_pid, listener->data);
    }
    PQfreemem(note);
  }
}

/* While data is on its way, or nobody takes what has come, there are no results. */
static bool may_take(const mp__conn *conn) {
  return !conn->paused && conn->copy == COPY_NONE && !PQisBusy(conn->pg);
}

static void take_results(mp__conn *conn) {
  unsigned nothing =
      0; /* NULL ends each command's results; twice in a row ends them all */
  mp__request *request;
  while (((request = head(conn)) != NULL || !mp__list_is_empty(&conn->held)) &&
         nothing < 2 && may_take(conn)) {
    PGresult *pg = PQgetResult(conn->pg);
    if (pg != NULL) {
      nothing = 0;
      if (request != NULL) request->is_answered = true;
      if (!take_result(conn, request, pg)) return;
    } else if (conn->left_pipeline) {
      if (!return_to_pipeline(conn, request)) return;
    } else {
      nothing++;
      mp__stream_aim(conn);
      if (request != NULL && request->groups) mp__read_group_on_answer(conn, request);
    }
  }
}

void mp__conn_receive(mp__conn *conn) {
  do {
    take_results(conn);
  } while (mp__copy_receive(conn));
  drain_notifications(conn);
}
