/* statement.h - running statements from Lua. */
#ifndef MPL_STATEMENT_H
#define MPL_STATEMENT_H

#include <moonpool/params.h>
#include <moonpool/statement.h>

#include <lua.h>

/* Add query, one, get, value, column, tuples, exec, many and script to the method table
 * on top. */
void mpl_open_statements(lua_State *L);

/* Encode the `count` values from `index` on into *slot, or the named ones of the table
 * there. */
void mpl_encode_arguments(lua_State *L, const mp_statement *statement, int index,
                          int count, mp_params **slot);
/* Push parameter set `i` of the list at `list` as values, named ones as their table; how
 * many they are. */
int mpl_push_set(lua_State *L, int list, const mp_statement *statement, lua_Integer i);

#endif
