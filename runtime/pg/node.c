/* node.c - which server a connection leads to: its cluster, and the timeline it writes.
 *
 * A transaction's id means something on its own node only: after a failover another
 * transaction may bear it. Bookkeeping of ours, whose failure harms nobody. */
#include "base/alloc.h"
#include "pg/conn_impl.h"

static const char question[] =
    "select pg_catalog.concat(system_identifier, '/', pg_catalog.substr("
    "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)) "
    "from pg_catalog.pg_control_system()";

/* Outlives its connection while it is under way. */
typedef struct node_question {
  mp__request request;
  mp_result *answer;
  bool is_over, is_orphan;
} node_question;

static void free_question(node_question *node) {
  mp_result_free(node->answer);
  mp__free(node);
}

static void on_answer(mp__request *request, mp_result *result, const mp_error *error) {
  node_question *node = request->data;
  (void)error;
  node->answer = result;
  node->is_over = true;
  if (node->is_orphan) free_question(node);
}

void mp__conn_learn_node(mp__conn *conn) {
  if (conn->node != NULL || !mp__conn_is_open(conn)) return;
  node_question *node = mp__alloc_zero(sizeof(*node));
  if (node == NULL) return;
  node->request = (mp__request){.kind = &mp__request_command,
                                .text = question,
                                .completed = on_answer,
                                .data = node,
                                .is_ours = true};
  mp__list_init(&node->request.link);
  conn->node = node;
  mp__conn_submit(conn, &node->request);
}

const char *mp__conn_node(const mp__conn *conn) {
  size_t length;
  const node_question *node = conn->node;
  if (node == NULL || node->answer == NULL) return NULL;
  if (mp_result_row_count(node->answer) != 1) return NULL;
  return mp_result_cell(node->answer, 0, 0, &length);
}

void mp__node_forget(mp__conn *conn) {
  node_question *node = conn->node;
  conn->node = NULL;
  if (node == NULL) return;
  node->is_orphan = true;
  if (node->is_over) free_question(node);
}
