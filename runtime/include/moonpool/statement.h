/* moonpool/statement.h - a statement's text and, once the server has described it, its
 * types.
 *
 * Statements belong to an engine's cache and are counted: what you were given, release.
 */
#ifndef MOONPOOL_STATEMENT_H
#define MOONPOOL_STATEMENT_H

#include <moonpool/status.h>
#include <moonpool/type.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_statement mp_statement;

/* What a statement does, judged by its keywords alone. */
typedef enum mp_statement_class {
  MP_STATEMENT_EMPTY, /* nothing but white space and comments */
  MP_STATEMENT_READ, /* SELECT, VALUES, TABLE, SHOW, WITH without a write or a row lock */
  MP_STATEMENT_WRITE,       /* everything not named elsewhere */
  MP_STATEMENT_TRANSACTION, /* BEGIN, COMMIT, ROLLBACK, SAVEPOINT, PREPARE TRANSACTION,
                               ... */
  MP_STATEMENT_SESSION, /* SET, RESET, DISCARD, PREPARE, DECLARE, LOCK, temporary tables,
                           ... */
  MP_STATEMENT_LISTEN,  /* LISTEN, UNLISTEN */
  MP_STATEMENT_COPY     /* COPY ... FROM STDIN / TO STDOUT */
} mp_statement_class;

MP_EXTERN mp_statement *mp_statement_retain(mp_statement *statement);
MP_EXTERN void mp_statement_release(mp_statement *statement);

/* The text as the user wrote it. */
MP_EXTERN const char *mp_statement_text(const mp_statement *statement);
MP_EXTERN mp_statement_class mp_statement_get_class(const mp_statement *statement);
/* Named parameters in the order of their $n; 0 where the text uses $n itself or has none.
 */
MP_EXTERN size_t mp_statement_name_count(const mp_statement *statement);
MP_EXTERN const char *mp_statement_name(const mp_statement *statement, size_t index);

MP_EXTERN bool mp_statement_is_described(const mp_statement *statement);
/* What its types are to be looked up in; lives as long as the description. */
MP_EXTERN const mp_types *mp_statement_types(const mp_statement *statement);
MP_EXTERN size_t mp_statement_param_count(const mp_statement *statement);
/* The type oid the server inferred for parameter `index`, from 0. */
MP_EXTERN uint32_t mp_statement_param_type(const mp_statement *statement, size_t index);
MP_EXTERN size_t mp_statement_column_count(const mp_statement *statement);
MP_EXTERN const char *mp_statement_column_name(const mp_statement *statement,
                                               size_t index);
MP_EXTERN uint32_t mp_statement_column_type(const mp_statement *statement, size_t index);

MP_END_C

#endif
