/* copy_cell.c - one value of a COPY as its field: binary with a length, or escaped text.
 */
#include "copy_cell.h"

#include "error.h"

#include <string.h>

#define NULL_LENGTH UINT32_MAX

static void check_length(mpl_encoder *encoder, size_t length) {
  if (length <= MP_PARAMS_MAX_BYTES) return;
  mpl_refuse(encoder, "use a large object, or several rows",
             "a value of %zu bytes is too long: it has at most %u", length,
             MP_PARAMS_MAX_BYTES);
}

static const char *check_text(mpl_encoder *encoder, int index, size_t *length) {
  const char *text = lua_tolstring(encoder->L, index, length);
  check_length(encoder, *length);
  const char *nul = memchr(text, '\0', *length);
  if (nul == NULL) return text;
  mpl_refuse(encoder, "PostgreSQL's text cannot hold it; bytea can",
             "the string contains a NUL byte at offset %zu", (size_t)(nul - text));
}

static const char hint_parsed[] =
    "give a value of the type, or the option format = \"text\" to let the server parse";

static mpl_string_use use_of(const mpl_copy_column *column) {
  return column->codec == NULL ? MPL_STRING_PARSED : column->codec->string_use;
}

/* A string whose bytes go as they are; false where a codec must see it. */
static bool put_string(mpl_encoder *encoder, int index, const mpl_copy_column *column) {
  size_t length = 0;
  mpl_string_use use = use_of(column);
  if (lua_type(encoder->L, index) != LUA_TSTRING) return false;
  if (use == MPL_STRING_IS_BYTES) {
    const char *bytes = lua_tolstring(encoder->L, index, &length);
    check_length(encoder, length);
    mpl_buffer_append(encoder->out, bytes, length);
    return true;
  }
  if (use != MPL_STRING_IS_TEXT) return false;
  const char *text = check_text(encoder, index, &length);
  mpl_buffer_append(encoder->out, text, length);
  return true;
}

static void put_binary(mpl_encoder *encoder, int index, const mpl_copy_column *column) {
  if (put_string(encoder, index, column)) return;
  if (mpl_needs_literal(encoder->L, column->type, index)) {
    mpl_refuse(encoder, hint_parsed, "%s is not %s", mpl_kind_of(encoder->L, index),
               encoder->type);
  }
  mpl_write_binary(encoder, column->type, index);
}

void mpl_copy_put_binary(mpl_encoder *encoder, int index, const mpl_copy_column *column) {
  mpl_buffer *out = encoder->out;
  size_t position = out->length;
  int kind = lua_type(encoder->L, index);
  if (kind == LUA_TNIL ||
      (kind == LUA_TLIGHTUSERDATA && mpl_is_null(encoder->L, index))) {
    mpl_buffer_u32(out, NULL_LENGTH);
    return;
  }
  mpl_buffer_u32(out, 0);
  if (column->is_direct && kind != LUA_TSTRING && kind != LUA_TTABLE)
    column->codec->encode(encoder, index);
  else
    put_binary(encoder, index, column);
  check_length(encoder, out->length - position - 4);
  mpl_buffer_patch_u32(out, position, (uint32_t)(out->length - position - 4));
}

/* What stands behind a backslash for a byte that the format reads as something else. */
static char escape_of(char byte) {
  switch (byte) {
  case '\\':
    return '\\';
  case '\t':
    return 't';
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  default:
    return '\0';
  }
}

static void put_escaped(mpl_buffer *out, const char *text, size_t length) {
  size_t done = 0;
  for (size_t at = 0; at < length; at++) {
    char escape = escape_of(text[at]);
    if (escape == '\0') continue;
    mpl_buffer_append(out, text + done, at - done);
    mpl_buffer_byte(out, '\\');
    mpl_buffer_byte(out, escape);
    done = at + 1;
  }
  mpl_buffer_append(out, text + done, length - done);
}

static void put_hex(mpl_buffer *out, const char *bytes, size_t length) {
  static const char digits[] = "0123456789abcdef";
  mpl_buffer_text(out, "\\\\x");
  char *at = mpl_buffer_extend(out, 2 * length);
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    at[2 * i] = digits[byte >> 4];
    at[2 * i + 1] = digits[byte & 15];
  }
}

/* A string that is its own text, or the server's to parse; false where a codec must see
 * the value. */
static bool put_plain(mpl_encoder *encoder, int index, const mpl_copy_column *column) {
  size_t length = 0;
  mpl_string_use use = use_of(column);
  if (lua_type(encoder->L, index) != LUA_TSTRING) return false;
  if (use == MPL_STRING_ENCODED || use == MPL_STRING_CUSTOM) return false;
  if (use == MPL_STRING_IS_BYTES) {
    const char *bytes = lua_tolstring(encoder->L, index, &length);
    check_length(encoder, length);
    put_hex(encoder->out, bytes, length);
  } else {
    const char *text = check_text(encoder, index, &length);
    put_escaped(encoder->out, text, length);
  }
  return true;
}

void mpl_copy_put_text(mpl_encoder *encoder, int index, const mpl_copy_column *column) {
  mpl_buffer value, *out = encoder->out;
  if (mpl_is_null(encoder->L, index)) {
    mpl_buffer_append(out, "\\N", 2);
    return;
  }
  if (put_plain(encoder, index, column)) return;
  mpl_buffer_init(encoder->L, &value);
  encoder->out = &value;
  mpl_write_literal(encoder, column->type, index);
  encoder->out = out;
  put_escaped(out, value.data, value.length);
}
