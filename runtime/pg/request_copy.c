/* request_copy.c - COPY from and to the client, by the simple protocol. */
#include "pg/bulk.h"
#include "pg/conn_impl.h"
#include "pg/peek.h"

#include <string.h>

#define WRITE_MAX ((size_t)1 << 20) /* at a time: libpq's lengths are ints */
#define LOOK_MAX  4096

static bool send_copy(mp__conn *conn, mp__request *request) {
  return mp__send_leave_pipeline(conn) && PQsendQuery(conn->pg, request->text) == 1;
}

/* The owner may be gone by the time the server is ready. */
static void begin_in(mp__conn *conn, mp__request *request, conn_copy direction) {
  conn->copy = direction;
  if (direction == COPY_FROM_SERVER) return; /* not what was meant: read, and dropped */
  if (request->bulk == NULL) {
    mp__copy_end(conn, request, "the client gave up");
  } else {
    request->bulk->writable(request);
  }
}

static void begin_out(mp__conn *conn, mp__request *request, conn_copy direction) {
  conn->copy = direction;
  if (direction == COPY_TO_SERVER) mp__copy_end(conn, request, "nothing is sent here");
}

const mp__request_kind mp__request_copy_in = {.send = send_copy,
                                              .take = mp__request_add_result,
                                              .begin_copy = begin_in,
                                              .leaves_pipeline = true};
const mp__request_kind mp__request_copy_out = {.send = send_copy,
                                               .take = mp__request_add_result,
                                               .begin_copy = begin_out,
                                               .leaves_pipeline = true};

static mp__request *head(const mp__conn *conn) {
  mp__link *link = mp__list_first(&conn->sent);
  return link == NULL ? NULL : MP__CONTAINER(link, mp__request, link);
}

static void give(mp__conn *conn, const char *data, size_t length) {
  mp__request *request = head(conn);
  if (request->bulk == NULL || request->bulk->bytes == NULL) return;
  request->bulk->bytes(request, data, length);
}

bool mp__copy_receive(mp__conn *conn) {
  /* libpq sees to notices meanwhile; an error it keeps until the data has ended. */
  if (conn->copy == COPY_TO_SERVER) (void)PQisBusy(conn->pg);
  if (conn->copy != COPY_FROM_SERVER) return false;
  while (!conn->paused) {
    char *data = NULL;
    int length = PQgetCopyData(conn->pg, &data, 1);
    if (length == 0) return false;
    if (length < 0) {
      conn->copy = COPY_NONE;
      return true;
    }
    give(conn, data, (size_t)length);
    PQfreemem(data);
  }
  return false;
}

/* A whole ErrorResponse, whose first field is its severity and whose last has no name;
 * behind it ReadyForQuery, as far as that has come, and nothing else. */
static bool is_refusal(const unsigned char *bytes, size_t count) {
  static const unsigned char ready[] = {'Z', 0, 0, 0, 5};
  if (count < 8 || bytes[0] != 'E' || bytes[5] != 'S') return false;
  size_t end = ((size_t)bytes[1] << 24 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 8 |
                (size_t)bytes[4]) +
               1;
  if (end < 8 || end > count || bytes[end - 1] != 0 || bytes[end - 2] != 0) return false;
  size_t rest = count - end, known = rest < sizeof(ready) ? rest : sizeof(ready);
  return rest <= sizeof(ready) + 1 && memcmp(bytes + end, ready, known) == 0;
}

/* The socket does not tell of it any more. A failure shows when the pump flushes. */
static void take_in(mp__conn *conn) {
  (void)PQconsumeInput(conn->pg);
  conn->has_unread = true;
  mp__deferred_schedule(conn->loop, &conn->pump);
}

/* libpq tells of an error only when the data has ended, which may be hours away. The
 * bytes tell at once; where libpq has read them while it waited for room in the socket,
 * the rest is sent in vain. */
void mp__copy_look(mp__conn *conn) {
  unsigned char bytes[LOOK_MAX];
  if (conn->copy != COPY_TO_SERVER) return;
  size_t count = mp__peek(conn, bytes, sizeof(bytes));
  if (is_refusal(bytes, count))
    mp__copy_end(conn, head(conn), "the server has refused it");
  if (count > 0 && PQsslInUse(conn->pg)) take_in(conn);
}

static bool is_sending(const mp__conn *conn, const mp__request *request) {
  return conn->copy == COPY_TO_SERVER && head(conn) == request;
}

/* What could not be flushed now is flushed by the pump, which also finds out why. */
static void flush_some(mp__conn *conn) {
  conn->needs_flush = PQflush(conn->pg) != 0;
  if (conn->needs_flush) mp__deferred_schedule(conn->loop, &conn->pump);
}

bool mp__copy_write(mp__conn *conn, const mp__request *request, const char *data,
                    size_t length) {
  mp__copy_look(conn);
  if (!is_sending(conn, request)) return false;
  for (size_t part; length > 0; data += part, length -= part) {
    part = length < WRITE_MAX ? length : WRITE_MAX;
    if (PQputCopyData(conn->pg, data, (int)part) == 1) continue;
    mp__copy_end(conn, request, "out of memory");
    return false;
  }
  flush_some(conn);
  return true;
}

bool mp__copy_is_writable(const mp__conn *conn, const mp__request *request) {
  return is_sending(conn, request) && !conn->needs_flush;
}

/* The answer may have been read while the data was sent, and nothing more may come. */
void mp__copy_end(mp__conn *conn, const mp__request *request, const char *reason) {
  if (!is_sending(conn, request)) return;
  (void)PQputCopyEnd(conn->pg, reason); /* a failure shows as the loss that it is */
  conn->copy = COPY_NONE;
  conn->needs_flush = conn->has_unread = true;
  mp__deferred_schedule(conn->loop, &conn->pump);
}

void mp__copy_break_off(mp__conn *conn) {
  mp__copy_end(conn, head(conn), "the connection is lost");
}

void mp__copy_drained(mp__conn *conn) {
  mp__request *request = head(conn);
  if (conn->copy != COPY_TO_SERVER || conn->needs_flush) return;
  if (request->bulk != NULL) request->bulk->writable(request);
}
