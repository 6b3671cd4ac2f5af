/* families.c - W5: parents and, by a second statement, the children of all of them. */
#include "limit.h"

#include <stdlib.h>

enum { INT4_OID = 23 };

typedef struct child {
  int32_t id, parent_id;
  char *title; /* owned */
  int32_t pages;
  double price;
  struct child *next; /* of the same parent */
} child;

typedef struct parent {
  int32_t id;
  char *name; /* owned */
  child *children;
} parent;

typedef struct family {
  parent *parents;
  child *children;
  parent **by_id;
  int parent_count, child_count;
} family;

static void *zeroed(int count, size_t size) {
  void *memory = calloc((size_t)count, size);
  if (memory == NULL) fail("not enough memory");
  return memory;
}

static void select_parents(PGconn *conn, family *out) {
  PGresult *result =
      expect_success(PQexecPrepared(conn, "parents", 0, NULL, NULL, NULL, 1));
  int32_t top = 0;
  out->parent_count = PQntuples(result);
  out->parents = zeroed(out->parent_count, sizeof(parent));
  for (int i = 0; i < out->parent_count; i++) {
    out->parents[i].id = get_int32(PQgetvalue(result, i, 0));
    out->parents[i].name = copy_text(result, i, 1);
    if (out->parents[i].id > top) top = out->parents[i].id;
  }
  PQclear(result);
  out->by_id = zeroed(top + 1, sizeof(parent *));
  for (int i = 0; i < out->parent_count; i++)
    out->by_id[out->parents[i].id] = &out->parents[i];
}

static void child_read(const PGresult *from, int row, child *out) {
  out->id = get_int32(PQgetvalue(from, row, 0));
  out->parent_id = get_int32(PQgetvalue(from, row, 1));
  out->title = copy_text(from, row, 2);
  out->pages = get_int32(PQgetvalue(from, row, 3));
  out->price = get_double(PQgetvalue(from, row, 4));
}

static void select_children(PGconn *conn, family *out) {
  bytes ids = {NULL, 0, 0};
  put_array(&ids, INT4_OID, out->parent_count);
  for (int i = 0; i < out->parent_count; i++) {
    put_int32(&ids, 4);
    put_int32(&ids, out->parents[i].id);
  }
  PGresult *result = exec_arrays(conn, "children", &ids, 1);
  out->child_count = PQntuples(result);
  out->children = zeroed(out->child_count, sizeof(child));
  for (int i = 0; i < out->child_count; i++) {
    child *it = &out->children[i];
    child_read(result, i, it);
    it->next = out->by_id[it->parent_id]->children;
    out->by_id[it->parent_id]->children = it;
  }
  PQclear(result);
  free(ids.data);
}

static void family_free(family *all) {
  for (int i = 0; i < all->parent_count; i++)
    free(all->parents[i].name);
  for (int i = 0; i < all->child_count; i++)
    free(all->children[i].title);
  free(all->parents);
  free(all->children);
  free(all->by_id);
}

static long select_families(void *data) {
  PGconn *conn = data;
  family all;
  select_parents(conn, &all);
  select_children(conn, &all);
  long count = all.parent_count + all.child_count;
  family_free(&all);
  return count;
}

void eager_objects(void) {
  PGconn *conn = dial();
  prepare(conn, "parents", "select id, name from bench_parent");
  prepare(conn, "children",
          "select id, parent_id, title, pages, price from bench_child "
          "where parent_id = any($1::int4[])");
  measure(select_families, conn);
  PQfinish(conn);
}
