/* request_group.c - executions of different statements, one behind the other, with one
 * sync. */
#include "base/error.h"
#include "pg/columns.h"
#include "pg/conn_impl.h"
#include "pg/group.h"

#include <stdio.h>
#include <string.h>

static bool send_execution(mp__conn *conn, const mp_statement *statement,
                           const char *name, mp_params *params) {
  mp__param_arrays arrays;
  mp__params_arrays(params, &arrays);
  return PQsendQueryPrepared(conn->pg, name, arrays.count, arrays.values, arrays.lengths,
                             arrays.formats, (int)statement->result_format) == 1;
}

/* Invariant: every execution names a statement of its group. */
static const mp_statement *statement_of(const mp_group *group, size_t execution) {
  return group->statements[group->executions[execution].statement].statement;
}

/* The unnamed statement stays what was last parsed under no name. */
static bool send_executions(mp__conn *conn, mp_group *group) {
  const mp_statement *unnamed = NULL;
  for (size_t i = 0; i < group->execution_count; i++) {
    mp__execution *execution = &group->executions[i];
    const mp_statement *statement = statement_of(group, i);
    execution->parses = false;
    const char *name = "";
    if (unnamed == NULL || statement != unnamed) {
      name = mp__send_prepare_statement(conn, statement, &execution->parses);
    }
    if (name == NULL) return false;
    if (name[0] == '\0') unnamed = statement;
    if (!send_execution(conn, statement, name, execution->params)) return false;
  }
  return true;
}

static bool has_begin(const mp_group *group) {
  const mp__group_frame *frame = &group->frame;
  bool is_begun = group->is_repeated && !frame->begins_transaction;
  return frame->begin[0] != '\0' && !is_begun;
}

static bool send_begin(mp__conn *conn, const mp_group *group) {
  if (group->is_repeated && !mp__send_text(conn, group->frame.undo, 0)) return false;
  return !has_begin(group) || mp__send_text(conn, group->frame.begin, 0);
}

static bool send_finish(mp__conn *conn, const mp_group *group) {
  if (group->frame.finish[0] == '\0') return true;
  if (group->asks && !mp__send_xid_question(conn)) return false;
  return mp__send_text(conn, group->frame.finish, 0);
}

/* In a transaction that has failed the question would, too; what repeats leaves that. */
static bool may_ask(const mp__conn *conn, const mp_group *group) {
  const mp__group_frame *frame = &group->frame;
  if (!frame->commits || frame->reads_only || !mp__send_knows_xid(conn)) return false;
  if (frame->begins_transaction) return mp__group_writes(group);
  return group->is_repeated || mp__conn_transaction(conn) == MP__TRANSACTION_OPEN;
}

/* Past the executions, or on to the Parse of the next one where it has one. */
static void begin_execution(mp_group *group) {
  if (group->at < group->execution_count) {
    group->part =
        group->executions[group->at].parses ? MP__GROUP_PARSE : MP__GROUP_EXECUTION;
  } else if (group->frame.finish[0] == '\0') {
    group->part = MP__GROUP_END;
  } else {
    group->part = group->asks ? MP__GROUP_XID : MP__GROUP_FINISH;
  }
}

static void begin_group(mp_group *group) {
  if (has_begin(group))
    group->part = MP__GROUP_BEGIN;
  else
    begin_execution(group);
}

static bool send_group(mp__conn *conn, mp__request *request) {
  mp_group *group = request->group;
  group->at = 0;
  group->asks = may_ask(conn, group);
  group->xid[0] = '\0';
  group->part = MP__GROUP_UNDO;
  if (!send_begin(conn, group) || !send_executions(conn, group)) return false;
  if (!send_finish(conn, group)) return false;
  if (!group->is_repeated) begin_group(group);
  return mp__send_sync(conn);
}

static void take_xid(mp_group *group, const PGresult *pg) {
  if (PQntuples(pg) != 1 || PQgetisnull(pg, 0, 0)) return;
  snprintf(group->xid, sizeof(group->xid), "%s", PQgetvalue(pg, 0, 0));
}

static void check_commit(mp__request *request, PGresult *pg) {
  if (strcmp(PQcmdStatus(pg), "ROLLBACK") != 0) return;
  mp__request_add_error(
      request, mp__error_new(MP_TX_ROLLED_BACK, "COMMIT was answered by ROLLBACK"));
}

static void add_rows(mp__request *request, PGresult *pg, const mp_statement *statement) {
  mp_columns *columns = statement->columns;
  bool is_alike = columns != NULL && mp__columns_match(columns, pg);
  mp__request_add_rows(request, pg, statement->types, is_alike ? columns : NULL);
}

static void take_answer(mp__request *request, PGresult *pg) {
  mp_group *group = request->group;
  switch (group->part) {
  case MP__GROUP_UNDO:
    begin_group(group);
    break;
  case MP__GROUP_BEGIN:
    begin_execution(group);
    break;
  case MP__GROUP_PARSE:
    group->part = MP__GROUP_EXECUTION;
    break;
  case MP__GROUP_EXECUTION:
    add_rows(request, pg, statement_of(group, group->at));
    group->at++;
    begin_execution(group);
    return;
  case MP__GROUP_XID:
    take_xid(group, pg);
    group->part = MP__GROUP_FINISH;
    break;
  case MP__GROUP_FINISH:
    check_commit(request, pg);
    group->part = MP__GROUP_END;
    break;
  case MP__GROUP_END:
    break;
  }
  PQclear(pg);
}

/* What stood behind the failure was skipped: it was not prepared after all. */
static void forget_skipped(mp__conn *conn, const mp_group *group) {
  for (size_t i = group->at; i < group->execution_count; i++) {
    const mp__execution *execution = &group->executions[i];
    bool was_parsed = i == group->at && group->part == MP__GROUP_EXECUTION;
    if (execution->parses && !was_parsed) {
      mp__conn_forget(conn, statement_of(group, i)->id);
    }
  }
}

static void take_failure(mp__conn *conn, mp__request *request, PGresult *pg) {
  const mp_group *group = request->group;
  bool is_ours = group->at >= group->execution_count || group->part < MP__GROUP_PARSE;
  const mp_statement *statement = is_ours ? NULL : statement_of(group, group->at);
  mp_error *error = mp__error_from_result(pg, statement == NULL ? NULL : statement->text);
  if (statement != NULL) mp__error_set_index(error, (int)group->at + 1);
  mp__request_add_error(request, error);
  forget_skipped(conn, group);
  PQclear(pg);
}

const mp__request_kind mp__request_group = {
    .send = send_group, .take = take_answer, .fail = take_failure};
