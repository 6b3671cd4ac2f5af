/* serve.h - the hidden verb that becomes a server program with fewer privileges. */
#ifndef MP_HOST_SERVE_H
#define MP_HOST_SERVE_H

/* `__serve UID GID -- PROGRAM ARGUMENTS...` from argv[1] on: take that identity, ask to
 * be interrupted when the parent dies, leave the caller's directory, descriptors, locale
 * and connection settings behind, and become the program. Without UID GID the identity
 * stays and the program outlives its parent. Returns only when that failed, with the exit
 * code, after saying why on standard error. To be called before anything else starts. */
int mp__serve(int argc, char **argv);

#endif
