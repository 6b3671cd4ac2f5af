/* setting.h - the settings that a server session starts with, as libpq's `options`. */
#ifndef MP_PG_SETTING_H
#define MP_PG_SETTING_H

#include "pg/keywords.h"

#include <moonpool/error.h>
#include <moonpool/setting.h>

/* Appends ours and `settings` to what the keyword `options` has; a wrong one is
 * MP_BAD_CONFIG. */
MP_MUST_CHECK mp_error *mp__settings_take(const mp_setting *settings, size_t count,
                                          bool read_only, mp__keywords *into);

#endif
