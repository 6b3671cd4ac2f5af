/* process.c - children of libuv's making, read through one pipe. */
#include "base/alloc.h"
#include "base/error.h"
#include "loop/loop_impl.h"
#include "loop/plumbing.h"
#include "loop/poll.h"

#include <moonpool/process.h>

#include <uv.h>

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536 };

/* Invariant: the loop is held while a read or a wait is under way, and while a child that
 * was killed has not been collected. */
struct mp_process {
  uv_process_t handle;
  mp_loop *loop;
  int pid, output; /* output: our end of the pipe, or -1 */
  mp__poll *poll;
  mp_process_read_cb read_cb;
  void *read_data;
  mp_process_exit_cb exit_cb;
  void *exit_data;
  mp__deferred ended; /* of a wait that came after the end */
  bool is_detached, has_exited, is_closed;
  int64_t exit_code;
  int signal_number;
};

/* libuv takes what it does not change without saying so. */
typedef union strings {
  char *const *from;
  char **to;
} strings;

static void on_handle_closed(uv_handle_t *handle) {
  mp_process *process = MP__CONTAINER(handle, mp_process, handle);
  mp_loop *loop = process->loop;
  mp__free(process);
  mp__loop_remove_handle(loop);
}

static void deliver_exit(mp_process *process) {
  mp_process_exit_cb cb = process->exit_cb;
  if (cb == NULL) return;
  process->exit_cb = NULL;
  mp__loop_unhold(process->loop);
  cb(process->exit_code, process->signal_number, process->exit_data);
}

static void on_ended(void *data) {
  deliver_exit(data);
}

static void on_exit(uv_process_t *handle, int64_t exit_code, int signal_number) {
  mp_process *process = MP__CONTAINER(handle, mp_process, handle);
  mp_loop *loop = process->loop;
  mp__loop_enter(loop);
  process->has_exited = true;
  process->exit_code = exit_code;
  process->signal_number = signal_number;
  if (process->is_closed) {
    mp__loop_unhold(loop);
    uv_close((uv_handle_t *)handle, on_handle_closed);
  } else {
    deliver_exit(process);
  }
  mp__loop_leave(loop);
}

static void end_read(mp_process *process) {
  process->read_cb = NULL;
  mp__poll_watch(process->poll, 0);
  mp__loop_unhold(process->loop);
}

static void on_readable(void *data, int events) {
  mp_process *process = data;
  char bytes[CHUNK];
  (void)events;
  ssize_t length = read(process->output, bytes, sizeof(bytes));
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  mp_process_read_cb cb = process->read_cb;
  end_read(process);
  cb(bytes, length > 0 ? (size_t)length : 0, process->read_data);
}

static mp_error *with_hint(mp_error *error, const char *hint) {
  mp__error_set(error, MP_FIELD_HINT, hint);
  return error;
}

static mp_error *explain_plumbing(const mp_process_options *options, int code) {
  bool is_out = options->out.kind == MP_STREAM_FILE;
  const char *path = is_out ? options->out.path : options->err.path;
  mp_error *error = mp__error_new(
      MP_SYSTEM_ERROR, "could not open what \"%s\" reads and writes (%s): %s",
      options->args[0], path != NULL ? path : "/dev/null or a pipe", uv_strerror(code));
  return with_hint(error,
                   "check that the file can be written, and the limit of open files");
}

/* A missing directory to start in gives the same code as a missing program. */
static mp_error *explain_spawn(const mp_process_options *options, int code) {
  const char *program = options->args[0], *reason = uv_strerror(code);
  struct stat found;
  if (options->cwd != NULL && stat(options->cwd, &found) < 0)
    return with_hint(mp__error_new(MP_BAD_ARGUMENT, "could not start \"%s\" in %s: %s",
                                   program, options->cwd, reason),
                     "name a directory that exists");
  if (code == UV_ENOENT)
    return with_hint(mp__error_new(MP_BAD_ARGUMENT,
                                   "could not start \"%s\": there is no such program",
                                   program),
                     "install it, or give its path");
  bool is_theirs = code == UV_EACCES || code == UV_ENOTDIR || code == -ENOEXEC;
  return with_hint(mp__error_new(is_theirs ? MP_BAD_ARGUMENT : MP_SYSTEM_ERROR,
                                 "could not start \"%s\": %s", program, reason),
                   "check who may run it, and the limits of this process");
}

static int refuse(mp_error *failure, mp_error **error) {
  int status = mp_error_status(failure);
  *error = failure;
  return status;
}

