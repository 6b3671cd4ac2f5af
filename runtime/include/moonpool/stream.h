/* moonpool/stream.h - the rows of one statement in portions, however many they are.
 *
 * The connection reads no more than a portion ahead of its user, and the server waits
 * meanwhile. On an engine a stream has a connection to itself until its last row has
 * come; on a session everything asked for later runs behind it, so that whoever reads it
 * must not wait for that. */
#ifndef MOONPOOL_STREAM_H
#define MOONPOOL_STREAM_H

#include <moonpool/session.h>

MP_BEGIN_C

typedef struct mp_stream mp_stream;

/* Start to run a described statement. Takes over `params` (NULL: none). Nothing is
 * waited for: a failure is the answer to mp_stream_next. NULL without memory. */
MP_EXTERN mp_stream *mp_engine_stream(mp_engine *engine, mp_statement *statement,
                                      mp_params *params);
MP_EXTERN mp_stream *mp_session_stream(mp_session *session, mp_statement *statement,
                                       mp_params *params);

/* Ask for the next rows: one call at a time. Success: `result` is a chain
 * (mp_result_next) of results with at least one row each, yours to free, or NULL after
 * the last row. Rows that came before a failure are given before it. */
MP_EXTERN void mp_stream_next(mp_stream *stream, mp_result_cb cb, void *data);
/* Drop what was not taken yet and stop the server. The call that waits is answered with
 * `status` (MP_CANCELLED or MP_TIMEOUT), and so is each later one. */
MP_EXTERN void mp_stream_cancel(mp_stream *stream, int status);
/* Let go of it, read to the end or not, without waiting; a call that waits is answered
 * with MP_CANCELLED. NULL does nothing. */
MP_EXTERN void mp_stream_close(mp_stream *stream);

MP_END_C

#endif
