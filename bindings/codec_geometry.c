/* codec_geometry.c - points, lines and figures, as the server's text. */
#include "codec_types.h"
#include "values.h"
#include "wire.h"

#include <string.h>

#define NUMBER_BYTES 8
#define POINT_BYTES  16

/* What stands around the parts of a figure. */
typedef struct frame {
  const char *open, *close;
} frame;

static const frame in_parentheses = {"(", ")"}, in_brackets = {"[", "]"}, bare = {"", ""};

static void put_number(mpl_buffer *out, const char *bytes) {
  char text[MP_DOUBLE_TEXT];
  uint64_t bits = mpl_get_bytes(bytes, NUMBER_BYTES);
  double value = 0;
  memcpy(&value, &bits, sizeof(value));
  mpl_buffer_append(out, text, mp_float8_to_text(value, text));
}

static void put_numbers(mpl_buffer *out, const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i > 0) mpl_buffer_byte(out, ',');
    put_number(out, bytes + i * NUMBER_BYTES);
  }
}

static void put_point(mpl_buffer *out, const char *bytes) {
  mpl_buffer_byte(out, '(');
  put_numbers(out, bytes, 2);
  mpl_buffer_byte(out, ')');
}

static bool finish(mpl_buffer *out) {
  lua_pushlstring(out->L, out->data, out->length);
  lua_replace(out->L, out->slot);
  return true;
}

static bool push_points(lua_State *L, const char *bytes, size_t length, size_t count,
                        frame around) {
  mpl_buffer out;
  if (length % POINT_BYTES != 0 || length / POINT_BYTES != count) return false;
  mpl_buffer_init(L, &out);
  mpl_buffer_text(&out, around.open);
  for (size_t i = 0; i < count; i++) {
    if (i > 0) mpl_buffer_byte(&out, ',');
    put_point(&out, bytes + i * POINT_BYTES);
  }
  mpl_buffer_text(&out, around.close);
  return finish(&out);
}

bool mpl_decode_point(lua_State *L, const char *bytes, size_t length) {
  return push_points(L, bytes, length, 1, bare);
}

bool mpl_decode_lseg(lua_State *L, const char *bytes, size_t length) {
  return push_points(L, bytes, length, 2, in_brackets);
}

bool mpl_decode_box(lua_State *L, const char *bytes, size_t length) {
  return push_points(L, bytes, length, 2, bare);
}

/* A count, then as many points. */
bool mpl_decode_polygon(lua_State *L, const char *bytes, size_t length) {
  if (length < 4) return false;
  return push_points(L, bytes + 4, length - 4, mpl_get_u32(bytes), in_parentheses);
}

/* Whether it is closed, then as a polygon. */
bool mpl_decode_path(lua_State *L, const char *bytes, size_t length) {
  if (length < 5) return false;
  return push_points(L, bytes + 5, length - 5, mpl_get_u32(bytes + 1),
                     bytes[0] != 0 ? in_parentheses : in_brackets);
}

/* "{A,B,C}" of Ax + By + C = 0 */
bool mpl_decode_line(lua_State *L, const char *bytes, size_t length) {
  mpl_buffer out;
  if (length != (size_t)3 * NUMBER_BYTES) return false;
  mpl_buffer_init(L, &out);
  mpl_buffer_byte(&out, '{');
  put_numbers(&out, bytes, 3);
  mpl_buffer_byte(&out, '}');
  return finish(&out);
}

/* "<(x,y),radius>" */
bool mpl_decode_circle(lua_State *L, const char *bytes, size_t length) {
  mpl_buffer out;
  if (length != POINT_BYTES + NUMBER_BYTES) return false;
  mpl_buffer_init(L, &out);
  mpl_buffer_byte(&out, '<');
  put_point(&out, bytes);
  mpl_buffer_byte(&out, ',');
  put_number(&out, bytes + POINT_BYTES);
  mpl_buffer_byte(&out, '>');
  return finish(&out);
}
