/* type_rows.h - the catalogue's rows about types, one for each field of one, and the
 * query for them. */
#ifndef MP_ENGINE_TYPE_ROWS_H
#define MP_ENGINE_TYPE_ROWS_H

#include "pg/type_set.h"

#include <moonpool/result.h>

/* For a server of this version, such as "15.4" (NULL: not known). */
const char *mp__type_rows_query(const char *server_version);
/* Add what is not there yet; false without memory. */
MP_MUST_CHECK bool mp__type_rows_add(mp_types *types, const mp_result *rows);

#endif
