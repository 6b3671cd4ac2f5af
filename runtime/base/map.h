/* map.h - a hash map from byte strings to pointers; keys are borrowed from the values. */
#ifndef MP_BASE_MAP_H
#define MP_BASE_MAP_H

#include <moonpool/status.h>

#include <stddef.h>
#include <stdint.h>

typedef struct mp__map mp__map;

MP_MUST_CHECK mp__map *mp__map_new(void);
void mp__map_free(mp__map *map); /* not the values */
void *mp__map_get(const mp__map *map, const char *key, size_t length);
/* `key` must live as long as the entry. An equal key is replaced. MP_OK or
 * MP_OUT_OF_MEMORY. */
MP_MUST_CHECK int mp__map_put(mp__map *map, const char *key, size_t length, void *value);
void *mp__map_remove(mp__map *map, const char *key,
                     size_t length); /* the value, or NULL */
size_t mp__map_count(const mp__map *map);

#endif
