/* buffer.c - bytes that grow on the Lua stack: nothing leaks when an error jumps out. */
#include "buffer.h"

void mpl_buffer_init(lua_State *L, mpl_buffer *buffer) {
  lua_pushnil(L);
  buffer->L = L;
  buffer->slot = lua_gettop(L);
  buffer->data = buffer->start;
  buffer->length = 0;
  buffer->capacity = sizeof(buffer->start);
}

void mpl_buffer_grow(mpl_buffer *buffer, size_t length) {
  size_t needed = buffer->length + length, capacity = buffer->capacity * 2;
  if (capacity < needed) capacity = needed;
  char *data = lua_newuserdatauv(buffer->L, capacity, 0);
  memcpy(data, buffer->data, buffer->length);
  lua_replace(buffer->L, buffer->slot);
  buffer->data = data;
  buffer->capacity = capacity;
}

void mpl_buffer_text(mpl_buffer *buffer, const char *text) {
  mpl_buffer_append(buffer, text, strlen(text));
}
