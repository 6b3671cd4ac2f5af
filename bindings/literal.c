/* literal.c - reading the literals of rows and ranges. */
#include "literal.h"

#include <string.h>

bool mpl_literal_skip(mpl_literal *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool is_end(const mpl_literal *in, const char *ends) {
  return *in->at != '\0' && strchr(ends, *in->at) != NULL;
}

/* Quotes come and go inside a part; "" in them is one, \ takes what follows as it is. */
static bool read_text(mpl_literal *in, const char *ends, mpl_buffer *text) {
  bool quoted = false;
  for (; in->at < in->end && (quoted || !is_end(in, ends)); in->at++) {
    if (*in->at == '\\') {
      if (++in->at == in->end) return false;
      mpl_buffer_byte(text, *in->at);
    } else if (*in->at != '"') {
      mpl_buffer_byte(text, *in->at);
    } else if (quoted && in->at + 1 < in->end && in->at[1] == '"') {
      mpl_buffer_byte(text, *in->at++);
    } else {
      quoted = !quoted;
    }
  }
  return !quoted && in->at < in->end;
}

bool mpl_literal_part(mpl_literal *in, const mp_type *type, const char *ends,
                      bool *is_empty) {
  lua_State *L = in->from->L;
  mpl_buffer text;
  *is_empty = in->at < in->end && is_end(in, ends);
  if (*is_empty) return true;
  mpl_buffer_init(L, &text);
  if (!read_text(in, ends, &text)) return false;
  if (!mpl_read_literal(in->from, type, text.data, text.length)) return false;
  lua_replace(L, text.slot);
  lua_settop(L, text.slot);
  return true;
}
