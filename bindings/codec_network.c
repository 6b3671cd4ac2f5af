/* codec_network.c - addresses of networks and of their cards, as the server's text. */
#include "codec_types.h"
#include "wire.h"

#include <stdio.h>

#define ADDRESS_TEXT 64
#define FAMILY_IPV4  2
#define FAMILY_IPV6  3
#define HEADER_BYTES 4
#define WORDS        8

typedef struct run {
  int start, length;
} run;

/* The first of the longest runs of at least two zero words, which "::" stands for. */
static run longest_zeros(const unsigned words[WORDS]) {
  run best = {-1, 1}, now = {-1, 0};
  for (int i = 0; i < WORDS; i++) {
    if (words[i] != 0) {
      now = (run){-1, 0};
      continue;
    }
    if (now.length++ == 0) now.start = i;
    if (now.length > best.length) best = now;
  }
  return best.start < 0 ? (run){-1, 0} : best;
}

static int put_ipv4(const char *bytes, char *out) {
  const unsigned char *at = (const unsigned char *)bytes;
  return sprintf(out, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
}

/* ::1.2.3.4 and ::ffff:1.2.3.4 */
static bool holds_ipv4(const unsigned words[WORDS], run zeros) {
  if (zeros.start != 0) return false;
  return zeros.length == 6 || (zeros.length == 5 && words[5] == 0xffff);
}

static int put_ipv6(const char *bytes, char *out) {
  unsigned words[WORDS];
  char *at = out;
  for (int i = 0; i < WORDS; i++)
    words[i] = (unsigned)mpl_get_bytes(bytes + (size_t)i * 2, 2);
  run zeros = longest_zeros(words);
  int behind = zeros.start + zeros.length;
  for (int i = 0; i < WORDS; i++) {
    if (i == zeros.start) *at++ = ':';
    if (i >= zeros.start && i < behind) continue;
    if (i > 0) *at++ = ':';
    if (i == 6 && holds_ipv4(words, zeros)) {
      at += put_ipv4(bytes + 12, at);
      break;
    }
    at += sprintf(at, "%x", words[i]);
  }
  if (zeros.start >= 0 && behind == WORDS) *at++ = ':';
  *at = '\0';
  return (int)(at - out);
}

/* Family, bits of the mask, whether it is a cidr, the address's size, the address. An
 * inet does not show a mask that covers all of it. */
static bool push_address(lua_State *L, const char *bytes, size_t length, bool cidr) {
  char text[ADDRESS_TEXT];
  if (length < HEADER_BYTES) return false;
  unsigned family = (unsigned char)bytes[0], bits = (unsigned char)bytes[1];
  size_t size = (unsigned char)bytes[3], expected = family == FAMILY_IPV4 ? 4 : 16;
  if (family != FAMILY_IPV4 && family != FAMILY_IPV6) return false;
  if (size != expected || length != HEADER_BYTES + size || bits > size * 8) return false;
  const char *address = bytes + HEADER_BYTES;
  int count = family == FAMILY_IPV4 ? put_ipv4(address, text) : put_ipv6(address, text);
  if (cidr || bits < size * 8) count += sprintf(text + count, "/%u", bits);
  lua_pushlstring(L, text, (size_t)count);
  return true;
}

bool mpl_decode_inet(lua_State *L, const char *bytes, size_t length) {
  return push_address(L, bytes, length, false);
}

bool mpl_decode_cidr(lua_State *L, const char *bytes, size_t length) {
  return push_address(L, bytes, length, true);
}

static bool push_mac(lua_State *L, const char *bytes, size_t length, size_t size) {
  char text[ADDRESS_TEXT], *at = text;
  if (length != size) return false;
  for (size_t i = 0; i < size; i++)
    at += sprintf(at, "%s%02x", i == 0 ? "" : ":", (unsigned char)bytes[i]);
  lua_pushlstring(L, text, (size_t)(at - text));
  return true;
}

bool mpl_decode_macaddr(lua_State *L, const char *bytes, size_t length) {
  return push_mac(L, bytes, length, 6);
}

bool mpl_decode_macaddr8(lua_State *L, const char *bytes, size_t length) {
  return push_mac(L, bytes, length, 8);
}
