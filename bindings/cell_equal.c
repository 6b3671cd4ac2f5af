/* cell_equal.c - a value against the bytes of a cell: the common types as they came, for
 * nothing is made then. */
#include "cell_equal.h"

#include "codec_types.h"
#include "date.h"
#include "deep_equal.h"
#include "timestamp.h"

#include <string.h>

static bool is_same_text(lua_State *L, const char *bytes, size_t length) {
  size_t given = 0;
  if (lua_type(L, -1) != LUA_TSTRING) return false;
  const char *text = lua_tolstring(L, -1, &given);
  return given == length && memcmp(text, bytes, length) == 0;
}

static bool is_same_uuid(lua_State *L, const mp_cell *cell) {
  char text[MPL_UUID_TEXT];
  mpl_uuid_text(cell->bytes, text);
  return is_same_text(L, text, sizeof(text));
}

static bool is_same_integer(lua_State *L, lua_Integer value) {
  if (lua_isinteger(L, -1)) return lua_tointeger(L, -1) == value;
  int is_whole = 0;
  lua_Integer given = lua_tointegerx(L, -1, &is_whole);
  return lua_type(L, -1) == LUA_TNUMBER && is_whole && given == value;
}

static bool is_same_float(lua_State *L, const char *bytes) {
  uint64_t bits = mpl_get_u64(bytes);
  double value = 0;
  memcpy(&value, &bits, sizeof(value));
  if (lua_type(L, -1) != LUA_TNUMBER) return false;
  if (lua_isinteger(L, -1)) {
    lua_pushnumber(L, value);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
    return is_same;
  }
  double given = lua_tonumber(L, -1);
  return given == value || (given != given && value != value);
}

static bool is_same_timestamp(lua_State *L, const char *bytes, bool is_utc) {
  int64_t given = 0;
  bool utc = false;
  return mpl_test_timestamp(L, -1, &given, &utc) && utc == is_utc &&
         given == (int64_t)mpl_get_u64(bytes);
}

static bool is_same_date(lua_State *L, const char *bytes) {
  const int32_t *given = mpl_test_date(L, -1);
  return given != NULL && *given == (int32_t)mpl_get_u32(bytes);
}

static bool is_same_bool(lua_State *L, char byte) {
  return lua_isboolean(L, -1) && lua_toboolean(L, -1) == (byte != 0);
}

static bool is_same_decoded(const mpl_reader *from, size_t at, const mp_cell *cell) {
  lua_State *L = from->L;
  mpl_reader_push(from, at, cell);
  int top = lua_gettop(L);
  bool is_same = mpl_deep_equal(L, top, top - 1);
  lua_settop(L, top - 1);
  return is_same;
}

static bool is_same_eight(const mpl_reader *from, size_t at, const mp_cell *cell) {
  mpl_decode decode = from->columns[at].decode;
  lua_State *L = from->L;
  if (decode == mpl_decode_int8)
    return is_same_integer(L, (int64_t)mpl_get_u64(cell->bytes));
  if (decode == mpl_decode_float8) return is_same_float(L, cell->bytes);
  if (decode == mpl_decode_timestamptz) return is_same_timestamp(L, cell->bytes, true);
  if (decode == mpl_decode_timestamp) return is_same_timestamp(L, cell->bytes, false);
  return is_same_decoded(from, at, cell);
}

static bool is_same_four(const mpl_reader *from, size_t at, const mp_cell *cell) {
  mpl_decode decode = from->columns[at].decode;
  if (decode == mpl_decode_int4)
    return is_same_integer(from->L, (int32_t)mpl_get_u32(cell->bytes));
  if (decode == mpl_decode_date) return is_same_date(from->L, cell->bytes);
  if (decode == mpl_decode_oid) return is_same_integer(from->L, mpl_get_u32(cell->bytes));
  return is_same_decoded(from, at, cell);
}

static bool is_same_few(const mpl_reader *from, size_t at, const mp_cell *cell) {
  mpl_decode decode = from->columns[at].decode;
  lua_State *L = from->L;
  if (decode == mpl_decode_bool && cell->length == 1)
    return is_same_bool(L, cell->bytes[0]);
  if (decode == mpl_decode_int2 && cell->length == 2)
    return is_same_integer(L, (int16_t)mpl_get_u16(cell->bytes));
  if (decode == mpl_decode_char && cell->length == 1)
    return is_same_text(L, cell->bytes, cell->bytes[0] == '\0' ? 0 : 1);
  return is_same_decoded(from, at, cell);
}

bool mpl_cell_equal(const mpl_reader *from, size_t at, const mp_cell *cell) {
  lua_State *L = from->L;
  mpl_decode decode = from->columns[at].decode;
  if (cell->bytes == NULL) return mpl_is_null(L, lua_gettop(L));
  if (decode == mpl_decode_text) return is_same_text(L, cell->bytes, cell->length);
  if (cell->length == 4) return is_same_four(from, at, cell);
  if (cell->length == 8) return is_same_eight(from, at, cell);
  if (cell->length <= 2) return is_same_few(from, at, cell);
  if (decode == mpl_decode_uuid && cell->length == MPL_UUID_BYTES)
    return is_same_uuid(L, cell);
  return is_same_decoded(from, at, cell);
}
