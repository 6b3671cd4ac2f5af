/* cell_equal.h - whether a field holds what a cell of a result says. */
#ifndef MPL_CELL_EQUAL_H
#define MPL_CELL_EQUAL_H

#include "reader.h"

/* Whether the value on top is that of the cell; NULL is nil and mp.null. Common types are
 * compared as they came, others decoded. */
bool mpl_cell_equal(const mpl_reader *from, size_t at, const mp_cell *cell);

#endif
