/* signals.h - SIGINT and SIGTERM: the first ends the run in order, the second at once. */
#ifndef MP_HOST_SIGNALS_H
#define MP_HOST_SIGNALS_H

#include "loop/poll.h"

#include <moonpool/script.h>

typedef struct mp__signals {
  mp_script *script;
  mp__poll *poll;
  int pipe[2];
} mp__signals;

/* Only one in a process: signal dispositions are the process's. */
MP_MUST_CHECK int mp__signals_open(mp_script *script, mp__signals *signals);
/* Zeroed signals are closed already. */
void mp__signals_close(mp__signals *signals);

#endif
