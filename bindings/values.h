/* values.h - the value classes that codecs share: decimals, times, JSON. */
#ifndef MPL_VALUES_H
#define MPL_VALUES_H

#include "buffer.h"

#include <moonpool/decimal.h>

#include <lua.h>

#include <stdbool.h>

struct mpl_encoder;

/* decimal.c */
void mpl_open_decimal(lua_State *L);
const mp_decimal *mpl_test_decimal(lua_State *L, int index); /* NULL when it is none */
/* Makes decimals as userdata: each one taken is pushed. */
mp_decimal_room mpl_decimal_room(lua_State *L);
void mpl_buffer_decimal(mpl_buffer *buffer, const mp_decimal *value);

/* timestamp.c, date.c, time.c, interval.c */
void mpl_open_timestamp(lua_State *L);
void mpl_open_date(lua_State *L);
void mpl_open_time(lua_State *L);
void mpl_open_interval(lua_State *L);
/* datetime_arith.c: append the text of a timestamp, date, time or interval; false when it
 * is none. */
bool mpl_buffer_datetime(mpl_buffer *buffer, lua_State *L, int index);

/* uuid.c */
void mpl_open_uuid(lua_State *L);

/* json.c */
void mpl_open_json(lua_State *L);
/* Set the mark of a decoded container on the table on top. */
void mpl_json_mark_list(lua_State *L);
void mpl_json_mark_map(lua_State *L);
typedef enum mpl_json_mark {
  MPL_JSON_UNMARKED,
  MPL_JSON_LIST,
  MPL_JSON_MAP
} mpl_json_mark;
mpl_json_mark mpl_json_get_mark(lua_State *L, int index);
/* mp.json(value) or mp.json.raw(text): true, and what is inside is pushed. */
bool mpl_json_unwrap(lua_State *L, int index, bool *raw);

#define MPL_JSON_DEPTH_MAX 1000
/* json_encode.c: append the JSON of a value, marks and nulls and all. */
void mpl_json_encode(struct mpl_encoder *encoder, int index);
/* json_string.c: append a string in quotes, or refuse it for its encoding. */
void mpl_json_encode_string(struct mpl_encoder *encoder, const char *text, size_t length);
/* json_decode.c: push the value of a JSON text. False where it is malformed; *offset is
 * the byte. */
bool mpl_json_decode(lua_State *L, const char *text, size_t length, size_t *offset);
/* json_number.c: push the value of a valid JSON number, exactly; false beyond numeric's
 * bounds. */
bool mpl_json_push_number(lua_State *L, const char *text, size_t length);
/* Append a finite float so that it comes back as one: with a point, and without the
 * exponent that jsonb forgets where it would be an integer then. */
void mpl_json_encode_float(mpl_buffer *out, double number);
/* The first byte that is not UTF-8, or `length`. */
size_t mpl_utf8_check(const char *text, size_t length);

/* codec_number.c: the double of a decimal text, whatever the locale; false where it is
 * none. */
bool mpl_read_double(lua_State *L, const char *text, size_t length, double *out);
bool mpl_read_integer(const char *text, size_t length, int64_t *out);

#endif
