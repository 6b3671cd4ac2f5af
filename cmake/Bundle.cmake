# Bundle.cmake - the Lua library, and the modules of others that it needs, as C source.
find_file(MP_ARGPARSE_LUA NAMES argparse.lua PATHS /usr/share/lua/5.4 /usr/local/share/lua/5.4
  NO_DEFAULT_PATH REQUIRED)
file(GLOB_RECURSE mp_lua_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/lua/moonpool/*.lua")
list(FILTER mp_lua_files EXCLUDE REGEX "/lua/moonpool/_meta/")

set(MP_BUNDLE_C "${CMAKE_BINARY_DIR}/bundle.c")
add_custom_command(OUTPUT "${MP_BUNDLE_C}"
  COMMAND "${MP_LUA}" "${PROJECT_SOURCE_DIR}/scripts/bundle.lua" "${MP_BUNDLE_C}"
    "${PROJECT_SOURCE_DIR}/lua" ${mp_lua_files} "${MP_ARGPARSE_LUA}"
  DEPENDS "${PROJECT_SOURCE_DIR}/scripts/bundle.lua" ${mp_lua_files} "${MP_ARGPARSE_LUA}"
  COMMENT "Bundling the Lua library"
  VERBATIM)
# A module is one string; compilers we support have no limit, the standard's minimum is 4095.
set_source_files_properties("${MP_BUNDLE_C}" PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
