# Examples.cmake - builds the examples, and runs each as a test of what it prints.

# mp_example(folder command...) - on a throw-away server; the output is the folder's expected.txt.
function(mp_example folder)
  string(REPLACE "-" "_" name "example_${folder}")
  mp_server_spec(${name} examples 60
    "${MP_BASH}" examples/expect "examples/${folder}" ${ARGN})
endfunction()

# A C program that embeds the runtime alone: no Lua is linked.
add_executable(example_c_engine "${PROJECT_SOURCE_DIR}/examples/c-engine/main.c")
target_link_libraries(example_c_engine PRIVATE moonpool_runtime moonpool_flags)
mp_example(c-engine $<TARGET_FILE:example_c_engine>)

if(TARGET moonpool_cli)
  mp_example(hello $<TARGET_FILE:moonpool_cli> run examples/hello/hello.lua)
  mp_example(project examples/project/run $<TARGET_FILE:moonpool_cli>)
endif()

if(TARGET moonpool_core)
  mp_example(module examples/module/run "${CMAKE_BINARY_DIR}")
endif()
