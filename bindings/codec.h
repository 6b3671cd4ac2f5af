/* codec.h - between Lua values and the server's: one row per type, parameters in, results
 * out. */
#ifndef MPL_CODEC_H
#define MPL_CODEC_H

#include "buffer.h"

#include <moonpool/result.h>
#include <moonpool/statement.h>

#include <lua.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MPL_ARRAY_DIMENSIONS_MAX 6 /* the server's own limit */

typedef struct mpl_codec mpl_codec;

/* A value being encoded; knows where it stands, for messages. */
typedef struct mpl_encoder {
  lua_State *L;
  mpl_buffer *out;
  const char *type; /* its type's name */
  char unknown_type[32];
  int parameter; /* from 1; 0 for none */
  int depth;
  lua_Integer path[MPL_ARRAY_DIMENSIONS_MAX]; /* indexes into nested arrays */
} mpl_encoder;

/* Append the value at the absolute index `index` in binary, or refuse it. */
typedef void (*mpl_encode)(mpl_encoder *encoder, int index);
/* Push the value of a cell; false where the bytes are malformed (the stack may hold more
 * then). */
typedef bool (*mpl_decode)(lua_State *L, const char *bytes, size_t length);

/* What a Lua string is to a type. */
typedef enum mpl_string_use {
  MPL_STRING_IS_TEXT,  /* its value, sent as it is; no NUL */
  MPL_STRING_IS_BYTES, /* its value, sent as it is */
  MPL_STRING_ENCODED,  /* its value, through the codec */
  MPL_STRING_PARSED    /* text for the server to parse */
} mpl_string_use;

struct mpl_codec {
  uint32_t oid, array_oid;
  const char *name;
  mpl_string_use string_use;
  bool takes_tables; /* a Lua table is its value, not an array of it */
  mpl_decode decode_binary, decode_text;
  mpl_encode encode;
};

/* The row of a type or of an array's elements; NULL for types that travel as text. */
const mpl_codec *mpl_codec_find(uint32_t oid, bool *is_array);
/* Whether a result of this type can be read in binary: mp_engine_options.is_binary. */
bool mpl_codec_is_binary(uint32_t oid);

/* Sets null, decimal, timestamp, date, time, interval, json, list, map and uuid in the
 * table on top. */
void mpl_open_values(lua_State *L);

void mpl_push_null(lua_State *L);
/* nil, none, or mp.null. */
bool mpl_is_null(lua_State *L, int index);

/* Refuse more than 65,535 values and values of more than 1 GB, before anything is sent.
 */
void mpl_check_params(lua_State *L, int first, int count);
/* Encode `count` values from the stack by the statement's described types into `params`,
 * which has room for just as many and is in the caller's box. Raises bad_argument or
 * encode. */
void mpl_encode_params(lua_State *L, int first, int count, const mp_statement *statement,
                       mp_params *params);

/* Each pushes one value; the result stays in the caller's box. They raise decode. */
void mpl_push_rows(lua_State *L, const mp_result *result);
void mpl_push_tuples(lua_State *L, const mp_result *result);
void mpl_push_column(lua_State *L, const mp_result *result); /* mp.null for NULL */
/* One row, from 0, as a table; it must exist. */
void mpl_push_row(lua_State *L, const mp_result *result, size_t row);
/* For results of one shape, read row by row: push what is known of their columns (a
 * userdata and, above it, a table of names); then push one row by it. */
void mpl_push_row_reader(lua_State *L, const mp_result *result);
void mpl_read_row(lua_State *L, int columns, const mp_result *result, size_t row);
/* The first column of the first row; nil without a row. */
void mpl_push_value(lua_State *L, const mp_result *result);

/* Raise encode: the message, the parameter's number and the path in it. */
#define MPL_REFUSE_PRINTF __attribute__((noreturn, format(printf, 3, 4)))
MPL_REFUSE_PRINTF void mpl_refuse(const mpl_encoder *encoder, const char *hint,
                                  const char *format, ...);
/* ... that a value of this Lua type is none of the SQL type. */
__attribute__((noreturn)) void mpl_refuse_type(const mpl_encoder *encoder, int index);
/* "a table", "a decimal", ...: for a message, since it may leave something on the stack.
 */
const char *mpl_kind_of(lua_State *L, int index);

/* The text of a value that says by itself what it is, for types without a row. */
void mpl_encode_natural(mpl_encoder *encoder, int index);
/* A sequence as an array: in binary, or as a literal (`element` NULL: by its values
 * alone). */
void mpl_array_encode(mpl_encoder *encoder, int index, const mpl_codec *element);
void mpl_array_encode_literal(mpl_encoder *encoder, int index, const mpl_codec *element);
/* Whether a string in it must be parsed by the server, so that all of it goes as a
 * literal. */
bool mpl_array_needs_literal(lua_State *L, int index, const mpl_codec *element);
bool mpl_array_decode_binary(lua_State *L, const mpl_codec *element, const char *bytes,
                             size_t length);
bool mpl_array_decode_text(lua_State *L, const mpl_codec *element, const char *bytes,
                           size_t length);

#endif
