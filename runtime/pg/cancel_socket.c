/* cancel_socket.c - cancels by the protocol's CancelRequest, on a socket that nobody
 * waits for.
 *
 * It goes to the address that the connection was made to. The server answers by closing
 * the socket, once it has passed the request on. */
#include "pg/cancel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { CANCEL_CODE = 80877102, AGAIN_MS = 10 };

static void finish(cancel_job *job) {
  mp__timer_stop(job->loop, &job->again);
  mp__list_remove(&job->loop_closes.link);
  mp__poll_close(job->poll);
  close(job->fd);
  bool held = job->conn == NULL;
  mp_loop *loop = job->loop;
  mp__cancel_end(job);
  if (held) mp__loop_unhold(loop);
}

static bool is_sent(const cancel_job *job) {
  return job->sent > 0;
}

/* The loop goes on until it has arrived, or for the moment that its deadline is now. */
static void leave(cancel_job *job) {
  mp__loop_hold(job->loop);
}

/* A Unix socket has the name that its server gave it, perhaps in another file system. */
static void find_unix_address(const PGconn *pg, cancel_job *job) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t start = offsetof(struct sockaddr_un, sun_path), room = sizeof(address.sun_path);
  int length =
      snprintf(address.sun_path, room, "%s/.s.PGSQL.%d", PQhost(pg), atoi(PQport(pg)));
  if (length <= 0 || (size_t)length >= room) return;
  job->address_length = sizeof(address);
  if (address.sun_path[0] == '@') { /* one without a file, which ends with its name */
    address.sun_path[0] = '\0';
    job->address_length = (socklen_t)(start + (size_t)length);
  }
  memcpy(&job->address, &address, sizeof(address));
}

static bool find_address(const PGconn *pg, cancel_job *job) {
  struct sockaddr *address = (struct sockaddr *)&job->address;
  job->address_length = sizeof(job->address);
  if (getpeername(PQsocket(pg), address, &job->address_length) != 0) return false;
  if (address->sa_family == AF_UNIX && PQport(pg)[0] != '\0') find_unix_address(pg, job);
  return true;
}

static int send_rest(cancel_job *job) {
  const char *packet = (const char *)job->packet;
  ssize_t sent =
      send(job->fd, packet + job->sent, sizeof(job->packet) - job->sent, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return MP_CONNECTION_LOST;
  if (sent > 0) job->sent += (size_t)sent;
  bool is_whole = job->sent == sizeof(job->packet);
  mp__poll_watch(job->poll, is_whole ? MP__READABLE : MP__WRITABLE);
  return MP_OK;
}

/* Of a Unix socket EAGAIN: others wait to be let in, and nothing tells when there is
 * room. */
static int connect_now(cancel_job *job) {
  const struct sockaddr *address = (const struct sockaddr *)&job->address;
  if (connect(job->fd, address, job->address_length) == 0) return send_rest(job);
  switch (errno) {
  case EINPROGRESS:
  case EINTR:
    mp__poll_watch(job->poll, MP__WRITABLE);
    return MP_OK;
  case EAGAIN:
    mp__timer_start(job->loop, &job->again, AGAIN_MS);
    return MP_OK;
  default:
    return MP_CONNECTION_LOST;
  }
}

static void on_again(void *data) {
  cancel_job *job = data;
  if (connect_now(job) != MP_OK) finish(job);
}

static bool has_ended(int fd) {
  char word[64];
  ssize_t got;
  do {
    got = recv(fd, word, sizeof(word), 0);
  } while (got > 0);
  return got == 0 || (errno != EAGAIN && errno != EINTR);
}

/* A connect that failed shows as a socket that cannot be written to. */
static void on_ready(void *data, int events) {
  cancel_job *job = data;
  if (job->sent < sizeof(job->packet)) {
    if (send_rest(job) != MP_OK) finish(job);
  } else if ((events & MP__READABLE) != 0 && has_ended(job->fd)) {
    finish(job);
  }
}

static void on_loop_closes(void *data) {
  finish(data);
}

static int open_socket(cancel_job *job) {
  job->fd = socket(job->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (job->fd < 0) return MP_OUT_OF_MEMORY;
  int status = mp__poll_open(job->loop, job->fd, on_ready, job, &job->poll);
  if (status != MP_OK) close(job->fd);
  return status;
}

static int start(mp__conn *conn, cancel_job *job) {
  const uint32_t words[] = {sizeof(job->packet), CANCEL_CODE,
                            (uint32_t)PQbackendPID(conn->pg), conn->cancel_key};
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
    job->packet[i] = htonl(words[i]);
  if (!find_address(conn->pg, job)) return MP_CONNECTION_LOST;
  int status = open_socket(job);
  if (status != MP_OK) return status;
  mp__timer_init(&job->again, on_again, job);
  status = connect_now(job);
  if (status != MP_OK) {
    mp__poll_close(job->poll);
    close(job->fd);
    return status;
  }
  mp__deferred_init(&job->loop_closes, on_loop_closes, job);
  mp__loop_at_close(job->loop, &job->loop_closes);
  return MP_OK;
}

const cancel_way mp__cancel_by_socket = {start, is_sent, leave, finish};
