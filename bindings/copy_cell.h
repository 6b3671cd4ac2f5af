/* copy_cell.h - one value of a COPY as its field. */
#ifndef MPL_COPY_CELL_H
#define MPL_COPY_CELL_H

#include "codec_types.h"
#include "copy.h"

/* Append the value at `index` of the encoder's stack to its buffer, or refuse it. */
void mpl_copy_put_binary(mpl_encoder *encoder, int index, const mpl_copy_column *column);
void mpl_copy_put_text(mpl_encoder *encoder, int index, const mpl_copy_column *column);

#endif
