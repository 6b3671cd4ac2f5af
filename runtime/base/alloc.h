/* alloc.h - the one door to memory: every allocation of ours can be counted and made to
 * fail. */
#ifndef MP_BASE_ALLOC_H
#define MP_BASE_ALLOC_H

#include <moonpool/export.h>

#include <stddef.h>

/* All return NULL without memory; mp__free(NULL) does nothing. */
MP_MUST_CHECK void *mp__alloc(size_t size);
MP_MUST_CHECK void *mp__alloc_zero(size_t size);
MP_MUST_CHECK void *mp__alloc_array(size_t count,
                                    size_t size); /* zeroed, refuses overflow */
MP_MUST_CHECK void *mp__realloc(void *block, size_t size);
MP_MUST_CHECK char *mp__strdup(const char *text);                 /* NULL gives NULL */
MP_MUST_CHECK char *mp__strndup(const char *text, size_t length); /* adds the NUL */
void mp__free(void *block);

#endif
