/* keywords.h - libpq's connection keywords and their values, as PQconnectStartParams
 * takes them. */
#ifndef MP_PG_KEYWORDS_H
#define MP_PG_KEYWORDS_H

#include <libpq-fe.h>

#include <stdbool.h>
#include <stddef.h>

enum { MP__KEYWORDS_MAX = 64 };

/* Both lists end with NULL and are in step. All zero is empty. */
typedef struct mp__keywords {
  char *names[MP__KEYWORDS_MAX + 1], *values[MP__KEYWORDS_MAX + 1];
  size_t count;
} mp__keywords;

/* NULL where there is none; lives until that keyword is set again. */
const char *mp__keywords_get(const mp__keywords *keywords, const char *name);
/* Takes copies; false without memory. */
bool mp__keywords_set(mp__keywords *keywords, const char *name, const char *value);
/* Sets what libpq read and is not empty; false without memory. */
bool mp__keywords_take(mp__keywords *keywords, const PQconninfoOption *options);
bool mp__keywords_are_same(const mp__keywords *keywords, const mp__keywords *other);
void mp__keywords_free(mp__keywords *keywords);

#endif
