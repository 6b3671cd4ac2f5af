/* codec.h - between Lua values and the server's: one row per type, parameters in, results
 * out. */
#ifndef MPL_CODEC_H
#define MPL_CODEC_H

#include "buffer.h"

#include <moonpool/result.h>
#include <moonpool/statement.h>
#include <moonpool/type.h>

#include <lua.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MPL_ARRAY_DIMENSIONS_MAX 6  /* the server's own limit */
#define MPL_PATH_MAX             32 /* arrays and fields in each other */

typedef struct mpl_codec mpl_codec;

/* One step into a value: a field's name, or NULL and an index. */
typedef struct mpl_path_step {
  const char *name;
  lua_Integer index;
} mpl_path_step;

/* A value being encoded; knows where it stands, for messages. */
typedef struct mpl_encoder {
  lua_State *L;
  mpl_buffer *out;
  const char *type; /* its type's name */
  int parameter;    /* from 1; 0 for none */
  int depth;
  mpl_path_step path[MPL_PATH_MAX];
} mpl_encoder;

/* Values being decoded, and what went wrong with them. */
typedef struct mpl_decoder {
  lua_State *L;
  const mp_types *types;
  int depth;
  bool is_changed;      /* the bytes do not fit the type that is known */
  const char *trouble;  /* what else is wrong; NULL: the bytes are malformed */
  uint32_t trouble_oid; /* the type that is meant, or 0 */
} mpl_decoder;

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
  MPL_STRING_PARSED,   /* text for the server to parse */
  MPL_STRING_CUSTOM    /* what a codec of the user's makes of it (custom_codec.c) */
} mpl_string_use;

struct mpl_codec {
  uint32_t oid, array_oid;
  const char *name;
  mpl_string_use string_use;
  bool takes_tables; /* a Lua table is its value, not an array of it */
  mpl_decode decode_binary, decode_text;
  mpl_encode encode;
};

/* The row of a type that is no structure of others; NULL for types that travel as text.
 */
const mpl_codec *mpl_codec_find(const mp_type *type);
/* codec_extension.c: the same for types of extensions, known by name. */
const mpl_codec *mpl_codec_find_extension(const mp_type *type);

/* The type itself, or what a domain is made of. */
const mp_type *mpl_type_base(const mp_type *type);
/* type_decode.c: push the value; false where the bytes are not one. */
bool mpl_read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                     size_t length);
bool mpl_read_literal(mpl_decoder *from, const mp_type *type, const char *bytes,
                      size_t length);
/* type_encode.c: append a value that is not NULL, or refuse it. `type` NULL (literals
 * only): by the value alone. */
void mpl_write_binary(mpl_encoder *encoder, const mp_type *type, int index);
void mpl_write_literal(mpl_encoder *encoder, const mp_type *type, int index);
/* Whether a part of it must be parsed by the server, so that all of it goes as a literal.
 */
bool mpl_needs_literal(lua_State *L, const mp_type *type, int index);
/* Whether a table is one value of the type, not an array of them. */
bool mpl_is_value(lua_State *L, const mp_type *type, int index);
/* In quotes from `start` on, as array, row and range literals have it. */
void mpl_quote(mpl_encoder *encoder, size_t start);
/* Four bytes for the length of what is then written behind it. */
size_t mpl_begin_length(mpl_encoder *encoder);
void mpl_end_length(mpl_encoder *encoder, size_t start);
/* The step into a part of the value; each enter has its leave. */
void mpl_path_enter(mpl_encoder *encoder, const char *name, lua_Integer index);
void mpl_path_leave(mpl_encoder *encoder);

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
/* set_rows_class(class): what its __index has, results have, too. */
int mpl_set_rows_class(lua_State *L);
void mpl_push_tuples(lua_State *L, const mp_result *result);
void mpl_push_column(lua_State *L, const mp_result *result); /* mp.null for NULL */
/* One row, from 0, as a table; it must exist. */
void mpl_push_row(lua_State *L, const mp_result *result, size_t row);
/* For results of one shape, read row by row: push what is known of their columns (an
 * mpl_row_reader and, above it, a table of names); then push one row by it. */
typedef struct mpl_row_reader mpl_row_reader;
void mpl_push_row_reader(lua_State *L, const mp_result *result);
void mpl_read_row(lua_State *L, const mpl_row_reader *by, int names,
                  const mp_result *result, size_t row);
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

/* array_encode.c: a sequence as an array. `element` NULL: by its values alone. */
void mpl_array_write_binary(mpl_encoder *encoder, const mp_type *element, int index);
void mpl_array_write_literal(mpl_encoder *encoder, const mp_type *element, int index);
/* The length of a table that has no keys but 1..n (and "lower", if it may), or refuse it.
 */
lua_Integer mpl_check_sequence(mpl_encoder *encoder, int index, bool may_have_lower);
/* array_list.c: a table that is a list of plain values, in binary; false, and nothing is
 * written, where it may be anything else. */
bool mpl_array_write_list(mpl_encoder *encoder, const mp_type *element, int index);
/* array_decode.c */
bool mpl_array_read_binary(mpl_decoder *from, const mp_type *element, const char *bytes,
                           size_t length);
bool mpl_array_read_literal(mpl_decoder *from, const mp_type *element, const char *bytes,
                            size_t length);

/* composite_encode.c, composite_decode.c: a table by field name. */
void mpl_composite_write_binary(mpl_encoder *encoder, const mp_type *type, int index);
void mpl_composite_write_literal(mpl_encoder *encoder, const mp_type *type, int index);
bool mpl_composite_read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                               size_t length);
bool mpl_composite_read_literal(mpl_decoder *from, const mp_type *type, const char *bytes,
                                size_t length);

/* range_encode.c, range_decode.c */
void mpl_open_range(lua_State *L); /* sets range_class in the table on top */
void mpl_push_range_class(lua_State *L);
bool mpl_is_range(lua_State *L, int index);
void mpl_range_write_binary(mpl_encoder *encoder, const mp_type *type, int index);
void mpl_range_write_literal(mpl_encoder *encoder, const mp_type *type, int index);
void mpl_multirange_write_binary(mpl_encoder *encoder, const mp_type *type, int index);
void mpl_multirange_write_literal(mpl_encoder *encoder, const mp_type *type, int index);
bool mpl_range_read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                           size_t length);
bool mpl_range_read_literal(mpl_decoder *from, const mp_type *type, const char *bytes,
                            size_t length);
bool mpl_multirange_read_binary(mpl_decoder *from, const mp_type *type, const char *bytes,
                                size_t length);
bool mpl_multirange_read_literal(mpl_decoder *from, const mp_type *type,
                                 const char *bytes, size_t length);

#endif
