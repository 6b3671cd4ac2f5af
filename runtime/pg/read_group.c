/* read_group.c - reads of one turn that share one sync: fewer packets, and a transaction
 * of the server's around them all.
 *
 * An error undoes the others of its group, so that none is complete before the sync has
 * come; after an error each is sent again alone. That is only for connections on which
 * the server refuses to write. */
#include "pg/conn_impl.h"

bool mp__read_group_add(mp__conn *conn, mp__request *request) {
  if (!request->groups) return mp__send_sync(conn);
  size_t executions = request->param_sets > 0 ? request->param_sets : 1;
  request->commands = request->preludes + executions;
  request->is_answered = false;
  conn->group_is_open = true;
  return true;
}

bool mp__read_group_close(mp__conn *conn) {
  if (!conn->group_is_open) return true;
  conn->group_is_open = false;
  return mp__send_sync(conn);
}

void mp__read_group_on_answer(mp__conn *conn, mp__request *request) {
  if (!request->is_answered) return;
  request->is_answered = false;
  if (--request->commands > 0) return;
  mp__conn_measure(conn, request);
  conn->group_failed = conn->group_failed || request->error != NULL;
  mp__list_remove(&request->link);
  mp__list_push_back(&conn->held, &request->link);
}

/* As if it had just been submitted, to be sent alone. */
static void renew(mp__request *request) {
  mp_result_free(request->first);
  mp_error_free(request->error);
  request->first = request->last = NULL;
  request->error = NULL;
  request->groups = request->is_stale = request->exposed = false;
  request->preludes = 0;
  request->answered_us = request->over_us = 0;
}

/* In their order, in front of what came later. Whoever was left stays in `group`. */
static void send_again(mp__conn *conn, mp__link *group) {
  for (mp__link *link = group->prev, *previous; link != group; link = previous) {
    mp__request *request = MP__CONTAINER(link, mp__request, link);
    previous = link->prev;
    if (request->is_left) continue;
    renew(request);
    mp__list_remove(link);
    mp__list_push_front(&conn->queued, link);
  }
}

bool mp__read_group_on_sync(mp__conn *conn) {
  mp__link group, *link;
  bool failed = conn->group_failed;
  conn->group_failed = false;
  mp__list_init(&group);
  mp__list_move_all(&conn->held, &group);
  if (failed) send_again(conn, &group);
  while ((link = mp__list_first(&group)) != NULL) {
    mp__conn_complete(MP__CONTAINER(link, mp__request, link));
  }
  return conn->state == CONN_OPEN;
}
