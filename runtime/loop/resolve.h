/* resolve.h - name resolution off the loop, with a way to stop waiting for it. */
#ifndef MP_LOOP_RESOLVE_H
#define MP_LOOP_RESOLVE_H

#include "loop/loop.h"

typedef struct mp__resolve mp__resolve;

/* `addresses` are numeric hosts ("192.0.2.1", "2001:db8::1", with a zone id where there
 * is one), in the resolver's order without repeats; on failure count is 0 and `reason`
 * says why. All borrowed. */
typedef void (*mp__resolve_cb)(void *data, char *const *addresses, size_t count,
                               const char *reason);

/* The look-up holds the loop until its callback ran or it was dropped. */
MP_MUST_CHECK int mp__resolve_start(mp_loop *loop, const char *host, mp__resolve_cb fn,
                                    void *data, mp__resolve **out);
/* Never call back. The look-up may go on in its worker thread and then holds nothing: not
 * the loop, not the closing of the loop. */
void mp__resolve_drop(mp__resolve *resolve);

#endif
