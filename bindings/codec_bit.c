/* codec_bit.c - bit strings, as zeros and ones. */
#include "codec_types.h"
#include "wire.h"

/* The number of bits, then as many bytes as hold them, the first bit highest. */
bool mpl_decode_bit(lua_State *L, const char *bytes, size_t length) {
  if (length < 4) return false;
  size_t count = mpl_get_u32(bytes);
  if ((count + 7) / 8 != length - 4) return false;
  char *text = lua_newuserdatauv(L, count + 1, 0);
  for (size_t i = 0; i < count; i++) {
    unsigned byte = (unsigned char)bytes[4 + i / 8];
    text[i] = (byte >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  }
  lua_pushlstring(L, text, count);
  lua_remove(L, -2);
  return true;
}
