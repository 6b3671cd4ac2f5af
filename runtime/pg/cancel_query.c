/* cancel_query.c - cancels by pg_cancel_backend on a second connection, which is as
 * encrypted as the first. */
#include "pg/cancel.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void finish(cancel_job *job) {
  mp__conn *helper = job->helper;
  job->helper = NULL;
  mp__conn_close(helper, "the cancel is over");
  mp__cancel_end(job);
}

static void on_answer(mp__request *request, mp_result *result, const mp_error *error) {
  cancel_job *job = request->data;
  (void)
      error; /* as for a lost cancel: the statement does not end, and its connection does
              */
  mp_result_free(result);
  if (job->helper != NULL) {
    finish(job);
  } else {
    mp__cancel_end(job); /* it was dropped before */
  }
}

/* Several hosts may stand behind one name, and a process number means something on one of
 * them only: the port that the first connection comes from tells them apart. */
static int local_port(const PGconn *pg) {
  struct sockaddr_storage address = {0};
  socklen_t length = sizeof(address);
  if (getsockname(PQsocket(pg), (struct sockaddr *)&address, &length) != 0) return 0;
  if (address.ss_family == AF_INET) {
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
  }
  return -1; /* what the server notes for a Unix socket */
}

static void on_opened(mp__conn *helper, const mp_error *error, void *data) {
  cancel_job *job = data;
  if (error != NULL) {
    finish(job);
    return;
  }
  job->request = (mp__request){.kind = &mp__request_command,
                               .text = job->text,
                               .completed = on_answer,
                               .data = job};
  mp__list_init(&job->request.link);
  mp__conn_submit(helper, &job->request);
}

static void on_event(mp__conn *helper, void *data) {
  (void)helper, (void)data;
}

/* The request has completed before. */
static void on_lost(mp__conn *helper, const mp_error *error, void *data) {
  (void)helper, (void)error, (void)data;
}

static const mp__conn_events events = {on_opened, on_lost, on_event};

static int start(mp__conn *conn, cancel_job *job) {
  snprintf(job->text, sizeof(job->text),
           "select pg_catalog.pg_cancel_backend(pid) from pg_catalog.pg_stat_activity "
           "where pid = %d and client_port = %d",
           PQbackendPID(conn->pg), local_port(conn->pg));
  return mp__conn_open(conn->loop, conn->config, &events, job, &job->helper);
}

static bool is_sent(const cancel_job *job) {
  return job->request.completed != NULL;
}

/* A request that was submitted completes soon, and ends the job. */
static void drop(cancel_job *job) {
  mp__conn *helper = job->helper;
  bool is_asked = is_sent(job);
  mp__timer_stop(job->loop, &job->deadline);
  job->helper = NULL;
  mp__conn_close(helper, "nobody waits for the cancel any more");
  if (!is_asked) mp__cancel_end(job);
}

const cancel_way mp__cancel_by_query = {start, is_sent, drop, drop};
