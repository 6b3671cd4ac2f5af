/* decimal_wire.c - decimals to and from the binary format of numeric. */
#include "value/decimal.h"

#define HEADER_BYTES 8

/* The sign word of the wire format. */
#define WIRE_NEGATIVE       0x4000
#define WIRE_NAN            0xc000
#define WIRE_INFINITY       0xd000
#define WIRE_MINUS_INFINITY 0xf000

static uint16_t get_u16(const unsigned char *bytes) {
  return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void put_u16(unsigned char *bytes, uint16_t value) {
  bytes[0] = (unsigned char)(value >> 8);
  bytes[1] = (unsigned char)value;
}

static bool find_kind(uint16_t sign, mp__decimal_kind *kind) {
  switch (sign) {
  case 0:
  case WIRE_NEGATIVE:
    *kind = MP__DECIMAL_FINITE;
    return true;
  case WIRE_NAN:
    *kind = MP__DECIMAL_NAN;
    return true;
  case WIRE_INFINITY:
    *kind = MP__DECIMAL_INFINITY;
    return true;
  case WIRE_MINUS_INFINITY:
    *kind = MP__DECIMAL_MINUS_INFINITY;
    return true;
  default:
    return false;
  }
}

static uint16_t wire_sign(const mp_decimal *value) {
  switch (value->kind) {
  case MP__DECIMAL_NAN:
    return WIRE_NAN;
  case MP__DECIMAL_INFINITY:
    return WIRE_INFINITY;
  case MP__DECIMAL_MINUS_INFINITY:
    return WIRE_MINUS_INFINITY;
  case MP__DECIMAL_FINITE:
    break;
  }
  return value->negative ? WIRE_NEGATIVE : 0;
}

static int from_finite(const mp_decimal_room *room, const unsigned char *bytes,
                       const mp_decimal **out) {
  size_t count = get_u16(bytes);
  int weight = (int16_t)get_u16(bytes + 2);
  mp_decimal *value = mp__decimal_new(room, count, weight);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  value->negative = get_u16(bytes + 4) == WIRE_NEGATIVE;
  value->scale = get_u16(bytes + 6);
  for (size_t i = 0; i < count; i++) {
    value->digits[i] = get_u16(bytes + HEADER_BYTES + 2 * i);
    if (value->digits[i] >= MP__DECIMAL_BASE) return MP_DECODE;
  }
  return mp__decimal_finish(value, out) == MP_OK ? MP_OK : MP_DECODE;
}

int mp_decimal_from_wire(const mp_decimal_room *room, const void *data, size_t length,
                         const mp_decimal **out) {
  const unsigned char *bytes = data;
  mp__decimal_kind kind;
  if (length < HEADER_BYTES || length != HEADER_BYTES + 2 * (size_t)get_u16(bytes)) {
    return MP_DECODE;
  }
  if (!find_kind(get_u16(bytes + 4), &kind)) return MP_DECODE;
  if (kind == MP__DECIMAL_FINITE) return from_finite(room, bytes, out);
  mp_decimal *value = mp__decimal_special(room, kind);
  if (value == NULL) return MP_OUT_OF_MEMORY;
  return mp__decimal_finish(value, out);
}

size_t mp_decimal_wire_size(const mp_decimal *value) {
  return HEADER_BYTES + 2 * value->count;
}

void mp_decimal_to_wire(const mp_decimal *value, void *out) {
  unsigned char *bytes = out;
  put_u16(bytes, (uint16_t)value->count);
  put_u16(bytes + 2, (uint16_t)value->weight);
  put_u16(bytes + 4, wire_sign(value));
  put_u16(bytes + 6, (uint16_t)value->scale);
  for (size_t i = 0; i < value->count; i++) {
    put_u16(bytes + HEADER_BYTES + 2 * i, value->digits[i]);
  }
}
