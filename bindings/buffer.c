/* buffer.c - bytes that grow on the Lua stack: nothing leaks when an error jumps out. */
#include "buffer.h"

#include "wire.h"

#include <string.h>

void mpl_buffer_init(lua_State *L, mpl_buffer *buffer) {
  lua_pushnil(L);
  buffer->L = L;
  buffer->slot = lua_gettop(L);
  buffer->data = buffer->start;
  buffer->length = 0;
  buffer->capacity = sizeof(buffer->start);
}

static void grow(mpl_buffer *buffer, size_t needed) {
  size_t capacity = buffer->capacity * 2;
  if (capacity < needed) capacity = needed;
  char *data = lua_newuserdatauv(buffer->L, capacity, 0);
  memcpy(data, buffer->data, buffer->length);
  lua_replace(buffer->L, buffer->slot);
  buffer->data = data;
  buffer->capacity = capacity;
}

char *mpl_buffer_extend(mpl_buffer *buffer, size_t length) {
  if (buffer->capacity - buffer->length < length) grow(buffer, buffer->length + length);
  char *at = buffer->data + buffer->length;
  buffer->length += length;
  return at;
}

void mpl_buffer_append(mpl_buffer *buffer, const void *data, size_t length) {
  memcpy(mpl_buffer_extend(buffer, length), data, length);
}

void mpl_buffer_byte(mpl_buffer *buffer, char byte) {
  *mpl_buffer_extend(buffer, 1) = byte;
}

void mpl_buffer_text(mpl_buffer *buffer, const char *text) {
  mpl_buffer_append(buffer, text, strlen(text));
}

void mpl_buffer_u32(mpl_buffer *buffer, uint32_t value) {
  mpl_put_u32(mpl_buffer_extend(buffer, 4), value);
}

void mpl_buffer_patch_u32(mpl_buffer *buffer, size_t position, uint32_t value) {
  mpl_put_u32(buffer->data + position, value);
}
