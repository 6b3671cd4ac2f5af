/* moonpool/params.h - the encoded parameters of one execution of a statement. */
#ifndef MOONPOOL_PARAMS_H
#define MOONPOOL_PARAMS_H

#include <moonpool/status.h>

#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_params mp_params;

#define MP_PARAMS_MAX 65535u /* the protocol counts them in 16 bits */
#define MP_PARAMS_MAX_BYTES                                                              \
  0x3fffffffu /* 1 GB - 1, the server's own limit for one value */

typedef enum mp_format { MP_FORMAT_TEXT = 0, MP_FORMAT_BINARY = 1 } mp_format;

/* `count` parameters, each NULL until it is set. NULL without memory. */
MP_EXTERN mp_params *mp_params_new(size_t count);
MP_EXTERN size_t mp_params_count(const mp_params *params);
MP_EXTERN void mp_params_free(mp_params *params);

/* Write one parameter in parts: begin, any number of appends, end. Parameters are written
 * in order of their index, each at most once; an index that was left out is NULL. The
 * bytes are copied. Text needs no terminating NUL and must hold none. */
MP_EXTERN void mp_params_begin(mp_params *params, size_t index, mp_format format);
MP_EXTERN MP_MUST_CHECK int mp_params_append(mp_params *params, const void *data,
                                             size_t length);
/* The number of bytes written to the current parameter, and a patch of four of them in
 * network order (an array's element lengths and counts are known only afterwards). */
MP_EXTERN size_t mp_params_position(const mp_params *params);
MP_EXTERN void mp_params_patch_u32(mp_params *params, size_t position, uint32_t value);
MP_EXTERN MP_MUST_CHECK int mp_params_end(mp_params *params);

/* The same in one call. */
MP_EXTERN MP_MUST_CHECK int mp_params_set(mp_params *params, size_t index,
                                          mp_format format, const void *data,
                                          size_t length);

/* An array of `count` NULLs for mp_engine_execute_many, to be filled; NULL without
 * memory. */
MP_EXTERN mp_params **mp_params_list_new(size_t count);
/* Frees the array and the params in it; NULL does nothing. */
MP_EXTERN void mp_params_list_free(mp_params **list, size_t count);

MP_END_C

#endif
