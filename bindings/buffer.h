/* buffer.h - bytes that grow on the Lua stack: nothing leaks when an error jumps out. */
#ifndef MPL_BUFFER_H
#define MPL_BUFFER_H

#include <lua.h>

#include <stddef.h>
#include <stdint.h>

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
/* `length` more bytes, to be filled in by the caller. Raises for memory. */
char *mpl_buffer_extend(mpl_buffer *buffer, size_t length);
void mpl_buffer_append(mpl_buffer *buffer, const void *data, size_t length);
void mpl_buffer_byte(mpl_buffer *buffer, char byte);
void mpl_buffer_text(mpl_buffer *buffer, const char *text);
/* In network order. */
void mpl_buffer_u32(mpl_buffer *buffer, uint32_t value);
void mpl_buffer_patch_u32(mpl_buffer *buffer, size_t position, uint32_t value);

#endif
