/* buffer.h - bytes that grow on the Lua stack: nothing leaks when an error jumps out. */
#ifndef MPL_BUFFER_H
#define MPL_BUFFER_H

#include "wire.h"

#include <lua.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MPL_BUFFER_START 256

/* Invariant: `data` is `start`, or the userdata in the stack slot `slot`. */
typedef struct mpl_buffer {
  lua_State *L;
  int slot;
  char *data;
  size_t length, capacity;
  char start[MPL_BUFFER_START];
} mpl_buffer;

/* Pushes the slot, which must stay until the buffer is no longer used. */
void mpl_buffer_init(lua_State *L, mpl_buffer *buffer);
/* Make room for `length` more bytes. Raises for memory. */
void mpl_buffer_grow(mpl_buffer *buffer, size_t length);

/* Room for `length` more bytes, which will not move what is there. Raises for memory. */
static inline void mpl_buffer_reserve(mpl_buffer *buffer, size_t length) {
  if (buffer->capacity - buffer->length < length) mpl_buffer_grow(buffer, length);
}

/* `length` more bytes, to be filled in by the caller. Raises for memory. */
static inline char *mpl_buffer_extend(mpl_buffer *buffer, size_t length) {
  mpl_buffer_reserve(buffer, length);
  char *at = buffer->data + buffer->length;
  buffer->length += length;
  return at;
}

static inline void mpl_buffer_append(mpl_buffer *buffer, const void *data,
                                     size_t length) {
  memcpy(mpl_buffer_extend(buffer, length), data, length);
}

static inline void mpl_buffer_byte(mpl_buffer *buffer, char byte) {
  *mpl_buffer_extend(buffer, 1) = byte;
}

void mpl_buffer_text(mpl_buffer *buffer, const char *text);

/* In network order. */
static inline void mpl_buffer_u32(mpl_buffer *buffer, uint32_t value) {
  mpl_put_u32(mpl_buffer_extend(buffer, 4), value);
}

static inline void mpl_buffer_patch_u32(mpl_buffer *buffer, size_t position,
                                        uint32_t value) {
  mpl_put_u32(buffer->data + position, value);
}

#endif
