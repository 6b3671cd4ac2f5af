/* codec_tsvector.c - the words of a text search document, as the server's text. */
#include "codec_types.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

#define POSITION_BITS 14

typedef struct reader {
  mpl_buffer *out;
  const char *at, *end;
} reader;

static void put_quoted(mpl_buffer *out, const char *text, size_t length) {
  mpl_buffer_byte(out, '\'');
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\'' || text[i] == '\\') mpl_buffer_byte(out, text[i]);
    mpl_buffer_byte(out, text[i]);
  }
  mpl_buffer_byte(out, '\'');
}

/* The weight is in the two highest bits; D, the lowest, is not written. */
static void put_position(mpl_buffer *out, unsigned entry) {
  static const char *const weights[] = {"", "C", "B", "A"};
  char text[16];
  snprintf(text, sizeof(text), "%u%s", entry & ((1U << POSITION_BITS) - 1),
           weights[entry >> POSITION_BITS & 3]);
  mpl_buffer_text(out, text);
}

/* A word up to its NUL, the number of its positions, the positions. */
static bool read_word(reader *in) {
  const char *nul = memchr(in->at, '\0', (size_t)(in->end - in->at));
  if (nul == NULL || in->end - nul < 3) return false;
  put_quoted(in->out, in->at, (size_t)(nul - in->at));
  size_t count = mpl_get_bytes(nul + 1, 2);
  in->at = nul + 3;
  if ((size_t)(in->end - in->at) / 2 < count) return false;
  for (size_t i = 0; i < count; i++, in->at += 2) {
    mpl_buffer_byte(in->out, i == 0 ? ':' : ',');
    put_position(in->out, (unsigned)mpl_get_bytes(in->at, 2));
  }
  return true;
}

bool mpl_decode_tsvector(lua_State *L, const char *bytes, size_t length) {
  mpl_buffer out;
  if (length < 4) return false;
  reader in = {&out, bytes + 4, bytes + length};
  uint32_t count = mpl_get_u32(bytes);
  mpl_buffer_init(L, &out);
  for (uint32_t i = 0; i < count; i++) {
    if (i > 0) mpl_buffer_byte(&out, ' ');
    if (!read_word(&in)) return false;
  }
  lua_pushlstring(L, out.data, out.length);
  lua_replace(L, out.slot);
  return in.at == in.end;
}
