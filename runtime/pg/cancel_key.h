/* cancel_key.h - the secret that a request to cancel must show. */
#ifndef MP_PG_CANCEL_KEY_H
#define MP_PG_CANCEL_KEY_H

#include <moonpool/error.h>

#include <stdbool.h>
#include <stdint.h>

/* The last that libpq's trace tells of the session `pid`; false where it tells none, or
 * one of another length than releases up to 17 give. */
MP_MUST_CHECK bool mp__cancel_key_find(const char *trace, int pid, uint32_t *out);

#endif
