/* moonpool/operation.h - something under way that ends in exactly one callback.
 *
 * A function that starts one gives NULL when there is no memory for it, and then its
 * callback never runs; every other refusal comes through the callback. The pointer is
 * valid until that callback has returned. */
#ifndef MOONPOOL_OPERATION_H
#define MOONPOOL_OPERATION_H

#include <moonpool/status.h>

#include <stdint.h>

MP_BEGIN_C

typedef struct mp_operation mp_operation;

/* End it now with `status` (MP_CANCELLED or MP_TIMEOUT; the error says in which phase it
 * was): a queued one is withdrawn, a running one is cancelled on the server while its
 * connection is kept apart until that is over. The callback runs soon, not in this call.
 * COMMIT under way is left to answer or be lost, so that the error can be true. */
MP_EXTERN void mp_operation_cancel(mp_operation *operation, int status);

/* Where the time went, in microseconds. `queue` is from the call until the statement was
 * sent; `server` until its answer began, without the round trip;
 * `network` is the round trip as the kernel measured it when the connection was opened (0
 * on a Unix socket) and the time in which the rest of the answer arrived. */
typedef struct mp_timing {
  uint64_t queue_us, server_us, network_us;
} mp_timing;

/* For its callback. */
MP_EXTERN void mp_operation_get_timing(const mp_operation *operation, mp_timing *out);

MP_END_C

#endif
