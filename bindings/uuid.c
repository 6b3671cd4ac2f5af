/* uuid.c - mp.uuid: random and time-ordered identifiers, and their way over the wire. */
#include "codec_types.h"
#include "error.h"
#include "values.h"
#include "wire.h"

#include <lauxlib.h>

#include <sys/random.h>
#include <time.h>

#define UUID_DIGITS 32

void mpl_uuid_text(const char *bytes, char *text) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < MPL_UUID_BYTES; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *text++ = '-';
    *text++ = digits[(unsigned char)bytes[i] >> 4];
    *text++ = digits[(unsigned char)bytes[i] & 15];
  }
}

static void push_uuid(lua_State *L, const char *bytes) {
  char text[MPL_UUID_TEXT];
  mpl_uuid_text(bytes, text);
  lua_pushlstring(L, text, sizeof(text));
}

/* Any form the server reads: in braces or not, a hyphen after any four digits. */
static bool read_uuid(const char *text, size_t length, char *out) {
  size_t at = 0, end = length, digits = 0;
  if (length >= 2 && text[0] == '{' && text[length - 1] == '}') {
    at++;
    end--;
  }
  for (; at < end; at++) {
    bool may_part = digits % 4 == 0 && digits > 0 && digits < UUID_DIGITS;
    if (text[at] == '-' && may_part && text[at - 1] != '-') continue;
    int digit = mpl_hex_digit(text[at]);
    if (digit < 0 || digits == UUID_DIGITS) return false;
    unsigned char before = digits % 2 == 0 ? 0 : (unsigned char)out[digits / 2];
    out[digits / 2] = (char)(unsigned char)(before << 4 | digit);
    digits++;
  }
  return digits == UUID_DIGITS;
}

void mpl_encode_uuid(mpl_encoder *encoder, int index) {
  size_t length = 0;
  char bytes[MPL_UUID_BYTES];
  if (lua_type(encoder->L, index) != LUA_TSTRING) mpl_refuse_type(encoder, index);
  const char *text = lua_tolstring(encoder->L, index, &length);
  if (!read_uuid(text, length, bytes))
    mpl_refuse(encoder, NULL, "the string is not a uuid");
  mpl_buffer_append(encoder->out, bytes, sizeof(bytes));
}

bool mpl_decode_uuid(lua_State *L, const char *bytes, size_t length) {
  if (length != MPL_UUID_BYTES) return false;
  push_uuid(L, bytes);
  return true;
}

static void fill_random(lua_State *L, char *bytes) {
  if (getrandom(bytes, MPL_UUID_BYTES, 0) == MPL_UUID_BYTES) return;
  mpl_raise(L, "bad_argument", NULL, "the system gives no random bytes");
}

static void stamp(char *bytes, int version) {
  bytes[6] = (char)((bytes[6] & 0x0f) | version << 4);
  bytes[8] = (char)((bytes[8] & 0x3f) | 0x80);
}

/* uuid.v4() -> string, all random. */
static int uuid_v4(lua_State *L) {
  char bytes[MPL_UUID_BYTES];
  fill_random(L, bytes);
  stamp(bytes, 4);
  push_uuid(L, bytes);
  return 1;
}

/* uuid.v7() -> string that sorts by time: milliseconds, then 12 bits of their fraction
 * (RFC 9562, method 3), then random bits. */
static int uuid_v7(lua_State *L) {
  char bytes[MPL_UUID_BYTES];
  struct timespec now;
  fill_random(L, bytes);
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t milliseconds = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
  uint64_t fraction = ((uint64_t)now.tv_nsec % 1000000) * 4096 / 1000000;
  mpl_put_bytes(bytes, 6, milliseconds);
  mpl_put_bytes(bytes + 6, 2, fraction);
  stamp(bytes, 7);
  push_uuid(L, bytes);
  return 1;
}

void mpl_open_uuid(lua_State *L) {
  static const luaL_Reg functions[] = {{"v4", uuid_v4}, {"v7", uuid_v7}, {NULL, NULL}};
  luaL_newlib(L, functions);
  lua_setfield(L, -2, "uuid");
}
