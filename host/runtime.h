/* runtime.h - one loop and one script on it, put together for a program. */
#ifndef MP_HOST_RUNTIME_H
#define MP_HOST_RUNTIME_H

#include "host/signals.h"

#include <moonpool/script.h>

typedef struct mp__runtime {
  mp_loop *loop;
  mp_script *script;
  mp__signals signals;
} mp__runtime;

/* Open everything that a Lua program needs: libraries, the embedded Moonpool, its core.
 * On failure nothing is left behind. */
MP_MUST_CHECK int mp__runtime_open(mp__runtime *runtime);
/* Let SIGINT and SIGTERM end the run. For the command only: a library leaves signals
 * alone. */
MP_MUST_CHECK int mp__runtime_catch_signals(mp__runtime *runtime);
void mp__runtime_close(mp__runtime *runtime);

#endif
