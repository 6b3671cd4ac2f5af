/* map.c - open addressing with linear probing; removal shifts the run back, so that there
 * are no tombstones and a map that stays small stays fast. */
#include "base/map.h"

#include "base/alloc.h"
#include "base/random.h"

#include <stdbool.h>
#include <string.h>

typedef struct entry {
  const char *key; /* NULL: free */
  size_t length;
  uint64_t hash;
  void *value;
} entry;

struct mp__map {
  entry *entries;
  size_t capacity; /* a power of two, or 0 */
  size_t count;
  uint64_t seed; /* keys come from users: nobody may prepare colliding ones */
};

enum { FIRST_CAPACITY = 16 };

static uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 32)) * UINT64_C(0xd6e8feb86659fd93);
  value = (value ^ (value >> 32)) * UINT64_C(0xd6e8feb86659fd93);
  return value ^ (value >> 32);
}

static uint64_t hash_bytes(uint64_t seed, const char *key, size_t length) {
  uint64_t hash = mix(seed ^ length), word;
  for (; length >= sizeof(word); key += sizeof(word), length -= sizeof(word)) {
    memcpy(&word, key, sizeof(word));
    hash = mix(hash ^ word) + seed;
  }
  word = 0;
  memcpy(&word, key, length);
  return mix(hash ^ word);
}

/* Where the key is, or the free entry where it would go. The map has a free entry. */
static entry *find(const mp__map *map, uint64_t hash, const char *key, size_t length) {
  size_t mask = map->capacity - 1;
  size_t at = (size_t)hash & mask;
  for (;; at = (at + 1) & mask) {
    entry *candidate = &map->entries[at];
    if (candidate->key == NULL) return candidate;
    if (candidate->hash == hash && candidate->length == length &&
        memcmp(candidate->key, key, length) == 0)
      return candidate;
  }
}

static int grow(mp__map *map) {
  size_t capacity = map->capacity > 0 ? map->capacity * 2 : FIRST_CAPACITY;
  mp__map larger = {.capacity = capacity, .count = map->count, .seed = map->seed};
  larger.entries = mp__alloc_array(capacity, sizeof(entry));
  if (larger.entries == NULL) return MP_OUT_OF_MEMORY;
  for (size_t i = 0; i < map->capacity; i++) {
    const entry *old = &map->entries[i];
    if (old->key != NULL) *find(&larger, old->hash, old->key, old->length) = *old;
  }
  mp__free(map->entries);
  *map = larger;
  return MP_OK;
}

/* Fill the hole with a later entry of its run that probing would otherwise no longer
 * find. */
static void close_gap(mp__map *map, size_t hole) {
  size_t mask = map->capacity - 1;
  for (size_t at = (hole + 1) & mask; map->entries[at].key != NULL;
       at = (at + 1) & mask) {
    size_t home = (size_t)map->entries[at].hash & mask;
    bool stays = ((at - home) & mask) < ((at - hole) & mask);
    if (stays) continue;
    map->entries[hole] = map->entries[at];
    hole = at;
  }
  map->entries[hole] = (entry){.key = NULL};
}

mp__map *mp__map_new(void) {
  mp__map *map = mp__alloc_zero(sizeof(*map));
  if (map == NULL) return NULL;
  mp__random random;
  mp__random_seed(&random);
  map->seed = random.state;
  return map;
}

void mp__map_free(mp__map *map) {
  if (map == NULL) return;
  mp__free(map->entries);
  mp__free(map);
}

void *mp__map_get(const mp__map *map, const char *key, size_t length) {
  if (map->count == 0) return NULL;
  const entry *found = find(map, hash_bytes(map->seed, key, length), key, length);
  return found->key != NULL ? found->value : NULL;
}

int mp__map_put(mp__map *map, const char *key, size_t length, void *value) {
  if (map->count >= map->capacity / 4 * 3) {
    int status = grow(map);
    if (status != MP_OK) return status;
  }
  uint64_t hash = hash_bytes(map->seed, key, length);
  entry *at = find(map, hash, key, length);
  if (at->key == NULL) map->count++;
  *at = (entry){.key = key, .length = length, .hash = hash, .value = value};
  return MP_OK;
}

void *mp__map_remove(mp__map *map, const char *key, size_t length) {
  if (map->count == 0) return NULL;
  entry *found = find(map, hash_bytes(map->seed, key, length), key, length);
  if (found->key == NULL) return NULL;
  void *value = found->value;
  close_gap(map, (size_t)(found - map->entries));
  map->count--;
  return value;
}

size_t mp__map_count(const mp__map *map) {
  return map->count;
}
