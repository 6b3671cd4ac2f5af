/* result_object.h - a whole result in Lua's hands: decoded when, and as far as, it is
 * asked for. */
#ifndef MPL_RESULT_OBJECT_H
#define MPL_RESULT_OBJECT_H

#include "object.h"
#include "reader.h"

/* Owns the result and what is known of its columns. */
typedef struct mpl_result {
  mpl_object object;
  mp_result *result;  /* NULL once it was released */
  lua_Integer serial; /* results of a state in the order of their making */
  size_t column_count;
  mpl_column columns[];
} mpl_result;

/* Make the class known. */
void mpl_open_result(lua_State *L);

/* Push *result as an object that owns it from then on; *result is NULL then. */
void mpl_push_result(lua_State *L, mp_result **result);

/* The result at `index`; raises bad_argument when it is none, or was released. */
mpl_result *mpl_result_check(lua_State *L, int index);
mpl_reader mpl_result_reader(const mpl_result *box, lua_State *L);
/* The row, from 0, that the argument at `index` counts from 1. */
size_t mpl_result_check_row(lua_State *L, int index, const mpl_result *box);
/* How many names the list at `index` has, at most one for each column. */
size_t mpl_result_check_names(lua_State *L, int index, const mpl_result *box);

/* Methods. result_load.c: */
int mpl_result_load(lua_State *L);
/* result_changes.c: */
int mpl_result_changes(lua_State *L);
int mpl_result_snapshot(lua_State *L);

#endif
