/* wire.c - binary values as the server sends and takes them. */
#include "limit.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

int16_t get_int16(const char *wire) {
  uint16_t value;
  memcpy(&value, wire, sizeof(value));
  return (int16_t)be16toh(value);
}

int32_t get_int32(const char *wire) {
  uint32_t value;
  memcpy(&value, wire, sizeof(value));
  return (int32_t)be32toh(value);
}

int64_t get_int64(const char *wire) {
  uint64_t value;
  memcpy(&value, wire, sizeof(value));
  return (int64_t)be64toh(value);
}

double get_double(const char *wire) {
  int64_t bits = get_int64(wire);
  double value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

char *copy_text(const PGresult *from, int row, int column) {
  size_t size = (size_t)PQgetlength(from, row, column) + 1;
  char *copy = malloc(size);
  if (copy == NULL) fail("not enough memory");
  return memcpy(copy, PQgetvalue(from, row, column), size);
}

void put_bytes(bytes *out, const void *data, size_t length) {
  if (out->length + length > out->capacity) {
    out->capacity = (out->length + length) * 2;
    char *grown = realloc(out->data, out->capacity);
    if (grown == NULL) fail("not enough memory");
    out->data = grown;
  }
  memcpy(out->data + out->length, data, length);
  out->length += length;
}

void put_int16(bytes *out, int16_t value) {
  uint16_t wire = htobe16((uint16_t)value);
  put_bytes(out, &wire, sizeof(wire));
}

void put_int32(bytes *out, int32_t value) {
  uint32_t wire = htobe32((uint32_t)value);
  put_bytes(out, &wire, sizeof(wire));
}

void put_int64(bytes *out, int64_t value) {
  uint64_t wire = htobe64((uint64_t)value);
  put_bytes(out, &wire, sizeof(wire));
}

void put_double(bytes *out, double value) {
  int64_t bits;
  memcpy(&bits, &value, sizeof(bits));
  put_int64(out, bits);
}

void put_text(bytes *out, const char *text) {
  size_t length = strlen(text);
  put_int32(out, (int32_t)length);
  put_bytes(out, text, length);
}

/* One dimension, from 1 on, without NULLs; each element follows with its length. */
void put_array(bytes *out, int32_t element_type, int32_t count) {
  put_int32(out, 1);
  put_int32(out, 0);
  put_int32(out, element_type);
  put_int32(out, count);
  put_int32(out, 1);
}
