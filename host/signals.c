/* signals.c - SIGINT and SIGTERM: the first ends the run in order, the second at once. */
#include "host/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { DRAIN_MS = 10000, SIGNAL_EXIT_BASE = 128 };

/* A handler gets nothing but the number: these two are the process's, like the
 * dispositions. */
static volatile sig_atomic_t seen_signal = 0;
static volatile sig_atomic_t write_end = -1;

static void on_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  if (seen_signal != 0) _exit(SIGNAL_EXIT_BASE + number);
  seen_signal = number;
  ssize_t written = write((int)write_end, &byte, 1);
  (void)written;
  errno = saved;
}

static void on_readable(void *data, int events) {
  mp__signals *signals = data;
  unsigned char number = 0;
  (void)events;
  if (read(signals->pipe[0], &number, 1) != 1) return;
  mp_script_exit(signals->script, SIGNAL_EXIT_BASE + number, DRAIN_MS);
}

static void set_handlers(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

int mp__signals_open(mp_script *script, mp__signals *signals) {
  if (pipe2(signals->pipe, O_CLOEXEC | O_NONBLOCK) != 0) return MP_OUT_OF_MEMORY;
  mp_loop *loop = mp_script_loop(script);
  if (mp__poll_open(loop, signals->pipe[0], on_readable, signals, &signals->poll) !=
      MP_OK) {
    close(signals->pipe[0]);
    close(signals->pipe[1]);
    return MP_OUT_OF_MEMORY;
  }
  signals->script = script;
  mp__poll_watch(signals->poll, MP__READABLE);
  write_end = signals->pipe[1];
  set_handlers(on_signal);
  return MP_OK;
}

void mp__signals_close(mp__signals *signals) {
  if (signals->poll == NULL) return;
  set_handlers(SIG_DFL);
  write_end = -1;
  mp__poll_close(signals->poll);
  signals->poll = NULL;
  close(signals->pipe[0]);
  close(signals->pipe[1]);
}
