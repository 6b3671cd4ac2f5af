/* shape.h - the answers that statement methods give: rows, one row, a value, a count. */
#ifndef MPL_SHAPE_H
#define MPL_SHAPE_H

#include <moonpool/result.h>

#include <lua.h>

#include <stdbool.h>

typedef struct mpl_shape {
  const char *name; /* of the method */
  bool is_many;     /* runs once for each of a list of parameters */
  /* Push the answer, or raise. *result stays its owner's, unless it was taken: then it is
   * NULL, and so is the rest of its chain. NULL: rows are streamed. */
  int (*push)(lua_State *L, mp_result **result);
} mpl_shape;

extern const mpl_shape mpl_shapes[]; /* ends with a NULL name */

#endif
