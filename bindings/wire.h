/* wire.h - integers in network order and hexadecimal digits, as the server has them. */
#ifndef MPL_WIRE_H
#define MPL_WIRE_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t mpl_get_bytes(const char *from, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; i++)
    value = value << 8 | (unsigned char)from[i];
  return value;
}

static inline void mpl_put_bytes(char *to, size_t count, uint64_t value) {
  for (size_t i = count; i-- > 0; value >>= 8)
    to[i] = (char)(unsigned char)(value & 0xff);
}

/* Without a loop, compilers make one load and a swap of these. */

static inline uint16_t mpl_get_u16(const char *from) {
  const unsigned char *at = (const unsigned char *)from;
  return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t mpl_get_u32(const char *from) {
  const unsigned char *at = (const unsigned char *)from;
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t mpl_get_u64(const char *from) {
  return (uint64_t)mpl_get_u32(from) << 32 | mpl_get_u32(from + 4);
}

static inline void mpl_put_u32(char *to, uint32_t value) {
  to[0] = (char)(unsigned char)(value >> 24);
  to[1] = (char)(unsigned char)(value >> 16);
  to[2] = (char)(unsigned char)(value >> 8);
  to[3] = (char)(unsigned char)value;
}

static inline void mpl_put_u64(char *to, uint64_t value) {
  mpl_put_u32(to, (uint32_t)(value >> 32));
  mpl_put_u32(to + 4, (uint32_t)value);
}

/* 0 to 15, or -1. */
static inline int mpl_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

#endif
