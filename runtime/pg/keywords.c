/* keywords.c - libpq's connection keywords and their values, as PQconnectStartParams
 * takes them. */
#include "pg/keywords.h"

#include "base/alloc.h"

#include <string.h>

static size_t find(const mp__keywords *keywords, const char *name) {
  size_t at = 0;
  while (at < keywords->count && strcmp(keywords->names[at], name) != 0)
    at++;
  return at;
}

const char *mp__keywords_get(const mp__keywords *keywords, const char *name) {
  return keywords->values[find(keywords, name)];
}

bool mp__keywords_set(mp__keywords *keywords, const char *name, const char *value) {
  size_t at = find(keywords, name);
  if (at == keywords->count) {
    if (at == MP__KEYWORDS_MAX) return false;
    keywords->names[at] = mp__strdup(name);
    if (keywords->names[at] == NULL) return false;
    keywords->count++;
  }
  mp__free(keywords->values[at]);
  keywords->values[at] = mp__strdup(value);
  return keywords->values[at] != NULL;
}

bool mp__keywords_take(mp__keywords *keywords, const PQconninfoOption *options) {
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
    if (option->val == NULL || option->val[0] == '\0') continue;
    if (!mp__keywords_set(keywords, option->keyword, option->val)) return false;
  }
  return true;
}

bool mp__keywords_are_same(const mp__keywords *keywords, const mp__keywords *other) {
  if (keywords->count != other->count) return false;
  for (size_t i = 0; i < keywords->count; i++) {
    const char *value = mp__keywords_get(other, keywords->names[i]);
    if (value == NULL || strcmp(value, keywords->values[i]) != 0) return false;
  }
  return true;
}

void mp__keywords_free(mp__keywords *keywords) {
  for (size_t i = 0; i < keywords->count; i++) {
    mp__free(keywords->names[i]);
    mp__free(keywords->values[i]);
  }
  *keywords = (mp__keywords){0};
}
