/* plumbing.c - files, pipes and nothing at all, as a child's standard streams. */
#include "loop/plumbing.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void close_descriptor(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static int open_stream(mp__plumbing *pipes, int number, const mp_stream *stream) {
  int fd = number;
  switch (stream->kind) {
  case MP_STREAM_NULL:
    fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    break;
  case MP_STREAM_FILE:
    fd = open(stream->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
    break;
  case MP_STREAM_PIPE:
    if (pipes->pipe[0] < 0 && pipe2(pipes->pipe, O_CLOEXEC) < 0) return -errno;
    fd = pipes->pipe[1];
    break;
  case MP_STREAM_INHERIT:
    break;
  }
  if (fd < 0) return -errno;
  bool is_ours = stream->kind == MP_STREAM_NULL || stream->kind == MP_STREAM_FILE;
  if (is_ours) pipes->opened[number] = fd;
  pipes->streams[number].flags = UV_INHERIT_FD;
  pipes->streams[number].data.fd = fd;
  return 0;
}

int mp__plumbing_open(mp__plumbing *pipes, const mp_process_options *options) {
  const mp_stream *streams[MP__STREAMS] = {&options->in, &options->out, &options->err};
  int code = 0;
  *pipes = (mp__plumbing){.opened = {-1, -1, -1}, .pipe = {-1, -1}};
  for (int i = 0; i < MP__STREAMS && code == 0; i++) {
    code = open_stream(pipes, i, streams[i]);
  }
  return code;
}

void mp__plumbing_close(mp__plumbing *pipes) {
  for (int i = 0; i < MP__STREAMS; i++) {
    close_descriptor(&pipes->opened[i]);
  }
  close_descriptor(&pipes->pipe[0]);
  close_descriptor(&pipes->pipe[1]);
}
