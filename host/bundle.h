/* bundle.h - the Lua library that is embedded in the command and in libmoonpool. */
#ifndef MP_HOST_BUNDLE_H
#define MP_HOST_BUNDLE_H

#include <moonpool/script.h>

#include <stddef.h>

extern const mp_script_module mp__bundle[];
extern const size_t mp__bundle_count;

#endif
