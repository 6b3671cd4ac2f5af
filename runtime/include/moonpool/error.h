/* moonpool/error.h - one failure, with everything the server or the runtime knows of it.
 *
 * Strings are borrowed from the error and may be NULL where nothing is known (message and
 * kind never are). Passwords and parameter values are never in them. */
#ifndef MOONPOOL_ERROR_H
#define MOONPOOL_ERROR_H

#include <moonpool/status.h>

#include <stdbool.h>

MP_BEGIN_C

typedef struct mp_error mp_error;

typedef enum mp_error_field {
  MP_FIELD_SEVERITY,
  MP_FIELD_DETAIL,
  MP_FIELD_HINT,
  MP_FIELD_CONTEXT,
  MP_FIELD_SCHEMA,
  MP_FIELD_TABLE,
  MP_FIELD_COLUMN,
  MP_FIELD_TYPE,
  MP_FIELD_CONSTRAINT,
  MP_FIELD_QUERY, /* the statement's text, without parameters */
  MP_FIELD_XID,   /* of a transaction whose COMMIT went unanswered */
  MP_FIELD_NODE,  /* where MP_FIELD_XID means something: cluster and timeline */
  MP_FIELD_COUNT
} mp_error_field;

MP_EXTERN int mp_error_status(const mp_error *error);
/* The SQLSTATE's condition name for server errors, else the status's name. */
MP_EXTERN const char *mp_error_kind(const mp_error *error);
MP_EXTERN const char *mp_error_message(const mp_error *error);
/* Five characters, or "" where no server said one. */
MP_EXTERN const char *mp_error_sqlstate(const mp_error *error);
MP_EXTERN const char *mp_error_get(const mp_error *error, mp_error_field field);
/* 1-based position in the statement, in characters; 0 where the server gave none. */
MP_EXTERN int mp_error_position(const mp_error *error);
/* Which execution of a group it was, from 1; 0 for other statements. */
MP_EXTERN int mp_error_index(const mp_error *error);
/* True only when it is certain that nothing was done and the same call may succeed. */
MP_EXTERN bool mp_error_is_retryable(const mp_error *error);
MP_EXTERN bool mp_error_in_transaction(const mp_error *error);

/* A copy that outlives the callback; free it. Never NULL: without memory it is the static
 * out-of-memory error, which mp_error_free leaves alone. */
MP_EXTERN mp_error *mp_error_copy(const mp_error *error);
MP_EXTERN void mp_error_free(mp_error *error);

MP_END_C

#endif
