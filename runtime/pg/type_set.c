/* type_set.c - a snapshot of types: found by oid in one step, immutable once made. */
#include "pg/type_set.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 512, NAME_MAX_BYTES = 160 };

struct mp_types {
  uint32_t references;
  bool *is_doubted; /* in the arena */
  mp__arena arena;
  mp_type **slots; /* open addressing by oid; never more than half full */
  size_t capacity, count;
};

static size_t slot_of(const mp_types *types, uint32_t oid) {
  size_t mask = types->capacity - 1;
  size_t at = (oid * UINT32_C(2654435769)) >> 7 & mask;
  while (types->slots[at] != NULL && types->slots[at]->oid != oid)
    at = (at + 1) & mask;
  return at;
}

static bool grow(mp_types *types) {
  mp_types larger = *types;
  larger.capacity = types->capacity == 0 ? FIRST_CAPACITY : types->capacity * 2;
  larger.slots = mp__alloc_array(larger.capacity, sizeof(mp_type *));
  if (larger.slots == NULL) return false;
  for (size_t i = 0; i < types->capacity; i++) {
    mp_type *type = types->slots[i];
    if (type != NULL) larger.slots[slot_of(&larger, type->oid)] = type;
  }
  mp__free(types->slots);
  types->slots = larger.slots;
  types->capacity = larger.capacity;
  return true;
}

mp_type *mp__types_add(mp_types *types, uint32_t oid, bool *failed) {
  if (types->count * 2 >= types->capacity && !grow(types)) *failed = true;
  if (*failed) return NULL;
  size_t at = slot_of(types, oid);
  if (types->slots[at] != NULL) return NULL;
  mp_type *type = mp__arena_take(&types->arena, sizeof(*type));
  if (type == NULL) {
    *failed = true;
    return NULL;
  }
  type->oid = oid;
  type->delimiter = ',';
  types->slots[at] = type;
  types->count++;
  return type;
}

const char *mp__types_text(mp_types *types, const char *text, bool *failed) {
  const char *copy = mp__arena_text(&types->arena, text);
  if (copy == NULL) *failed = true;
  return copy;
}

mp__type_field *mp__types_fields(mp_types *types, size_t count, bool *failed) {
  mp__type_field *fields = mp__arena_take(&types->arena, count * sizeof(*fields));
  if (fields == NULL) *failed = true;
  return fields;
}

bool mp__types_add_unknown(mp_types *types, uint32_t oid) {
  bool failed = false;
  mp_type *type = mp__types_add(types, oid, &failed);
  if (type == NULL) return !failed;
  type->kind = MP_TYPE_UNKNOWN;
  type->schema = type->bare_name = "";
  type->name = "???"; /* as the server's format_type says it */
  return true;
}

bool mp__types_keep_unknown(mp_types *types, const mp_types *before) {
  for (size_t i = 0; i < before->capacity; i++) {
    const mp_type *type = before->slots[i];
    if (type == NULL || type->kind != MP_TYPE_UNKNOWN) continue;
    if (!mp__types_add_unknown(types, type->oid)) return false;
  }
  return true;
}

/* A type that the catalogue names and does not have cannot be. It is unknown. */
static mp_type *find_or_add(mp_types *types, uint32_t oid, bool *failed) {
  if (!mp__types_add_unknown(types, oid)) *failed = true;
  return *failed ? NULL : types->slots[slot_of(types, oid)];
}

static void connect(mp_types *types, mp_type *type, bool *failed) {
  if (type->inner_oid != 0) type->inner = find_or_add(types, type->inner_oid, failed);
  for (size_t i = 0; i < type->field_count && !*failed; i++) {
    type->fields[i].type = find_or_add(types, type->fields[i].oid, failed);
  }
}

static void name_array(mp_types *types, mp_type *type, bool *failed) {
  char name[NAME_MAX_BYTES * 2];
  if (type->kind != MP_TYPE_ARRAY || *failed) return;
  snprintf(name, sizeof(name), "%s[]", type->inner->name);
  type->name = mp__types_text(types, name, failed);
}

static bool find_binary(mp_type *type);

static bool are_fields_binary(const mp_type *type) {
  for (size_t i = 0; i < type->field_count; i++) {
    if (!find_binary(type->fields[i].type)) return false;
  }
  return true;
}

static bool are_parts_binary(const mp_type *type) {
  switch (type->kind) {
  case MP_TYPE_UNKNOWN:
  case MP_TYPE_BASE:
  case MP_TYPE_ENUM:
  case MP_TYPE_PSEUDO:
    return false;
  case MP_TYPE_ARRAY:
  case MP_TYPE_DOMAIN:
  case MP_TYPE_RANGE:
  case MP_TYPE_MULTIRANGE:
    return find_binary(type->inner);
  case MP_TYPE_COMPOSITE:
    return are_fields_binary(type);
  }
  return false;
}

/* Types that have no codec are what their parts are. */
static bool find_binary(mp_type *type) {
  if (type->binary == TYPE_BINARY_UNKNOWN) {
    type->binary = TYPE_BINARY_ASKED;
    type->binary = are_parts_binary(type) ? TYPE_BINARY_YES : TYPE_BINARY_NO;
  }
  return type->binary == TYPE_BINARY_YES;
}

static void ask_codec(mp_type *type, mp__type_codec codec, void *data) {
  bool is_binary = false;
  if (codec == NULL) return;
  type->codec = codec(type, &is_binary, data);
  if (type->codec != NULL) type->binary = TYPE_BINARY_NO;
  if (is_binary) type->binary = TYPE_BINARY_YES;
}

bool mp__types_close(mp_types *types, mp__type_codec codec, void *data) {
  bool failed = false;
  /* Connecting may add unknown types, which moves the slots: over again until it does
   * not. */
  for (size_t count = 0; count != types->count && !failed;) {
    count = types->count;
    for (size_t i = 0; i < types->capacity && !failed; i++) {
      if (types->slots[i] != NULL) connect(types, types->slots[i], &failed);
    }
  }
  for (size_t i = 0; i < types->capacity && !failed; i++) {
    mp_type *type = types->slots[i];
    if (type == NULL) continue;
    name_array(types, type, &failed);
    if (!failed) ask_codec(type, codec, data);
  }
  for (size_t i = 0; i < types->capacity && !failed; i++) {
    if (types->slots[i] != NULL) (void)find_binary(types->slots[i]);
  }
  return !failed;
}

mp_types *mp__types_new(void) {
  mp_types *types = mp__alloc_zero(sizeof(*types));
  if (types == NULL) return NULL;
  types->references = 1;
  types->is_doubted = mp__arena_take(&types->arena, sizeof(bool));
  if (types->is_doubted != NULL && mp__builtin_types_add(types)) return types;
  mp_types_release(types);
  return NULL;
}

mp_types *mp_types_retain(mp_types *types) {
  if (types != NULL) types->references++;
  return types;
}

void mp_types_release(mp_types *types) {
  if (types == NULL || --types->references > 0) return;
  mp__arena_free(&types->arena);
  mp__free(types->slots);
  mp__free(types);
}

const mp_type *mp_types_find(const mp_types *types, uint32_t oid) {
  if (types == NULL || types->capacity == 0) return NULL;
  return types->slots[slot_of(types, oid)];
}

/* The one thing that changes: whoever has the snapshot may find out. */
void mp_types_doubt(const mp_types *types) {
  if (types != NULL) *types->is_doubted = true;
}

bool mp__types_are_doubted(const mp_types *types) {
  return *types->is_doubted;
}
