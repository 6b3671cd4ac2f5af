/* moonpool/decimal.h - exact decimal numbers, as PostgreSQL's numeric has them.
 *
 * A decimal is one immutable block of memory without pointers. What makes one takes its
 * memory from the caller's `room`; what was taken last is the result, anything before it
 * was scratch. The room may leave by longjmp: nothing is held while it is asked.
 *
 * Bounds are the server's: 131,072 digits before the point, 16,383 after it.
 * MP_BAD_ARGUMENT: the text is no number, or division by zero; MP_ENCODE: beyond the
 * bounds; MP_DECODE: malformed wire bytes; MP_OUT_OF_MEMORY: the room gave NULL. `*out`
 * is untouched on failure. */
#ifndef MOONPOOL_DECIMAL_H
#define MOONPOOL_DECIMAL_H

#include <moonpool/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_decimal mp_decimal;

typedef struct mp_decimal_room {
  void *(*take)(void *data,
                size_t size); /* aligned as malloc does; NULL without memory */
  void *data;
} mp_decimal_room;

/* Accepts what the server's input does: "1.50", "-.5", "1e-7", "NaN", "Infinity", "-inf",
 * with white space around. */
MP_EXTERN MP_MUST_CHECK int mp_decimal_parse(const mp_decimal_room *room,
                                             const char *text, size_t length,
                                             const mp_decimal **out);
MP_EXTERN MP_MUST_CHECK int mp_decimal_from_int64(const mp_decimal_room *room,
                                                  int64_t value, const mp_decimal **out);
/* The shortest digits that read back as the same double. */
MP_EXTERN MP_MUST_CHECK int mp_decimal_from_double(const mp_decimal_room *room,
                                                   double value, const mp_decimal **out);
/* The binary format of numeric on the wire. */
MP_EXTERN MP_MUST_CHECK int mp_decimal_from_wire(const mp_decimal_room *room,
                                                 const void *bytes, size_t length,
                                                 const mp_decimal **out);
MP_EXTERN size_t mp_decimal_wire_size(const mp_decimal *value);
MP_EXTERN void mp_decimal_to_wire(const mp_decimal *value, void *out);

/* Room that is enough for the text with its NUL; the length without it. */
MP_EXTERN size_t mp_decimal_text_size(const mp_decimal *value);
MP_EXTERN size_t mp_decimal_to_text(const mp_decimal *value, char *out);
/* False where it has a fraction or does not fit. */
MP_EXTERN bool mp_decimal_to_int64(const mp_decimal *value, int64_t *out);

MP_EXTERN int
mp_decimal_scale(const mp_decimal *value); /* digits shown after the point */
MP_EXTERN bool mp_decimal_is_nan(const mp_decimal *value);
MP_EXTERN bool mp_decimal_is_finite(const mp_decimal *value);
/* Negative, 0 or positive. As on the server NaN equals NaN and is greater than all else.
 */
MP_EXTERN int mp_decimal_compare(const mp_decimal *a, const mp_decimal *b);

/* Results have the scale that the server gives them. */
MP_EXTERN MP_MUST_CHECK int mp_decimal_add(const mp_decimal_room *room,
                                           const mp_decimal *a, const mp_decimal *b,
                                           const mp_decimal **out);
MP_EXTERN MP_MUST_CHECK int mp_decimal_subtract(const mp_decimal_room *room,
                                                const mp_decimal *a, const mp_decimal *b,
                                                const mp_decimal **out);
MP_EXTERN MP_MUST_CHECK int mp_decimal_multiply(const mp_decimal_room *room,
                                                const mp_decimal *a, const mp_decimal *b,
                                                const mp_decimal **out);
MP_EXTERN MP_MUST_CHECK int mp_decimal_divide(const mp_decimal_room *room,
                                              const mp_decimal *a, const mp_decimal *b,
                                              const mp_decimal **out);
/* Rounds the quotient towards minus infinity, as Lua's // does. */
MP_EXTERN MP_MUST_CHECK int mp_decimal_floor_divide(const mp_decimal_room *room,
                                                    const mp_decimal *a,
                                                    const mp_decimal *b,
                                                    const mp_decimal **out);
MP_EXTERN MP_MUST_CHECK int mp_decimal_negate(const mp_decimal_room *room,
                                              const mp_decimal *a,
                                              const mp_decimal **out);
/* Half away from zero; a negative scale rounds before the point. */
MP_EXTERN MP_MUST_CHECK int mp_decimal_round(const mp_decimal_room *room,
                                             const mp_decimal *a, int scale,
                                             const mp_decimal **out);

#define MP_DOUBLE_TEXT 32
/* The shortest digits that read back as the same double ("0.1", "1e+22", "NaN",
 * "-Infinity"), whatever the locale. Gives the length without the NUL. */
MP_EXTERN size_t mp_double_to_text(double value, char out[MP_DOUBLE_TEXT]);
/* As the server writes them: the shortest digits that are nearer to the number than to
 * any other, where the one above also takes what is halfway and is read back by rounding
 * to even. */
MP_EXTERN size_t mp_float8_to_text(double value, char out[MP_DOUBLE_TEXT]);
MP_EXTERN size_t mp_float4_to_text(float value, char out[MP_DOUBLE_TEXT]);

MP_END_C

#endif
