/* tasks.c - W2: point selects of 64 tasks over a few connections on a libuv loop. */
#include "limit.h"

#include <uv.h>

#include <stdlib.h>

#define TASK_COUNT      64
#define CONNECTIONS_MAX 8

/* How a task's statement gets to the server. */
typedef enum sharing {
  LEASED,    /* alone on its connection */
  SYNC_EACH, /* pipelined, each with a sync of its own */
  SYNC_TURN, /* pipelined, one sync for all of a turn of the loop; done when that has come
              */
} sharing;

typedef struct member {
  PGconn *conn;
  uv_poll_t poll;
  int sent,
      answered; /* statements not done yet, and those of them that wait for a sync */
  bool needs_sync;
} member;

typedef struct crowd {
  uv_loop_t *loop;
  member members[CONNECTIONS_MAX];
  int count;
  sharing sharing;
  long done;
  double end_s;
} crowd;

static void send_one(crowd *all, member *to) {
  point_params params;
  point_params_set(&params);
  if (PQsendQueryPrepared(to->conn, "point", 1, params.values, params.lengths,
                          params.formats, 1) != 1)
    fail(PQerrorMessage(to->conn));
  to->sent++;
  if (all->sharing == SYNC_TURN) to->needs_sync = true;
  if (all->sharing == SYNC_EACH) PQpipelineSync(to->conn);
}

/* Whose statement is done asks again. */
static void finish(crowd *all, member *from, int count) {
  all->done += count;
  from->sent -= count;
  for (int i = 0; i < count; i++)
    send_one(all, from);
}

static void take_result(crowd *all, member *from, PGresult *result) {
  account row;
  if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
    int answered = from->answered;
    from->answered = 0;
    finish(all, from, answered);
    return;
  }
  read_account(expect_success(result), &row);
  from->answered++;
}

static void on_readable(uv_poll_t *poll, int status, int events) {
  member *from = poll->data;
  crowd *all = poll->loop->data;
  (void)events;
  if (status < 0 || PQconsumeInput(from->conn) != 1) fail(PQerrorMessage(from->conn));
  while (from->sent > 0 && !PQisBusy(from->conn)) {
    PGresult *result = PQgetResult(from->conn);
    if (result != NULL) {
      take_result(all, from, result);
      PQclear(result);
    } else if (all->sharing == LEASED) {
      from->answered = 0;
      finish(all, from, 1);
    }
  }
}

static void on_turn_end(uv_prepare_t *prepared) {
  crowd *all = prepared->data;
  for (int i = 0; i < all->count; i++) {
    member *to = &all->members[i];
    if (to->needs_sync) PQpipelineSync(to->conn);
    to->needs_sync = false;
  }
}

static void open_member(crowd *all, member *out) {
  out->conn = dial();
  prepare(out->conn, "point", POINT_SELECT);
  PQsetnonblocking(out->conn, 1);
  if (all->sharing != LEASED) PQenterPipelineMode(out->conn);
  uv_poll_init(all->loop, &out->poll, PQsocket(out->conn));
  out->poll.data = out;
  uv_poll_start(&out->poll, UV_READABLE, on_readable);
}

static void run_for(crowd *all, double seconds) {
  double end_s = now_s() + seconds;
  all->done = 0;
  while (now_s() < end_s)
    uv_run(all->loop, UV_RUN_ONCE);
}

static void run_tasks(int connection_count, sharing how) {
  crowd all = {.loop = uv_default_loop(), .count = connection_count, .sharing = how};
  uv_prepare_t turn_end;
  all.loop->data = &all;
  for (int i = 0; i < all.count; i++)
    open_member(&all, &all.members[i]);
  uv_prepare_init(all.loop, &turn_end);
  turn_end.data = &all;
  if (how == SYNC_TURN) uv_prepare_start(&turn_end, on_turn_end);

  /* A connection that is leased takes one task; the others would only wait for it. */
  int started = how == LEASED ? all.count : TASK_COUNT;
  for (int i = 0; i < started; i++)
    send_one(&all, &all.members[i % all.count]);
  run_for(&all, WARM_UP_S);
  stopwatch watch = stopwatch_start();
  run_for(&all, bench_seconds());
  stopwatch_report(&watch, (double)all.done);
}

void point_select_pool(void) {
  run_tasks(8, LEASED);
}

void point_select_sync_each(void) {
  run_tasks(2, SYNC_EACH);
}

void point_select_sync_turn(void) {
  run_tasks(2, SYNC_TURN);
}
