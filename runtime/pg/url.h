/* url.h - reads a database URL, or keyword=value pairs, with the service it names. */
#ifndef MP_PG_URL_H
#define MP_PG_URL_H

#include "pg/keywords.h"

#include <moonpool/error.h>

/* Sets what `url` says; NULL and "" say nothing. What is wrong (MP_BAD_CONFIG) is said
 * without a part that may be the password. May read the service file. */
MP_MUST_CHECK mp_error *mp__url_read(const char *url, mp__keywords *into);

#endif
