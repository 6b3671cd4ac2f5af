/* moonpool/result.h - what the server answered to one execution: rows, command tag,
 * count. */
#ifndef MOONPOOL_RESULT_H
#define MOONPOOL_RESULT_H

#include <moonpool/params.h>
#include <moonpool/type.h>

#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_result mp_result;

MP_EXTERN void mp_result_free(mp_result *result);

/* The result of the next execution of the same call (mp_engine_execute_many), owned by
 * the first; NULL after the last. */
MP_EXTERN const mp_result *mp_result_next(const mp_result *result);
/* Cut the results behind this one off: they are yours, and it has no next any more. */
MP_EXTERN mp_result *mp_result_cut(mp_result *result);
/* The bytes it occupies, those behind it not counted. */
MP_EXTERN size_t mp_result_memory(const mp_result *result);
/* For one that is kept: move its rows close to each other, which takes half the memory
 * where they are short. False, and nothing has changed, where they are few or long, or
 * there is no memory to do it. Its cells are elsewhere then. */
MP_EXTERN bool mp_result_pack(mp_result *result);

MP_EXTERN size_t mp_result_row_count(const mp_result *result);
MP_EXTERN size_t mp_result_column_count(const mp_result *result);
MP_EXTERN const char *mp_result_column_name(const mp_result *result, size_t column);
MP_EXTERN uint32_t mp_result_column_type(const mp_result *result, size_t column);
/* The columns that it has in common with other results of its statement; NULL where they
 * are its own. They live as long as any of these. */
typedef struct mp_columns mp_columns;
typedef void (*mp_note_free_cb)(void *note);
MP_EXTERN mp_columns *mp_result_columns(const mp_result *result);
/* What who reads such results keeps beside their columns; NULL until it is set, which is
 * done once. It is freed with the columns. */
MP_EXTERN void *mp_columns_note(const mp_columns *columns);
MP_EXTERN void mp_columns_set_note(mp_columns *columns, void *note,
                                   mp_note_free_cb free_note);
/* What its types are to be looked up in; NULL for what no described statement gave. */
MP_EXTERN mp_types *mp_result_types(const mp_result *result);
MP_EXTERN mp_format mp_result_column_format(const mp_result *result, size_t column);

/* One cell: NULL for NULL, else *length bytes that live as long as the result. */
MP_EXTERN const char *mp_result_cell(const mp_result *result, size_t row, size_t column,
                                     size_t *length);

typedef struct mp_cell {
  const char *bytes; /* NULL for NULL; they live as long as the result */
  size_t length;
} mp_cell;

/* `count` cells of a row, from the column `first` on, in one call. */
MP_EXTERN void mp_result_cells(const mp_result *result, size_t row, size_t first,
                               size_t count, mp_cell *cells);

/* The command tag, such as "INSERT 0 3", and the rows it counts (0 where it counts none).
 */
MP_EXTERN const char *mp_result_command(const mp_result *result);
MP_EXTERN int64_t mp_result_affected(const mp_result *result);

MP_END_C

#endif
