/* params.c - encoded parameters: one growing block of bytes and the arrays libpq wants.
 */
#include "base/alloc.h"
#include "base/buffer.h"
#include "pg/conn_impl.h"

#include <string.h>

#define NOT_WRITTEN SIZE_MAX

struct mp_params {
  size_t count, current;
  size_t *offsets; /* into `bytes`; NOT_WRITTEN for NULL */
  int *lengths, *formats;
  const char **values; /* filled in when the bytes have stopped moving */
  mp__buffer bytes;
};

mp_params *mp_params_new(size_t count) {
  if (count > MP_PARAMS_MAX) return NULL;
  size_t each = sizeof(size_t) + sizeof(char *) + 2 * sizeof(int);
  mp_params *params = mp__alloc_zero(sizeof(*params) + count * each);
  if (params == NULL) return NULL;
  params->count = count;
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
  mp__buffer_free(&params->bytes);
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
  params->offsets[index] = params->bytes.length;
  params->formats[index] = (int)format;
}

int mp_params_append(mp_params *params, const void *data, size_t length) {
  if (params->bytes.length + length - params->offsets[params->current] >
      MP_PARAMS_MAX_BYTES) {
    return MP_ENCODE;
  }
  mp__buffer_append(&params->bytes, data, length);
  return params->bytes.failed ? MP_OUT_OF_MEMORY : MP_OK;
}

size_t mp_params_position(const mp_params *params) {
  return params->bytes.length - params->offsets[params->current];
}

void mp_params_patch_u32(mp_params *params, size_t position, uint32_t value) {
  if (params->bytes.failed) return;
  unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                            (unsigned char)(value >> 8), (unsigned char)value};
  memcpy(params->bytes.data + params->offsets[params->current] + position, bytes, 4);
}

int mp_params_end(mp_params *params) {
  params->lengths[params->current] = (int)mp_params_position(params);
  mp__buffer_append(&params->bytes, "", 1); /* libpq reads text up to its NUL */
  return params->bytes.failed ? MP_OUT_OF_MEMORY : MP_OK;
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
    params->values[i] = offset == NOT_WRITTEN ? NULL : params->bytes.data + offset;
  }
  *out = (mp__param_arrays){params->values, params->lengths, params->formats,
                            (int)params->count};
}
