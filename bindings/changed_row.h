/* changed_row.h - an object against the row of a result that it came from. */
#ifndef MPL_CHANGED_ROW_H
#define MPL_CHANGED_ROW_H

#include "result_object.h"

/* The stack of find_changed; above it are the fields of an object as they are visited. */
enum {
  MPL_ENTRIES = 1,
  MPL_BATCHES,
  MPL_FOUND,
  MPL_HOLDING,
  MPL_COPIED,
  MPL_PLACES,
  MPL_METATABLE,
  MPL_RESULT,
  MPL_NAMES,
  MPL_COLUMNS,
  MPL_LISTED,
  MPL_SNAPSHOTS,
  MPL_CHANGES,
  MPL_DIFFERING,
  MPL_LAST_DIFFERING,
  MPL_SIBLINGS,
  MPL_OBJECT,
  MPL_ENTRY,
  MPL_FIELD,
  MPL_VALUE
};

typedef struct mpl_row_column {
  const void *name; /* as Lua knows it, kept by the list of names; NULL: not among them */
  mp_cell cell;     /* of the row */
  size_t visited;   /* which column the object's field of this number belongs to */
  bool is_changed;  /* the object's field is not what the row says */
  bool was_changed; /* in the list at MPL_LISTED */
} mpl_row_column;

typedef struct mpl_changed_row {
  mpl_reader reader;
  const mpl_result *box;
  lua_Integer row, row_count;
  size_t name_count;
  mpl_row_column *columns;
  const void *metatable; /* whose columns these are */
} mpl_changed_row;

/* Compare the object at MPL_OBJECT, a table, with the row, counted from 1; whether it has
 * a field that is no column of the row. The stack ends at MPL_ENTRY. Raises bad_argument
 * for an object whose metatable leads to no such row. */
bool mpl_changed_row_compare(lua_State *L, mpl_changed_row *of, lua_Integer row);

/* Of the row that was compared last: whether the object differs; */
bool mpl_changed_row_differs(const mpl_changed_row *of);
/* push the names of the columns that do: one list for all objects that follow each other
 * with the same; */
void mpl_changed_row_push_names(mpl_changed_row *of);
/* and push the row as it was loaded. */
void mpl_changed_row_push_copy(const mpl_changed_row *of);

#endif
