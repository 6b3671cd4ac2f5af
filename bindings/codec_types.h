/* codec_types.h - the encoders and decoders that the rows of codec.c name. */
#ifndef MPL_CODEC_TYPES_H
#define MPL_CODEC_TYPES_H

#include "codec.h"

/* codec_number.c */
void mpl_encode_bool(mpl_encoder *encoder, int index);
bool mpl_decode_bool(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_bool_text(lua_State *L, const char *bytes, size_t length);
void mpl_encode_int2(mpl_encoder *encoder, int index);
void mpl_encode_int4(mpl_encoder *encoder, int index);
void mpl_encode_int8(mpl_encoder *encoder, int index);
void mpl_encode_oid(mpl_encoder *encoder, int index);
void mpl_encode_xid8(mpl_encoder *encoder, int index);
bool mpl_decode_int2(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_int4(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_int8(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_oid(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_int_text(lua_State *L, const char *bytes, size_t length);
void mpl_encode_float4(mpl_encoder *encoder, int index);
void mpl_encode_float8(mpl_encoder *encoder, int index);
bool mpl_decode_float4(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_float8(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_float_text(lua_State *L, const char *bytes, size_t length);

/* decimal.c */
void mpl_encode_numeric(mpl_encoder *encoder, int index);
bool mpl_decode_numeric(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_numeric_text(lua_State *L, const char *bytes, size_t length);

/* codec_text.c */
void mpl_encode_text(mpl_encoder *encoder, int index);
bool mpl_decode_text(lua_State *L, const char *bytes, size_t length);
void mpl_encode_name(mpl_encoder *encoder, int index);
void mpl_encode_char(mpl_encoder *encoder, int index);
bool mpl_decode_char(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_char_text(lua_State *L, const char *bytes, size_t length);
void mpl_encode_bytea(mpl_encoder *encoder, int index);
bool mpl_decode_jsonpath(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_bytea_text(lua_State *L, const char *bytes, size_t length);

/* uuid.c */
enum { MPL_UUID_BYTES = 16, MPL_UUID_TEXT = 36 };
/* Write the canonical text of a uuid, without a NUL. */
void mpl_uuid_text(const char *bytes, char *text);
void mpl_encode_uuid(mpl_encoder *encoder, int index);
bool mpl_decode_uuid(lua_State *L, const char *bytes, size_t length);

/* timestamp.c, date.c */
void mpl_encode_timestamp(mpl_encoder *encoder, int index);
void mpl_encode_timestamptz(mpl_encoder *encoder, int index);
bool mpl_decode_timestamp(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_timestamptz(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_timestamp_text(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_timestamptz_text(lua_State *L, const char *bytes, size_t length);
void mpl_encode_date(mpl_encoder *encoder, int index);
bool mpl_decode_date(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_date_text(lua_State *L, const char *bytes, size_t length);

/* time.c, interval.c */
void mpl_encode_time(mpl_encoder *encoder, int index);
void mpl_encode_timetz(mpl_encoder *encoder, int index);
void mpl_encode_interval(mpl_encoder *encoder, int index);
bool mpl_decode_time(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_timetz(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_interval(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_time_text(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_timetz_text(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_interval_text(lua_State *L, const char *bytes, size_t length);

/* codec_id.c */
/* Refuses: for types whose only values are strings, which the server parses. */
void mpl_encode_parsed(mpl_encoder *encoder, int index);
bool mpl_decode_xid(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_xid8(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_tid(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_pg_lsn(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_snapshot(lua_State *L, const char *bytes, size_t length);

/* codec_network.c */
bool mpl_decode_inet(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_cidr(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_macaddr(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_macaddr8(lua_State *L, const char *bytes, size_t length);

/* codec_geometry.c */
bool mpl_decode_point(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_lseg(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_box(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_polygon(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_path(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_line(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_circle(lua_State *L, const char *bytes, size_t length);

/* codec_bit.c, codec_tsvector.c */
bool mpl_decode_bit(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_tsvector(lua_State *L, const char *bytes, size_t length);

/* hstore.c */
void mpl_encode_hstore(mpl_encoder *encoder, int index);
void mpl_encode_hstore_literal(mpl_encoder *encoder, int index);
bool mpl_decode_hstore(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_hstore_text(lua_State *L, const char *bytes, size_t length);

/* json.c */
void mpl_encode_json(mpl_encoder *encoder, int index);
void mpl_encode_jsonb(mpl_encoder *encoder, int index);
bool mpl_decode_json(lua_State *L, const char *bytes, size_t length);
bool mpl_decode_jsonb(lua_State *L, const char *bytes, size_t length);

#endif
