/* stream.h - the body of a stream, for the engine and the session above it. */
#ifndef MP_ENGINE_STREAM_H
#define MP_ENGINE_STREAM_H

#include "engine/engine.h"

#include <moonpool/stream.h>

/* Of kind `kind`, not started; takes over `params`. NULL without memory, and then they
 * are freed. */
MP_MUST_CHECK mp_stream *mp__stream_new(mp_engine *engine, const mp__operation_kind *kind,
                                        mp_statement *statement, mp_params *params);
mp_operation *mp__stream_operation(const mp_stream *stream);

/* What every kind of stream does alike. */
void mp__stream_begin(mp_operation *operation);
void mp__stream_report(mp_operation *operation, mp_result *result, const mp_error *error);
void mp__stream_leave(mp_operation *operation, mp_error *error);

#endif
