/* fingerprint.h - what texts have in common that differ in their values alone. */
#ifndef MP_ENGINE_FINGERPRINT_H
#define MP_ENGINE_FINGERPRINT_H

#include <moonpool/export.h>

#include <stddef.h>

/* The text with one blank for white space and comments, ? for each value and parameter,
 * and lists of them cut to one; the caller's (mp__free), NULL without memory. */
MP_MUST_CHECK char *mp__fingerprint(const char *text, size_t length);

#endif
