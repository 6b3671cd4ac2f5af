/* group_scope.h - what a group begins and finishes, as Lua says it. */
#ifndef MPL_GROUP_SCOPE_H
#define MPL_GROUP_SCOPE_H

#include "target.h"

typedef struct mpl_group_scope {
  bool is_given;
  mp_group_scope scope;
  bool finishes; /* what fits: what the group begins, or else what is innermost */
  mp_transaction_options options;
} mpl_group_scope;

/* Read { begin = true | "savepoint", finish = true | "commit" | "release", isolation =,
 * read_only =, deferrable =, label = } at `index`, or nil. The label is borrowed from the
 * table. Raises bad_argument. */
void mpl_group_scope_read(lua_State *L, int index, mpl_group_scope *out);
/* NULL where nothing was asked for. `scope` must stay where it is meanwhile. */
const mp_group_scope *mpl_group_scope_on(mpl_group_scope *scope,
                                         const mpl_target *target);

#endif
