/* cancel_key.c - learns the secret that a request to cancel must show.
 *
 * libpq has no function that tells it: before release 17 only PQcancel, which blocks, may
 * use it. Its trace (PQtrace) names it with the other messages of the server, so that is
 * kept while a connection is made, and wiped when the secret has been read. */
#include "pg/cancel_key.h"

#include "base/alloc.h"
#include "pg/conn_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char message[] = "B\t12\tBackendKeyData\t";

struct key_trace {
  FILE *file;
  char *text; /* the C library's */
  size_t length;
};

static bool read_line(const char *line, int pid, uint32_t *out) {
  int told_pid, key;
  if (strncmp(line, message, sizeof(message) - 1) != 0) return false;
  if (sscanf(line + sizeof(message) - 1, "%d %d", &told_pid, &key) != 2) return false;
  if (told_pid == pid) *out = (uint32_t)key;
  return told_pid == pid;
}

bool mp__cancel_key_find(const char *trace, int pid, uint32_t *out) {
  bool found = false;
  for (const char *line = trace; line != NULL; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    if (read_line(line, pid, out)) found = true;
  }
  return found;
}

/* Without memory the key stays unknown. */
void mp__cancel_key_listen(mp__conn *conn) {
  struct key_trace *trace = mp__alloc_zero(sizeof(*trace));
  if (trace == NULL) return;
  trace->file = open_memstream(&trace->text, &trace->length);
  if (trace->file == NULL) {
    mp__free(trace);
    return;
  }
  PQtrace(conn->pg, trace->file);
  PQsetTraceFlags(conn->pg, PQTRACE_SUPPRESS_TIMESTAMPS);
  conn->key_trace = trace;
}

void mp__cancel_key_settle(mp__conn *conn) {
  struct key_trace *trace = conn->key_trace;
  if (trace == NULL) return;
  conn->key_trace = NULL;
  PQuntrace(conn->pg);
  if (fclose(trace->file) == 0) {
    conn->has_cancel_key =
        mp__cancel_key_find(trace->text, PQbackendPID(conn->pg), &conn->cancel_key);
    explicit_bzero(trace->text, trace->length);
  }
  free(trace->text);
  mp__free(trace);
}
