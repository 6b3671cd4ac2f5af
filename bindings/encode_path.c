/* encode_path.c - what every writer of parts does: the path for messages, lengths in
 * front, quotes around. */
#include "codec.h"

void mpl_path_enter(mpl_encoder *encoder, const char *name, lua_Integer index) {
  if (encoder->depth == MPL_PATH_MAX) {
    mpl_refuse(encoder, NULL, "the value has more than %d levels of parts", MPL_PATH_MAX);
  }
  encoder->path[encoder->depth++] = (mpl_path_step){name, index};
}

void mpl_path_leave(mpl_encoder *encoder) {
  encoder->depth--;
}

size_t mpl_begin_length(mpl_encoder *encoder) {
  size_t start = encoder->out->length;
  mpl_buffer_u32(encoder->out, 0);
  return start;
}

void mpl_end_length(mpl_encoder *encoder, size_t start) {
  size_t length = encoder->out->length - start - 4;
  mpl_buffer_patch_u32(encoder->out, start, (uint32_t)length);
}

/* A copy on the Lua stack: the buffer may move while it is written to. */
void mpl_quote(mpl_encoder *encoder, size_t start) {
  lua_State *L = encoder->L;
  mpl_buffer *out = encoder->out;
  size_t length = out->length - start;
  const char *text = lua_pushlstring(L, out->data + start, length);
  out->length = start;
  mpl_buffer_byte(out, '"');
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"' || text[i] == '\\') mpl_buffer_byte(out, '\\');
    mpl_buffer_byte(out, text[i]);
  }
  mpl_buffer_byte(out, '"');
  lua_pop(L, 1);
}
