/* bulk.h - what COPY and cursors ask of their connection beside: a query's columns, and
 * the rows of one statement that is not prepared. */
#ifndef MPL_BULK_H
#define MPL_BULK_H

#include <lua.h>

/* Add bulk_columns and bulk_command to the methods of the connection on top. */
void mpl_open_bulk(lua_State *L);

#endif
