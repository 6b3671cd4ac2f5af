/* codec_text.c - strings of every kind: text, names, single characters, bytes. */
#include "codec_types.h"
#include "wire.h"

#include <string.h>

#define NAME_LENGTH_MAX 63

static const char hint_tostring[] = "make it a string yourself, with tostring";

static const char *take_string(mpl_encoder *encoder, int index, size_t *length) {
  if (lua_type(encoder->L, index) == LUA_TSTRING)
    return lua_tolstring(encoder->L, index, length);
  mpl_refuse(encoder, hint_tostring, "%s is not %s", mpl_kind_of(encoder->L, index),
             encoder->type);
}

static const char *take_text(mpl_encoder *encoder, int index, size_t *length) {
  const char *text = take_string(encoder, index, length);
  const char *nul = memchr(text, '\0', *length);
  if (nul != NULL) {
    mpl_refuse(encoder, "PostgreSQL's text cannot hold it; bytea can",
               "the string contains a NUL byte at offset %zu", (size_t)(nul - text));
  }
  return text;
}

void mpl_encode_text(mpl_encoder *encoder, int index) {
  size_t length = 0;
  const char *text = take_text(encoder, index, &length);
  mpl_buffer_append(encoder->out, text, length);
}

bool mpl_decode_text(lua_State *L, const char *bytes, size_t length) {
  lua_pushlstring(L, bytes, length);
  return true;
}

/* The binary form is the text behind a version. */
bool mpl_decode_jsonpath(lua_State *L, const char *bytes, size_t length) {
  if (length == 0 || bytes[0] != 1) return false;
  return mpl_decode_text(L, bytes + 1, length - 1);
}

/* The server would cut a longer one silently. */
void mpl_encode_name(mpl_encoder *encoder, int index) {
  size_t length = 0;
  const char *text = take_text(encoder, index, &length);
  if (length > NAME_LENGTH_MAX) {
    mpl_refuse(encoder, NULL, "a string of %zu bytes does not fit name, which holds %d",
               length, NAME_LENGTH_MAX);
  }
  mpl_buffer_append(encoder->out, text, length);
}

/* One byte; the empty string is the zero byte, as the server writes it. */
void mpl_encode_char(mpl_encoder *encoder, int index) {
  size_t length = 0;
  const char *text = take_text(encoder, index, &length);
  if (length > 1)
    mpl_refuse(encoder, NULL, "a string of %zu bytes does not fit \"char\"", length);
  char byte = '\0';
  if (length > 0) byte = text[0];
  mpl_buffer_byte(encoder->out, byte);
}

bool mpl_decode_char(lua_State *L, const char *bytes, size_t length) {
  if (length != 1) return false;
  lua_pushlstring(L, bytes, bytes[0] == '\0' ? 0 : 1);
  return true;
}

void mpl_encode_bytea(mpl_encoder *encoder, int index) {
  size_t length = 0;
  const char *bytes = take_string(encoder, index, &length);
  mpl_buffer_append(encoder->out, bytes, length);
}

static bool decode_hex(lua_State *L, const char *text, size_t length) {
  if (length % 2 != 0) return false;
  char *out = lua_newuserdatauv(L, length / 2 + 1, 0);
  for (size_t i = 0; i < length; i += 2) {
    int high = mpl_hex_digit(text[i]), low = mpl_hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out[i / 2] = (char)(unsigned char)(high << 4 | low);
  }
  lua_pushlstring(L, out, length / 2);
  lua_remove(L, -2);
  return true;
}

/* Three octal digits; -1 where they are none, or more than a byte. */
static int read_octal(const char *text) {
  int value = 0;
  for (int i = 0; i < 3; i++) {
    if (text[i] < '0' || text[i] > '7') return -1;
    value = value * 8 + (text[i] - '0');
  }
  return value > 255 ? -1 : value;
}

/* bytea_output = 'escape': \\ and \ooo. */
static bool decode_escape(lua_State *L, const char *text, size_t length) {
  char *out = lua_newuserdatauv(L, length + 1, 0);
  size_t count = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] != '\\') {
      out[count++] = text[i];
    } else if (i + 1 < length && text[i + 1] == '\\') {
      out[count++] = text[++i];
    } else {
      int octal = length - i < 4 ? -1 : read_octal(text + i + 1);
      if (octal < 0) return false;
      out[count++] = (char)(unsigned char)octal;
      i += 3;
    }
  }
  lua_pushlstring(L, out, count);
  lua_remove(L, -2);
  return true;
}

/* From server 16 on a byte beyond ASCII is written as \ooo. */
bool mpl_decode_char_text(lua_State *L, const char *bytes, size_t length) {
  int octal = length == 4 && bytes[0] == '\\' ? read_octal(bytes + 1) : -1;
  if (octal < 0) return length <= 1 && mpl_decode_text(L, bytes, length);
  char byte = (char)(unsigned char)octal;
  lua_pushlstring(L, &byte, 1);
  return true;
}

bool mpl_decode_bytea_text(lua_State *L, const char *bytes, size_t length) {
  bool hex = length >= 2 && bytes[0] == '\\' && bytes[1] == 'x';
  return hex ? decode_hex(L, bytes + 2, length - 2) : decode_escape(L, bytes, length);
}
