/* codec.c - the table of types, by oid. */
#include "codec.h"

#include "codec_types.h"
#include "values.h"

#define TEXT_TYPE(oid, array_oid, name)                                                  \
  {                                                                                      \
    oid, array_oid, name, MPL_STRING_IS_TEXT, false, mpl_decode_text, mpl_decode_text,   \
        mpl_encode_text                                                                  \
  }

static const mpl_codec codecs[] = {
    {16, 1000, "bool", MPL_STRING_PARSED, false, mpl_decode_bool, mpl_decode_bool_text,
     mpl_encode_bool},
    {17, 1001, "bytea", MPL_STRING_IS_BYTES, false, mpl_decode_text,
     mpl_decode_bytea_text, mpl_encode_bytea},
    {18, 1002, "\"char\"", MPL_STRING_ENCODED, false, mpl_decode_char,
     mpl_decode_text, mpl_encode_char},
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
    {114, 199, "json", MPL_STRING_ENCODED, true, mpl_decode_json, mpl_decode_json,
     mpl_encode_json},
    {700, 1021, "float4", MPL_STRING_PARSED, false, mpl_decode_float4,
     mpl_decode_float_text, mpl_encode_float4},
    {701, 1022, "float8", MPL_STRING_PARSED, false, mpl_decode_float8,
     mpl_decode_float_text, mpl_encode_float8},
    TEXT_TYPE(705, 0, "unknown"),
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
    {1700, 1231, "numeric", MPL_STRING_PARSED, false, mpl_decode_numeric,
     mpl_decode_numeric_text, mpl_encode_numeric},
    {2950, 2951, "uuid", MPL_STRING_ENCODED, false, mpl_decode_uuid, mpl_decode_text,
     mpl_encode_uuid},
    {3802, 3807, "jsonb", MPL_STRING_ENCODED, true, mpl_decode_jsonb, mpl_decode_json,
     mpl_encode_jsonb},
};

const mpl_codec *mpl_codec_find(uint32_t oid, bool *is_array) {
  *is_array = false;
  for (size_t i = 0; oid != 0 && i < sizeof(codecs) / sizeof(codecs[0]); i++) {
    if (codecs[i].oid != oid && codecs[i].array_oid != oid) continue;
    *is_array = codecs[i].oid != oid;
    return &codecs[i];
  }
  return NULL;
}

bool mpl_codec_is_binary(uint32_t oid) {
  bool is_array = false;
  return mpl_codec_find(oid, &is_array) != NULL;
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
}
