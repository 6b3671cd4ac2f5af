/* codec.c - the table of types, by oid. */
#include "codec.h"

#include "codec_types.h"
#include "values.h"

#define TEXT_TYPE(oid, array_oid, name)                                                  \
  {                                                                                      \
    oid, array_oid, name, MPL_STRING_IS_TEXT, false, mpl_decode_text, mpl_decode_text,   \
        mpl_encode_text                                                                  \
  }

/* A type whose values are strings that the server reads and writes, ... */
#define STRING_TYPE(oid, array_oid, name, decode_binary, encode)                         \
  {                                                                                      \
    oid, array_oid, name, MPL_STRING_PARSED, false, decode_binary, mpl_decode_text,      \
        encode                                                                           \
  }
/* ... and nothing but strings. */
#define PARSED_TYPE(oid, array_oid, name, decode_binary)                                 \
  STRING_TYPE(oid, array_oid, name, decode_binary, mpl_encode_parsed)

static const mpl_codec codecs[] = {
    {16, 1000, "bool", MPL_STRING_PARSED, false, mpl_decode_bool, mpl_decode_bool_text,
     mpl_encode_bool},
    {17, 1001, "bytea", MPL_STRING_IS_BYTES, false, mpl_decode_text,
     mpl_decode_bytea_text, mpl_encode_bytea},
    {18, 1002, "\"char\"", MPL_STRING_ENCODED, false, mpl_decode_char,
     mpl_decode_char_text, mpl_encode_char},
    {19, 1003, "name", MPL_STRING_ENCODED, false, mpl_decode_text, mpl_decode_text,
     mpl_encode_name},
    {20, 1016, "int8", MPL_STRING_PARSED, false, mpl_decode_int8, mpl_decode_int_text,
     mpl_encode_int8},
    {21, 1005, "int2", MPL_STRING_PARSED, false, mpl_decode_int2, mpl_decode_int_text,
     mpl_encode_int2},
    {23, 1007, "int4", MPL_STRING_PARSED, false, mpl_decode_int4, mpl_decode_int_text,
     mpl_encode_int4},
    TEXT_TYPE(25, 1009, "text"),
    {26, 1028, "oid", MPL_STRING_PARSED, false, mpl_decode_oid, mpl_decode_int_text,
     mpl_encode_oid},
    PARSED_TYPE(27, 1010, "tid", mpl_decode_tid),
    STRING_TYPE(28, 1011, "xid", mpl_decode_xid, mpl_encode_oid),
    STRING_TYPE(29, 1012, "cid", mpl_decode_xid, mpl_encode_oid),
    {114, 199, "json", MPL_STRING_ENCODED, true, mpl_decode_json, mpl_decode_json,
     mpl_encode_json},
    PARSED_TYPE(142, 143, "xml", mpl_decode_text),
    PARSED_TYPE(600, 1017, "point", mpl_decode_point),
    PARSED_TYPE(601, 1018, "lseg", mpl_decode_lseg),
    PARSED_TYPE(602, 1019, "path", mpl_decode_path),
    PARSED_TYPE(603, 1020, "box", mpl_decode_box),
    PARSED_TYPE(604, 1027, "polygon", mpl_decode_polygon),
    PARSED_TYPE(628, 629, "line", mpl_decode_line),
    PARSED_TYPE(650, 651, "cidr", mpl_decode_cidr),
    {700, 1021, "float4", MPL_STRING_PARSED, false, mpl_decode_float4,
     mpl_decode_float_text, mpl_encode_float4},
    {701, 1022, "float8", MPL_STRING_PARSED, false, mpl_decode_float8,
     mpl_decode_float_text, mpl_encode_float8},
    TEXT_TYPE(705, 0, "unknown"),
    PARSED_TYPE(718, 719, "circle", mpl_decode_circle),
    PARSED_TYPE(774, 775, "macaddr8", mpl_decode_macaddr8),
    PARSED_TYPE(829, 1040, "macaddr", mpl_decode_macaddr),
    PARSED_TYPE(869, 1041, "inet", mpl_decode_inet),
    TEXT_TYPE(1042, 1014, "bpchar"),
    TEXT_TYPE(1043, 1015, "varchar"),
    {1082, 1182, "date", MPL_STRING_PARSED, false, mpl_decode_date, mpl_decode_date_text,
     mpl_encode_date},
    {1083, 1183, "time", MPL_STRING_PARSED, false, mpl_decode_time, mpl_decode_time_text,
     mpl_encode_time},
    {1114, 1115, "timestamp", MPL_STRING_PARSED, false, mpl_decode_timestamp,
     mpl_decode_timestamp_text, mpl_encode_timestamp},
    {1184, 1185, "timestamptz", MPL_STRING_PARSED, false, mpl_decode_timestamptz,
     mpl_decode_timestamptz_text, mpl_encode_timestamptz},
    {1186, 1187, "interval", MPL_STRING_PARSED, false, mpl_decode_interval,
     mpl_decode_interval_text, mpl_encode_interval},
    {1266, 1270, "timetz", MPL_STRING_PARSED, false, mpl_decode_timetz,
     mpl_decode_timetz_text, mpl_encode_timetz},
    PARSED_TYPE(1560, 1561, "bit", mpl_decode_bit),
    PARSED_TYPE(1562, 1563, "varbit", mpl_decode_bit),
    {1700, 1231, "numeric", MPL_STRING_PARSED, false, mpl_decode_numeric,
     mpl_decode_numeric_text, mpl_encode_numeric},
    TEXT_TYPE(1790, 2201, "refcursor"),
    PARSED_TYPE(2278, 0, "void", mpl_decode_text),
    {2950, 2951, "uuid", MPL_STRING_ENCODED, false, mpl_decode_uuid, mpl_decode_text,
     mpl_encode_uuid},
    PARSED_TYPE(2970, 2949, "txid_snapshot", mpl_decode_snapshot),
    PARSED_TYPE(3220, 3221, "pg_lsn", mpl_decode_pg_lsn),
    PARSED_TYPE(3614, 3643, "tsvector", mpl_decode_tsvector),
    {3802, 3807, "jsonb", MPL_STRING_ENCODED, true, mpl_decode_jsonb, mpl_decode_json,
     mpl_encode_jsonb},
    PARSED_TYPE(4072, 4073, "jsonpath", mpl_decode_jsonpath),
    PARSED_TYPE(5038, 5039, "pg_snapshot", mpl_decode_snapshot),
    STRING_TYPE(5069, 271, "xid8", mpl_decode_xid8, mpl_encode_xid8),
};

static const mpl_codec enum_codec = TEXT_TYPE(0, 0, "enum");

const mpl_codec *mpl_codec_find(const mp_type *type) {
  mp_type_kind kind = mp_type_get_kind(type);
  uint32_t oid = mp_type_oid(type);
  if (kind == MP_TYPE_ENUM) return &enum_codec;
  if (kind != MP_TYPE_BASE && kind != MP_TYPE_PSEUDO) return NULL;
  for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
    if (codecs[i].oid == oid) return &codecs[i];
  }
  return mpl_codec_find_extension(type);
}

void mpl_push_null(lua_State *L) {
  lua_pushlightuserdata(L, NULL);
}

bool mpl_is_null(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return true;
  return lua_islightuserdata(L, index) && lua_touserdata(L, index) == NULL;
}

void mpl_open_values(lua_State *L) {
  mpl_push_null(L);
  lua_setfield(L, -2, "null");
  mpl_open_decimal(L);
  mpl_open_timestamp(L);
  mpl_open_date(L);
  mpl_open_time(L);
  mpl_open_interval(L);
  mpl_open_uuid(L);
  mpl_open_json(L);
  mpl_open_range(L);
}
