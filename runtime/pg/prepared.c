/* prepared.c - what one connection has prepared under a name, least recently used first.
 */
#include "base/alloc.h"
#include "pg/conn_impl.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct prepared_entry {
  mp__link link;
  uint64_t id;
} prepared_entry;

/* A DEALLOCATE on its way: bookkeeping of ours that no caller sees. */
typedef struct deallocation {
  mp__request request;
  char text[48];
} deallocation;

static prepared_entry *find(mp__conn *conn, uint64_t id) {
  if (conn->prepared == NULL) return NULL;
  return mp__map_get(conn->prepared, (const char *)&id, sizeof(id));
}

static void remove_entry(mp__conn *conn, prepared_entry *entry) {
  mp__map_remove(conn->prepared, (const char *)&entry->id, sizeof(entry->id));
  mp__list_remove(&entry->link);
  mp__free(entry);
}

static void on_deallocated(mp__request *request, mp_result *result,
                           const mp_error *error) {
  (void)error; /* the name is gone either way */
  mp_result_free(result);
  mp__free(request->data);
}

/* In a sync of its own, in front of the next statement: a refusal harms nobody. */
static void deallocate(mp__conn *conn, uint64_t id) {
  deallocation *work = mp__alloc_zero(sizeof(*work));
  if (work == NULL) return; /* the name stays on the server until the connection ends */
  snprintf(work->text, sizeof(work->text), "DEALLOCATE mp_%" PRIu64, id);
  work->request = (mp__request){.kind = &mp__request_command,
                                .text = work->text,
                                .completed = on_deallocated,
                                .data = work,
                                .is_ours = true,
                                .shares = true};
  mp__list_push_front(&conn->queued, &work->request.link);
}

bool mp__prepared_has(mp__conn *conn, const mp_statement *statement) {
  prepared_entry *entry = find(conn, statement->id);
  if (entry == NULL) return false;
  mp__list_remove(&entry->link);
  mp__list_push_back(&conn->prepared_order, &entry->link);
  return true;
}

/* Inside a transaction nothing is deallocated, so that nothing is added at the limit. */
static bool is_full(mp__conn *conn) {
  if (mp__conn_transaction(conn) != MP__TRANSACTION_OPEN) return false;
  return conn->prepared != NULL &&
         mp__map_count(conn->prepared) >= mp__config_prepared_max(conn->config);
}

bool mp__prepared_add(mp__conn *conn, const mp_statement *statement) {
  if (mp__config_prepared_max(conn->config) == 0 || is_full(conn)) return false;
  if (conn->prepared == NULL) conn->prepared = mp__map_new();
  prepared_entry *entry = mp__alloc_zero(sizeof(*entry));
  if (conn->prepared == NULL || entry == NULL) goto fail;
  entry->id = statement->id;
  mp__list_init(&entry->link);
  if (mp__map_put(conn->prepared, (const char *)&entry->id, sizeof(entry->id), entry) !=
      MP_OK) {
    goto fail;
  }
  mp__list_push_back(&conn->prepared_order, &entry->link);
  return true;

fail:
  mp__free(entry);
  return false;
}

/* A failed transaction would refuse DEALLOCATE, and an open one has better things to do.
 * Reads that share have none. What is under way was sent whole: a DEALLOCATE behind it
 * cannot come between its Parse and its Execute. */
static bool may_deallocate(const mp__conn *conn) {
  mp__link *last = mp__list_last(&conn->sent);
  if (last != NULL) return MP__CONTAINER(last, mp__request, link)->shares;
  return mp__conn_transaction(conn) == MP__TRANSACTION_IDLE;
}

void mp__prepared_trim(mp__conn *conn) {
  if (conn->prepared == NULL || !may_deallocate(conn)) return;
  while (mp__map_count(conn->prepared) > mp__config_prepared_max(conn->config)) {
    mp__link *oldest = mp__list_first(&conn->prepared_order);
    prepared_entry *entry = MP__CONTAINER(oldest, prepared_entry, link);
    deallocate(conn, entry->id);
    remove_entry(conn, entry);
  }
}

void mp__prepared_clear(mp__conn *conn) {
  mp__link *link;
  while ((link = mp__list_first(&conn->prepared_order)) != NULL) {
    remove_entry(conn, MP__CONTAINER(link, prepared_entry, link));
  }
  mp__map_free(conn->prepared);
  conn->prepared = NULL;
}

void mp__conn_forget(mp__conn *conn, uint64_t id) {
  prepared_entry *entry = find(conn, id);
  if (entry == NULL) return;
  if (may_deallocate(conn)) deallocate(conn, id);
  remove_entry(conn, entry);
}

void mp__conn_forget_all(mp__conn *conn) {
  mp__prepared_clear(conn);
}
