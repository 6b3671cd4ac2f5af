/* plumbing.h - the descriptors that a child program gets as its standard streams. */
#ifndef MP_LOOP_PLUMBING_H
#define MP_LOOP_PLUMBING_H

#include <moonpool/process.h>

#include <uv.h>

enum { MP__STREAMS = 3 };

/* Descriptors for the child; -1 where there is none of ours to close. */
typedef struct mp__plumbing {
  uv_stdio_container_t streams[MP__STREAMS];
  int opened[MP__STREAMS];
  int pipe[2];
} mp__plumbing;

/* 0, or a negated errno; close it in either case. */
MP_MUST_CHECK int mp__plumbing_open(mp__plumbing *pipes,
                                    const mp_process_options *options);
/* Closes what is ours and not taken out. */
void mp__plumbing_close(mp__plumbing *pipes);

#endif
