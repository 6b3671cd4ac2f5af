# Specs.cmake - what ctest runs: pure specs, specs on a server, adversity, and the style checks.
find_program(MP_BASH NAMES bash REQUIRED)
set(MP_WITH_SERVER "${PROJECT_SOURCE_DIR}/spec/support/with-server")

# Sanitizers report to the test's output and end it; the suppressions are for code of others.
set(MP_SPEC_ENVIRONMENT
  "MOONPOOL_SPEC_CACHE=${CMAKE_BINARY_DIR}/spec"
  "MOONPOOL_SPEC_BUILD=${CMAKE_BINARY_DIR}"
  "MOONPOOL_SPEC_COMMAND=$<$<TARGET_EXISTS:moonpool_cli>:${CMAKE_BINARY_DIR}/moonpool>"
  "ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:halt_on_error=1"
  "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/spec/support/leaks.supp:print_suppressions=0")

# mp_spec(name label timeout command...)
function(mp_spec name label timeout)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout}
    ENVIRONMENT "${MP_SPEC_ENVIRONMENT}")
endfunction()

# The pure specs run on stock Lua, which proves them pure.
set(MP_RUN_BUSTED spec/support/run_busted.lua)
mp_spec(unit unit 300 "${MP_LUA}" ${MP_RUN_BUSTED} spec/unit)

# mp_runtime_spec(name folder timeout) - busted as the main task of the runtime, on a server of its own.
function(mp_runtime_spec name folder timeout)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/spec/${folder}/*_spec.lua")
  if(files AND TARGET moonpool_cli)
    mp_spec(${name} ${folder} ${timeout} "${MP_BASH}" "${MP_WITH_SERVER}"
      $<TARGET_FILE:moonpool_cli> run ${MP_RUN_BUSTED} spec/${folder})
  endif()
endfunction()

mp_runtime_spec(integration integration 600)
mp_runtime_spec(adversity adversity 600)
mp_runtime_spec(hostile_gc integration 900)
if(TEST hostile_gc)
  set_property(TEST hostile_gc APPEND PROPERTY ENVIRONMENT "MOONPOOL_SPEC_GC=hostile")
endif()

mp_spec(style style 300 "${MP_BASH}" "${PROJECT_SOURCE_DIR}/scripts/check" --fast)

if(TARGET moonpool_cli)
  mp_spec(readme readme 120 "${MP_BASH}" "${MP_WITH_SERVER}" "${MP_LUA}" scripts/check_readme.lua
    $<TARGET_FILE:moonpool_cli> README.md)
endif()
