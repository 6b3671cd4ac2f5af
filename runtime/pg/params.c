/* params.c - encoded parameters: one growing block of bytes and the arrays libpq wants.
 */
#include "base/alloc.h"
#include "pg/conn_impl.h"

#include <string.h>

#define NOT_WRITTEN SIZE_MAX

/* What a few numbers and words need: most statements allocate once. */
#define ROOM 64

struct mp_params {
  size_t count, current;
  size_t *offsets; /* into `bytes`; NOT_WRITTEN for NULL */
  int *lengths, *formats;
  const char **values; /* filled in when the bytes have stopped moving */
  char *bytes;         /* `room`, or a block of its own */
  size_t length, capacity;
  bool failed;
  char room[ROOM];
};

mp_params *mp_params_new(size_t count) {
  if (count > MP_PARAMS_MAX) return NULL;
  size_t each = sizeof(size_t) + sizeof(char *) + 2 * sizeof(int);
  mp_params *params = mp__alloc_zero(sizeof(*params) + count * each);
  if (params == NULL) return NULL;
  params->count = count;
  params->bytes = params->room;
  params->capacity = ROOM;
  params->offsets = (size_t *)(void *)(params + 1);
  params->values = (const char **)(void *)(params->offsets + count);
  params->lengths = (int *)(void *)(params->values + count);
  params->formats = params->lengths + count;
  for (size_t i = 0; i < count; i++)
    params->offsets[i] = NOT_WRITTEN;
  return params;
}

size_t mp_params_count(const mp_params *params) {
  return params->count;
}

void mp_params_free(mp_params *params) {
  if (params == NULL) return;
  if (params->bytes != params->room) mp__free(params->bytes);
  mp__free(params);
}

mp_params **mp_params_list_new(size_t count) {
  return mp__alloc_array(count, sizeof(mp_params *));
}

void mp_params_list_free(mp_params **list, size_t count) {
  if (list == NULL) return;
  for (size_t i = 0; i < count; i++)
    mp_params_free(list[i]);
  mp__free(list);
}

void mp_params_begin(mp_params *params, size_t index, mp_format format) {
  params->current = index;
  params->offsets[index] = params->length;
  params->formats[index] = (int)format;
}

/* `capacity` stays below twice what was asked for, far from the end of size_t. */
static bool reserve(mp_params *params, size_t length) {
  size_t needed = params->length + length, capacity = params->capacity;
  if (params->failed) return false;
  if (needed <= capacity) return true;
  while (capacity < needed)
    capacity *= 2;
  bool is_first = params->bytes == params->room;
  char *bytes = mp__realloc(is_first ? NULL : params->bytes, capacity);
  params->failed = bytes == NULL;
  if (bytes == NULL) return false;
  if (is_first) memcpy(bytes, params->room, params->length);
  params->bytes = bytes;
  params->capacity = capacity;
  return true;
}

static int append(mp_params *params, const void *data, size_t length) {
  if (!reserve(params, length)) return MP_OUT_OF_MEMORY;
  if (length > 0) memcpy(params->bytes + params->length, data, length);
  params->length += length;
  return MP_OK;
}

int mp_params_append(mp_params *params, const void *data, size_t length) {
  if (params->length + length - params->offsets[params->current] > MP_PARAMS_MAX_BYTES) {
    return MP_ENCODE;
  }
  return append(params, data, length);
}

size_t mp_params_position(const mp_params *params) {
  return params->length - params->offsets[params->current];
}

void mp_params_patch_u32(mp_params *params, size_t position, uint32_t value) {
  if (params->failed) return;
  unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                            (unsigned char)(value >> 8), (unsigned char)value};
  memcpy(params->bytes + params->offsets[params->current] + position, bytes, 4);
}

int mp_params_end(mp_params *params) {
  params->lengths[params->current] = (int)mp_params_position(params);
  return append(params, "", 1); /* libpq reads text up to its NUL */
}

int mp_params_set(mp_params *params, size_t index, mp_format format, const void *data,
                  size_t length) {
  mp_params_begin(params, index, format);
  int status = mp_params_append(params, data, length);
  if (status != MP_OK) return status;
  return mp_params_end(params);
}

void mp__params_arrays(mp_params *params, mp__param_arrays *out) {
  *out = (mp__param_arrays){0};
  if (params == NULL || params->count == 0) return;
  for (size_t i = 0; i < params->count; i++) {
    size_t offset = params->offsets[i];
    params->values[i] = offset == NOT_WRITTEN ? NULL : params->bytes + offset;
  }
  *out = (mp__param_arrays){params->values, params->lengths, params->formats,
                            (int)params->count};
}
