/* request_describe_group.c - asks for the types of a group's statements that are not
 * known yet, with one sync. */
#include "base/error.h"
#include "pg/conn_impl.h"
#include "pg/group.h"

static bool send_one(mp__conn *conn, mp__group_statement *entry) {
  const char *name = mp__send_prepare_statement(conn, entry->statement, &entry->parses);
  return name != NULL && mp__send_description(conn, entry->statement, name);
}

/* The next statement that an answer is expected for. */
static void find_next(mp_group *group) {
  while (group->at < group->statement_count && !group->statements[group->at].asks)
    group->at++;
  if (group->at == group->statement_count) {
    group->part = MP__GROUP_END;
  } else {
    group->part =
        group->statements[group->at].parses ? MP__GROUP_PARSE : MP__GROUP_EXECUTION;
  }
}

/* Somebody else may describe one meanwhile, so that what is asked is noted. */
static bool send_describe(mp__conn *conn, mp__request *request) {
  mp_group *group = request->group;
  for (size_t i = 0; i < group->statement_count; i++) {
    mp__group_statement *entry = &group->statements[i];
    entry->parses = false;
    entry->asks = !entry->statement->described;
    if (entry->asks && !send_one(conn, entry)) return false;
  }
  group->at = 0;
  find_next(group);
  return mp__send_sync(conn);
}

static void take_answer(mp__request *request, PGresult *pg) {
  mp_group *group = request->group;
  if (group->part == MP__GROUP_PARSE) {
    group->part = MP__GROUP_EXECUTION;
    PQclear(pg);
    return;
  }
  mp__take_description(request, group->statements[group->at].statement, pg);
  group->at++;
  find_next(group);
}

/* Which execution it is to be is not known yet, so that the text alone tells. */
static void take_failure(mp__conn *conn, mp__request *request, PGresult *pg) {
  mp_group *group = request->group;
  bool is_known = group->at < group->statement_count;
  const char *text = is_known ? group->statements[group->at].statement->text : NULL;
  mp__request_add_error(request, mp__error_from_result(pg, text));
  for (size_t i = group->at; i < group->statement_count; i++) {
    const mp__group_statement *entry = &group->statements[i];
    if (entry->parses) mp__conn_forget(conn, entry->statement->id);
  }
  PQclear(pg);
}

const mp__request_kind mp__request_describe_group = {
    .send = send_describe, .take = take_answer, .fail = take_failure};
