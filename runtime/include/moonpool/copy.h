/* moonpool/copy.h - COPY between a session's server and its user, in portions.
 *
 * One mp_copy is one COPY. Everything asked of the session meanwhile runs behind it. At
 * most one call of mp_copy_flush, mp_copy_finish and mp_copy_read waits at a time. */
#ifndef MOONPOOL_COPY_H
#define MOONPOOL_COPY_H

#include <moonpool/session.h>

MP_BEGIN_C

typedef struct mp_copy mp_copy;

/* Start "copy ... from stdin" or "copy ... to stdout". Nothing is waited for: a failure
 * is the answer to the next call. NULL without memory. */
MP_EXTERN mp_copy *mp_session_copy_in(mp_session *session, const char *sql,
                                      size_t length);
MP_EXTERN mp_copy *mp_session_copy_out(mp_session *session, const char *sql,
                                       size_t length);

/* In: wait until data may be written, which it may once this has succeeded. */
MP_EXTERN void mp_copy_flush(mp_copy *copy, mp_done_cb cb, void *data);
/* In: send data, which is copied. MP_OK, or MP_CONNECTION_LOST when the COPY has ended
 * already: the next call tells why. */
MP_EXTERN MP_MUST_CHECK int mp_copy_write(mp_copy *copy, const void *bytes,
                                          size_t length);
/* In: all that was written has left, so that mp_copy_flush would not wait. */
MP_EXTERN bool mp_copy_is_writable(const mp_copy *copy);
/* In: the data is complete; success is the server's, and then the rows are stored (in a
 * transaction: when it commits). */
MP_EXTERN void mp_copy_finish(mp_copy *copy, mp_done_cb cb, void *data);

/* Out: wait for data, whole rows. */
MP_EXTERN void mp_copy_read(mp_copy *copy, mp_done_cb cb, void *data);
/* Out: what the last mp_copy_read got, until the next one; length 0 after the last row.
 */
MP_EXTERN const char *mp_copy_data(const mp_copy *copy, size_t *length);

/* The rows that were copied, once it has ended well. */
MP_EXTERN int64_t mp_copy_row_count(const mp_copy *copy);

/* Stop it: of a COPY in nothing is stored. The call that waits is answered with `status`
 * (MP_CANCELLED or MP_TIMEOUT), and so is each later one. */
MP_EXTERN void mp_copy_cancel(mp_copy *copy, int status);
/* Let go of it without waiting; one that has not ended is cancelled. NULL does nothing.
 */
MP_EXTERN void mp_copy_close(mp_copy *copy);

/* The columns of a query, asked anew with each call and kept on no server: what a COPY in
 * binary goes by. The statement cannot be executed. */
MP_EXTERN mp_operation *mp_session_columns(mp_session *session, const char *sql,
                                           size_t length, mp_describe_cb cb, void *data);
/* Run one statement without parameters that is not worth preparing, such as a FETCH. Its
 * rows have the columns of `like`, or come as text where that is NULL. */
MP_EXTERN mp_operation *mp_session_command(mp_session *session, const char *sql,
                                           size_t length, mp_statement *like,
                                           mp_result_cb cb, void *data);

MP_END_C

#endif
