/* process_options.h - reading how a child program is to be started. */
#ifndef MPL_PROCESS_OPTIONS_H
#define MPL_PROCESS_OPTIONS_H

#include <moonpool/process.h>

#include <lua.h>

/* Fill in `out` from the table at `index`; what it points to lives in userdata and
 * strings that are left on the stack, or in that table. Raises bad_argument. */
void mpl_process_read_options(lua_State *L, int index, mp_process_options *out);

#endif
