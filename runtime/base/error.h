/* error.h - making and changing mp_error values. */
#ifndef MP_BASE_ERROR_H
#define MP_BASE_ERROR_H

#include <moonpool/error.h>

#include <stdarg.h>

/* A new error; the static out-of-memory error when there is no memory. Never NULL. */
MP_MUST_CHECK mp_error *mp__error_new(int status, const char *format, ...)
    MP_PRINTF(2, 3);
MP_MUST_CHECK mp_error *mp__error_oom(void);

/* These copy the text; without memory the field stays empty, or as it was in what this is
 * a copy of. On the static error they do nothing. */
void mp__error_set(mp_error *error, mp_error_field field, const char *text);
void mp__error_set_message(mp_error *error, const char *format, ...) MP_PRINTF(2, 3);
void mp__error_set_status(mp_error *error, int status);
void mp__error_set_sqlstate(mp_error *error, const char *sqlstate);
void mp__error_set_position(mp_error *error, int position);
void mp__error_set_index(mp_error *error, int index);
void mp__error_set_retryable(mp_error *error, bool retryable);
void mp__error_set_in_transaction(mp_error *error, bool in_transaction);

#endif
