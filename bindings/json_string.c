/* json_string.c - JSON strings out of Lua's, and the check that bytes are UTF-8. */
#include "codec.h"
#include "values.h"

#include <stdio.h>

/* The length of the sequence that `c` starts, 0 where nothing starts with it. */
static size_t sequence_length(unsigned char c) {
  if (c < 0x80) return 1;
  if (c >= 0xc2 && c < 0xe0) return 2;
  if (c >= 0xe0 && c < 0xf0) return 3;
  return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

/* Overlong forms, surrogates and what is beyond Unicode show in the second byte. */
static bool is_sequence(const unsigned char *text, size_t length) {
  if (length > 1 && (text[1] & 0xc0) != 0x80) return false;
  if (text[0] == 0xe0 && text[1] < 0xa0) return false;
  if (text[0] == 0xed && text[1] >= 0xa0) return false;
  if (text[0] == 0xf0 && text[1] < 0x90) return false;
  if (text[0] == 0xf4 && text[1] >= 0x90) return false;
  for (size_t i = 2; i < length; i++) {
    if ((text[i] & 0xc0) != 0x80) return false;
  }
  return true;
}

size_t mpl_utf8_check(const char *bytes, size_t length) {
  const unsigned char *text = (const unsigned char *)bytes;
  size_t at = 0;
  while (at < length) {
    size_t size = sequence_length(text[at]);
    if (size == 0 || size > length - at || !is_sequence(text + at, size)) return at;
    at += size;
  }
  return length;
}

static void put_escape(mpl_buffer *out, char c) {
  char text[8];
  switch (c) {
  case '"':
    mpl_buffer_text(out, "\\\"");
    return;
  case '\\':
    mpl_buffer_text(out, "\\\\");
    return;
  case '\n':
    mpl_buffer_text(out, "\\n");
    return;
  case '\r':
    mpl_buffer_text(out, "\\r");
    return;
  case '\t':
    mpl_buffer_text(out, "\\t");
    return;
  default:
    snprintf(text, sizeof(text), "\\u%04x", (unsigned)(unsigned char)c);
    mpl_buffer_text(out, text);
  }
}

void mpl_json_encode_string(mpl_encoder *encoder, const char *text, size_t length) {
  mpl_buffer *out = encoder->out;
  mpl_buffer_byte(out, '"');
  size_t done = 0;
  for (size_t at = 0; at < length; at++) {
    unsigned char c = (unsigned char)text[at];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    mpl_buffer_append(out, text + done, at - done);
    put_escape(out, text[at]);
    done = at + 1;
  }
  mpl_buffer_append(out, text + done, length - done);
  mpl_buffer_byte(out, '"');
}
