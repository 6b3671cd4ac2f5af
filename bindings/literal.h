/* literal.h - reading the literals of rows and ranges: parts between separators, quoted
 * where they must be. */
#ifndef MPL_LITERAL_H
#define MPL_LITERAL_H

#include "codec.h"

typedef struct mpl_literal {
  mpl_decoder *from;
  const char *at, *end;
} mpl_literal;

/* Step over a character; false where another one, or the end, is. */
bool mpl_literal_skip(mpl_literal *in, char c);
/* Push the value of a part, which ends before one of `ends`. *is_empty: the part has not
 * even quotes, and nothing was pushed. */
bool mpl_literal_part(mpl_literal *in, const mp_type *type, const char *ends,
                      bool *is_empty);

#endif
