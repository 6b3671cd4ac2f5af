/* config_check.h - refuses connection settings that libpq would find wrong later, or
 * misread. */
#ifndef MP_PG_CONFIG_CHECK_H
#define MP_PG_CONFIG_CHECK_H

#include "pg/config.h"

/* What is wrong (MP_BAD_CONFIG, to be freed), never with a part that may be the password;
 * NULL: nothing is. */
mp_error *mp__config_check_url(const char *url);
mp_error *mp__config_check(const mp__config *config, const char *url);

#endif
