/* sqlstate.h - the condition name of a SQLSTATE. */
#ifndef MP_BASE_SQLSTATE_H
#define MP_BASE_SQLSTATE_H

/* Such as "unique_violation"; NULL for a SQLSTATE without a name. */
const char *mp__sqlstate_name(const char sqlstate[5]);

#endif
