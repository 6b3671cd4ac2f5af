/* codec_id.c - identifiers of transactions, rows and log positions, as their text. */
#include "codec_types.h"
#include "wire.h"

#include <inttypes.h>
#include <stdio.h>

#define ID_TEXT 48

void mpl_encode_parsed(mpl_encoder *encoder, int index) {
  mpl_refuse(encoder, "give it as a string, as the server writes it", "%s is not %s",
             mpl_kind_of(encoder->L, index), encoder->type);
}

static bool push_unsigned(lua_State *L, const char *bytes, size_t length, size_t size) {
  char text[ID_TEXT];
  if (length != size) return false;
  int count = snprintf(text, sizeof(text), "%" PRIu64, mpl_get_bytes(bytes, size));
  lua_pushlstring(L, text, (size_t)count);
  return true;
}

bool mpl_decode_xid(lua_State *L, const char *bytes, size_t length) {
  return push_unsigned(L, bytes, length, 4);
}

bool mpl_decode_xid8(lua_State *L, const char *bytes, size_t length) {
  return push_unsigned(L, bytes, length, 8);
}

/* "(block,offset)" */
bool mpl_decode_tid(lua_State *L, const char *bytes, size_t length) {
  char text[ID_TEXT];
  if (length != 6) return false;
  int count = snprintf(text, sizeof(text), "(%" PRIu32 ",%u)", mpl_get_u32(bytes),
                       (unsigned)mpl_get_bytes(bytes + 4, 2));
  lua_pushlstring(L, text, (size_t)count);
  return true;
}

bool mpl_decode_pg_lsn(lua_State *L, const char *bytes, size_t length) {
  char text[ID_TEXT];
  if (length != 8) return false;
  int count = snprintf(text, sizeof(text), "%" PRIX32 "/%" PRIX32, mpl_get_u32(bytes),
                       mpl_get_u32(bytes + 4));
  lua_pushlstring(L, text, (size_t)count);
  return true;
}

static void put_u64(mpl_buffer *out, uint64_t value) {
  char text[ID_TEXT];
  snprintf(text, sizeof(text), "%" PRIu64, value);
  mpl_buffer_text(out, text);
}

/* "xmin:xmax:xip,xip"; the count stands before them on the wire. */
bool mpl_decode_snapshot(lua_State *L, const char *bytes, size_t length) {
  mpl_buffer text;
  if (length < 20) return false;
  uint64_t count = mpl_get_u32(bytes);
  if ((length - 20) % 8 != 0 || (length - 20) / 8 != count) return false;
  mpl_buffer_init(L, &text);
  put_u64(&text, mpl_get_bytes(bytes + 4, 8));
  mpl_buffer_byte(&text, ':');
  put_u64(&text, mpl_get_bytes(bytes + 12, 8));
  mpl_buffer_byte(&text, ':');
  for (uint64_t i = 0; i < count; i++) {
    if (i > 0) mpl_buffer_byte(&text, ',');
    put_u64(&text, mpl_get_bytes(bytes + 20 + i * 8, 8));
  }
  lua_pushlstring(L, text.data, text.length);
  lua_replace(L, text.slot);
  return true;
}