static int spawn(mp_process *process, const mp_process_options *options,
                 mp__plumbing *pipes) {
  uv_process_options_t how = {
      .exit_cb = on_exit,
      .file = options->args[0],
      .args = (strings){options->args}.to,
      .env = (strings){options->env}.to,
      .cwd = options->cwd,
      .stdio_count = MP__STREAMS,
      .stdio = pipes->streams,
  };
  if (options->is_detached) how.flags |= UV_PROCESS_DETACHED;
  if (options->uid >= 0) how.flags |= UV_PROCESS_SETUID;
  if (options->gid >= 0) how.flags |= UV_PROCESS_SETGID;
  how.uid = (uv_uid_t)options->uid;
  how.gid = (uv_gid_t)options->gid;
  int code = uv_spawn(process->loop->uv, &process->handle, &how);
  mp__loop_add_handle(process->loop, (uv_handle_t *)&process->handle);
  return code;
}

/* Our end of the pipe becomes the process's; the poll makes it non-blocking. */
static int watch_output(mp_process *process, mp__plumbing *pipes) {
  process->output = pipes->pipe[0];
  pipes->pipe[0] = -1;
  if (process->output < 0) return MP_OK;
  return mp__poll_open(process->loop, process->output, on_readable, process,
                       &process->poll);
}

static mp_process *new_process(mp_loop *loop, bool is_detached) {
  mp_process *process = mp__alloc_zero(sizeof(*process));
  if (process == NULL) return NULL;
  process->loop = loop;
  process->is_detached = is_detached;
  process->output = -1;
  mp__deferred_init(&process->ended, on_ended, process);
  return process;
}

int mp_process_open(mp_loop *loop, const mp_process_options *options, mp_process **out,
                    mp_error **error) {
  mp__plumbing pipes;
  mp_process *process = new_process(loop, options->is_detached);
  if (process == NULL) return refuse(mp__error_oom(), error);
  int code = mp__plumbing_open(&pipes, options);
  if (code != 0) {
    mp__plumbing_close(&pipes);
    mp__free(process);
    return refuse(explain_plumbing(options, code), error);
  }
  code = spawn(process, options, &pipes);
  process->has_exited = code != 0;
  process->pid = process->handle.pid;
  int status = code == 0 ? watch_output(process, &pipes) : MP_OK;
  mp__plumbing_close(&pipes);
  if (code == 0 && status == MP_OK) {
    *out = process;
    return MP_OK;
  }
  mp_process_close(process);
  return refuse(code != 0 ? explain_spawn(options, code) : mp__error_oom(), error);
}

int mp_process_pid(const mp_process *process) {
  return process->pid;
}

int mp_process_read(mp_process *process, mp_process_read_cb cb, void *data) {
  if (process->poll == NULL || process->read_cb != NULL) return MP_BAD_ARGUMENT;
  process->read_cb = cb;
  process->read_data = data;
  mp__loop_hold(process->loop);
  mp__poll_watch(process->poll, MP__READABLE);
  return MP_OK;
}

void mp_process_stop_reading(mp_process *process) {
  if (process->read_cb != NULL) end_read(process);
}

int mp_process_wait(mp_process *process, mp_process_exit_cb cb, void *data) {
  if (process->exit_cb != NULL) return MP_BAD_ARGUMENT;
  process->exit_cb = cb;
  process->exit_data = data;
  mp__loop_hold(process->loop);
  if (process->has_exited) mp__deferred_schedule(process->loop, &process->ended);
  return MP_OK;
}

void mp_process_stop_waiting(mp_process *process) {
  if (process->exit_cb == NULL) return;
  process->exit_cb = NULL;
  mp__deferred_cancel(process->loop, &process->ended);
  mp__loop_unhold(process->loop);
}

int mp_process_kill(mp_process *process, int signal_number) {
  return process->has_exited ? 0 : uv_process_kill(&process->handle, signal_number);
}

/* A killed child is collected first, so that no zombie stays behind; a detached one is
 * left to whoever inherits it. */
void mp_process_close(mp_process *process) {
  if (process == NULL) return;
  mp_process_stop_reading(process);
  mp_process_stop_waiting(process);
  mp__poll_close(process->poll);
  process->poll = NULL;
  if (process->output >= 0) close(process->output);
  process->output = -1;
  process->is_closed = true;
  bool must_end = !process->has_exited && !process->is_detached;
  if (must_end) {
    mp__loop_hold(process->loop);
    (void)uv_process_kill(&process->handle, SIGKILL);
  } else {
    uv_close((uv_handle_t *)&process->handle, on_handle_closed);
  }
}
