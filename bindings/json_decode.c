/* json_decode.c - JSON text to Lua values, without recursion.
 *
 * Each open container is a frame of two stack slots: the table, and where the next value
 * goes: the last index of a list, the key in a map. */
#include "values.h"
#include "wire.h"

#include <lauxlib.h>

#include <string.h>

typedef struct reader {
  lua_State *L;
  const char *at, *end;
  int depth;
} reader;

static void skip_space(reader *in) {
  while (in->at < in->end && strchr(" \t\n\r", *in->at) != NULL && *in->at != '\0')
    in->at++;
}

static bool skip(reader *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool read_word(reader *in, const char *word) {
  size_t length = strlen(word);
  if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
    return false;
  in->at += length;
  return true;
}

static size_t skip_digits(reader *in) {
  const char *start = in->at;
  while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
    in->at++;
  return (size_t)(in->at - start);
}

static bool read_number(reader *in) {
  const char *start = in->at;
  skip(in, '-');
  bool zero = in->at < in->end && *in->at == '0';
  size_t digits = skip_digits(in);
  if (digits == 0 || (zero && digits > 1)) return false;
  if (skip(in, '.') && skip_digits(in) == 0) return false;
  if (skip(in, 'e') || skip(in, 'E')) {
    if (!skip(in, '+')) skip(in, '-');
    if (skip_digits(in) == 0) return false;
  }
  return mpl_json_push_number(in->L, start, (size_t)(in->at - start));
}

static bool read_hex(reader *in, unsigned *out) {
  if (in->end - in->at < 4) return false;
  *out = 0;
  for (int i = 0; i < 4; i++, in->at++) {
    int digit = mpl_hex_digit(*in->at);
    if (digit < 0) return false;
    *out = *out << 4 | (unsigned)digit;
  }
  return true;
}

static void put_utf8(mpl_buffer *out, unsigned code) {
  if (code < 0x80) {
    mpl_buffer_byte(out, (char)code);
    return;
  }
  if (code < 0x800) {
    mpl_buffer_byte(out, (char)(unsigned char)(0xc0 | code >> 6));
  } else {
    if (code < 0x10000) {
      mpl_buffer_byte(out, (char)(unsigned char)(0xe0 | code >> 12));
    } else {
      mpl_buffer_byte(out, (char)(unsigned char)(0xf0 | code >> 18));
      mpl_buffer_byte(out, (char)(unsigned char)(0x80 | (code >> 12 & 63)));
    }
    mpl_buffer_byte(out, (char)(unsigned char)(0x80 | (code >> 6 & 63)));
  }
  mpl_buffer_byte(out, (char)(unsigned char)(0x80 | (code & 63)));
}

/* Behind "\u"; half of a surrogate pair is no character. */
static bool read_code(reader *in, mpl_buffer *out) {
  unsigned code = 0, low = 0;
  if (!read_hex(in, &code) || (code >= 0xdc00 && code < 0xe000)) return false;
  if (code >= 0xd800 && code < 0xdc00) {
    if (!read_word(in, "\\u") || !read_hex(in, &low)) return false;
    if (low < 0xdc00 || low >= 0xe000) return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  put_utf8(out, code);
  return true;
}

static bool read_escape(reader *in, mpl_buffer *out) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  if (skip(in, 'u')) return read_code(in, out);
  const char *found =
      in->at == in->end || *in->at == '\0' ? NULL : strchr(names, *in->at);
  if (found == NULL) return false;
  in->at++;
  mpl_buffer_byte(out, values[found - names]);
  return true;
}

/* To the next quote, backslash or byte that must not be there. */
static const char *skip_plain(const reader *in) {
  const char *at = in->at;
  while (at < in->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
    at++;
  return at;
}

static bool check_utf8(reader *in, const char *end) {
  size_t length = (size_t)(end - in->at), valid = mpl_utf8_check(in->at, length);
  in->at += valid;
  return valid == length;
}

static bool read_escaped(reader *in, const char *start, mpl_buffer *out) {
  mpl_buffer_append(out, start, (size_t)(in->at - start));
  while (!skip(in, '"')) {
    if (skip(in, '\\')) {
      if (!read_escape(in, out)) return false;
      continue;
    }
    const char *piece = in->at, *end = skip_plain(in);
    if (end == piece || !check_utf8(in, end)) return false;
    mpl_buffer_append(out, piece, (size_t)(end - piece));
  }
  return true;
}

/* Behind the quote. Without escapes the string is taken from the text in one piece. */
static bool read_string(reader *in) {
  const char *start = in->at;
  if (!check_utf8(in, skip_plain(in))) return false;
  if (skip(in, '"')) {
    lua_pushlstring(in->L, start, (size_t)(in->at - start) - 1);
    return true;
  }
  mpl_buffer text;
  mpl_buffer_init(in->L, &text);
  if (!read_escaped(in, start, &text)) return false;
  lua_pushlstring(in->L, text.data, text.length);
  lua_remove(in->L, text.slot);
  return true;
}

/* A key and its colon; the key replaces the one before. */
static bool read_key(reader *in) {
  skip_space(in);
  if (!skip(in, '"') || !read_string(in)) return false;
  lua_replace(in->L, -2);
  skip_space(in);
  return skip(in, ':');
}

static void open_container(reader *in, bool list) {
  luaL_checkstack(in->L, 16, "JSON is nested too deeply");
  lua_newtable(in->L);
  if (list)
    mpl_json_mark_list(in->L);
  else
    mpl_json_mark_map(in->L);
  if (list)
    lua_pushinteger(in->L, 0);
  else
    lua_pushnil(in->L);
  in->depth++;
}

static void close_container(reader *in) {
  lua_pop(in->L, 1);
  in->depth--;
}

/* Push a value, or open a container: *open tells that its first value comes next. */
static bool read_item(reader *in, bool *open) {
  *open = false;
  skip_space(in);
  if (in->at == in->end) return false;
  bool list = *in->at == '[';
  if (list || *in->at == '{') {
    if (in->depth == MPL_JSON_DEPTH_MAX) return false;
    in->at++;
    open_container(in, list);
    skip_space(in);
    if (skip(in, list ? ']' : '}')) {
      close_container(in);
      return true;
    }
    *open = true;
    return list || read_key(in);
  }
  if (skip(in, '"')) return read_string(in);
  if (*in->at == '-' || (*in->at >= '0' && *in->at <= '9')) return read_number(in);
  if (read_word(in, "null"))
    lua_pushlightuserdata(in->L, NULL);
  else if (read_word(in, "true"))
    lua_pushboolean(in->L, 1);
  else if (read_word(in, "false"))
    lua_pushboolean(in->L, 0);
  else
    return false;
  return true;
}

/* The value on top goes into its container. */
static bool store(reader *in) {
  lua_State *L = in->L;
  bool list = lua_isinteger(L, -2);
  if (!list) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
    return list;
  }
  lua_Integer index = lua_tointeger(L, -2) + 1;
  lua_rawseti(L, -3, index);
  lua_pop(L, 1);
  lua_pushinteger(L, index);
  return list;
}

/* After a value: false where the text is malformed; *more tells that another one comes.
 */
static bool finish_item(reader *in, bool *more) {
  *more = true;
  while (in->depth > 0) {
    bool list = store(in);
    skip_space(in);
    if (skip(in, ',')) return list || read_key(in);
    if (!skip(in, list ? ']' : '}')) return false;
    close_container(in);
  }
  *more = false;
  return true;
}

bool mpl_json_decode(lua_State *L, const char *text, size_t length, size_t *offset) {
  reader in = {.L = L, .at = text, .end = text + length};
  bool more = true, good = true;
  while (more && good) {
    bool open = false;
    good = read_item(&in, &open);
    if (good && !open) good = finish_item(&in, &more);
  }
  skip_space(&in);
  *offset = (size_t)(in.at - text);
  return good && in.at == in.end;
}
