# Specs.cmake - what ctest runs: pure specs, specs on a server, the README, and the style checks.
find_program(MP_BASH NAMES bash REQUIRED)
set(MP_WITH_SERVER "${PROJECT_SOURCE_DIR}/spec/support/with-server")
set(MP_RUN_BUSTED spec/support/run_busted.lua)

# Sanitizers report to the test's output and end it; the suppressions are for code of others.
set(MP_SPEC_ENVIRONMENT
  "MOONPOOL_SPEC_CACHE=${CMAKE_BINARY_DIR}/spec"
  "MOONPOOL_SPEC_BUILD=${CMAKE_BINARY_DIR}"
  "MOONPOOL_SPEC_COMMAND=${CMAKE_BINARY_DIR}/moonpool"
  "ASAN_OPTIONS=detect_leaks=1:halt_on_error=1:allocator_may_return_null=1"
  "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
  "TSAN_OPTIONS=halt_on_error=1:allocator_may_return_null=1"
  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/spec/support/leaks.supp:print_suppressions=0")

# Speed is promised of an optimised build only.
if(MOONPOOL_SANITIZE OR MOONPOOL_COVERAGE OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  list(APPEND MP_SPEC_ENVIRONMENT "MOONPOOL_SPEC_SANITIZED=1")
endif()

# A stock interpreter that loads an instrumented module needs the sanitizer's runtime before all else.
if(MOONPOOL_SANITIZE MATCHES "address")
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so
    OUTPUT_VARIABLE mp_preload OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(APPEND MP_SPEC_ENVIRONMENT "MOONPOOL_SPEC_PRELOAD=${mp_preload}")
endif()

# mp_spec(name label timeout command...)
function(mp_spec name label timeout)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout}
    ENVIRONMENT "${MP_SPEC_ENVIRONMENT}")
endfunction()

# mp_server_spec(name label timeout command...) - the same with a throw-away PostgreSQL.
function(mp_server_spec name label timeout)
  mp_spec(${name} ${label} ${timeout} "${MP_BASH}" "${MP_WITH_SERVER}" ${ARGN})
endfunction()

# mp_busted_spec(name folder timeout [settings...]) - busted as the main task of the command.
function(mp_busted_spec name folder timeout)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/spec/${folder}/*_spec.lua")
  if(files AND TARGET moonpool_cli)
    mp_server_spec(${name} ${folder} ${timeout}
      env ${ARGN} $<TARGET_FILE:moonpool_cli> run ${MP_RUN_BUSTED} spec/${folder})
  endif()
endfunction()

# The pure specs run on stock Lua, which proves them pure.
mp_spec(unit unit 300 "${MP_LUA}" ${MP_RUN_BUSTED} spec/unit)
mp_busted_spec(integration integration 600)
mp_busted_spec(adversity adversity 900)

# The same at the figures that are promised, a test a file: "ctest -C Full -L full" runs them.
set(MP_FULL_ENVIRONMENT MOONPOOL_SPEC_FULL=1 MOONPOOL_SPEC_STRICT=1 MOONPOOL_SPEC_HERD_SECONDS=30
  MOONPOOL_SPEC_KILL_SECONDS=60)
file(GLOB mp_full_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/spec/adversity/*_spec.lua"
  "${PROJECT_SOURCE_DIR}/spec/integration/roundtrip_spec.lua"
  "${PROJECT_SOURCE_DIR}/spec/integration/lexer_spec.lua"
  "${PROJECT_SOURCE_DIR}/spec/integration/loading_random_spec.lua"
  "${PROJECT_SOURCE_DIR}/spec/integration/session_contention_spec.lua"
  "${PROJECT_SOURCE_DIR}/spec/integration/session_random_spec.lua")
foreach(file ${mp_full_files})
  get_filename_component(name "${file}" NAME_WE)
  string(REGEX REPLACE "_spec$" "" name "${name}")
  if(TARGET moonpool_cli)
    add_test(NAME full_${name} CONFIGURATIONS Full
      COMMAND "${MP_BASH}" "${MP_WITH_SERVER}" env ${MP_FULL_ENVIRONMENT}
        $<TARGET_FILE:moonpool_cli> run ${MP_RUN_BUSTED} "${file}"
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(full_${name} PROPERTIES LABELS full TIMEOUT 10800
      ENVIRONMENT "${MP_SPEC_ENVIRONMENT}")
  endif()
endforeach()

# All that speaks to a server, while one collection follows the other. A file has a process and a small
# heap of its own: in a large one the collector comes by too seldom.
if(TARGET moonpool_cli)
  # A sanitizer makes it several times as slow: there it sees where waits and errors live.
  set(hostile_names *)
  if(MOONPOOL_SANITIZE)
    set(hostile_names cannot_wait error gc task)
  endif()
  list(TRANSFORM hostile_names PREPEND "${PROJECT_SOURCE_DIR}/spec/integration/")
  list(TRANSFORM hostile_names APPEND _spec.lua)
  file(GLOB files CONFIGURE_DEPENDS ${hostile_names})
  mp_server_spec(hostile_gc integration 900 "${MP_BASH}" spec/support/run-each
    env MOONPOOL_SPEC_GC=hostile $<TARGET_FILE:moonpool_cli> run ${MP_RUN_BUSTED} -- ${files})
endif()
if(TARGET moonpool_cli)
  mp_server_spec(readme readme 120
    "${MP_LUA}" scripts/check_readme.lua $<TARGET_FILE:moonpool_cli> README.md)
  mp_server_spec(readme_queries readme 120 "${MP_LUA}" scripts/check_readme.lua
    $<TARGET_FILE:moonpool_cli> docs/reference/queries.md)
endif()
mp_spec(style style 300 "${MP_BASH}" "${PROJECT_SOURCE_DIR}/scripts/check" --fast)

# The fault proxy that specs put between client and server.
file(GLOB mp_proxy_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/spec/support/proxy/*.c")
add_executable(spec_proxy ${mp_proxy_sources})
target_link_libraries(spec_proxy PRIVATE moonpool_flags)
