/* moonpool/process.h - programs started as children, and what they write.
 *
 * What a child writes is read only while somebody asks for it, so a fast one waits for
 * its reader. Signal numbers are the system's. */
#ifndef MOONPOOL_PROCESS_H
#define MOONPOOL_PROCESS_H

#include <moonpool/error.h>
#include <moonpool/loop.h>

#include <stddef.h>

MP_BEGIN_C

typedef struct mp_process mp_process;

typedef enum mp_stream_kind {
  MP_STREAM_NULL,    /* reads nothing, swallows everything */
  MP_STREAM_INHERIT, /* ours */
  MP_STREAM_PIPE,    /* for mp_process_read; standard output and error share it */
  MP_STREAM_FILE     /* appended to */
} mp_stream_kind;

typedef struct mp_stream {
  mp_stream_kind kind;
  const char *path; /* of MP_STREAM_FILE */
} mp_stream;

typedef struct mp_process_options {
  size_t size;            /* set by MP_PROCESS_OPTIONS_INIT; lets the struct grow */
  char *const *args;      /* the program, looked up in PATH, its arguments, NULL */
  const char *cwd;        /* NULL: ours */
  char *const *env;       /* "NAME=value" and NULL at the end; NULL: ours */
  int64_t uid, gid;       /* -1: ours */
  bool is_detached;       /* leads a session of its own and outlives us */
  mp_stream in, out, err; /* `in` is MP_STREAM_NULL or MP_STREAM_INHERIT */
} mp_process_options;
#define MP_PROCESS_OPTIONS_INIT                                                          \
  {                                                                                      \
    .size = sizeof(mp_process_options), .uid = -1, .gid = -1,                            \
    .out = {MP_STREAM_INHERIT, NULL}, .err = {                                           \
      MP_STREAM_INHERIT,                                                                 \
      NULL                                                                               \
    }                                                                                    \
  }

/* `bytes` are borrowed until the callback returns; length 0 is the end. */
typedef void (*mp_process_read_cb)(const char *bytes, size_t length, void *data);
/* `signal_number` is 0 unless a signal ended it. */
typedef void (*mp_process_exit_cb)(int64_t exit_code, int signal_number, void *data);

/* Everything in the options is copied. On failure *error (free it) says which program it
 * was: MP_BAD_ARGUMENT when it cannot be found or run, else MP_SYSTEM_ERROR or
 * MP_OUT_OF_MEMORY. */
MP_EXTERN MP_MUST_CHECK int mp_process_open(mp_loop *loop,
                                            const mp_process_options *options,
                                            mp_process **out, mp_error **error);
MP_EXTERN int mp_process_pid(const mp_process *process);

/* Wait for the next bytes, at most 64 KiB; one at a time, else MP_BAD_ARGUMENT. */
MP_EXTERN MP_MUST_CHECK int mp_process_read(mp_process *process, mp_process_read_cb cb,
                                            void *data);
/* The callback of a read that waits never comes; nothing is lost. */
MP_EXTERN void mp_process_stop_reading(mp_process *process);

/* Wait for the end; one at a time, else MP_BAD_ARGUMENT. */
MP_EXTERN MP_MUST_CHECK int mp_process_wait(mp_process *process, mp_process_exit_cb cb,
                                            void *data);
MP_EXTERN void mp_process_stop_waiting(mp_process *process);

/* Nothing happens when it has ended. 0, or a negated errno. */
MP_EXTERN int mp_process_kill(mp_process *process, int signal_number);
/* Kills it unless it has ended or is detached; waits that are under way never come. NULL
 * does nothing. */
MP_EXTERN void mp_process_close(mp_process *process);

MP_END_C

#endif
