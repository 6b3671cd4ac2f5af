# Examples.cmake - builds the examples, and runs each as a test of what it prints.

# mp_example(folder command...) - on a throw-away server; the output is the folder's expected.txt.
function(mp_example folder)
  string(REPLACE "-" "_" name "example_${folder}")
  mp_server_spec(${name} examples 60
    "${MP_BASH}" examples/expect "examples/${folder}" ${ARGN})
endfunction()

# mp_c_example(folder library argument...) - a C program that embeds the library.
function(mp_c_example folder library)
  string(REPLACE "-" "_" target "example_${folder}")
  add_executable(${target} "${PROJECT_SOURCE_DIR}/examples/${folder}/main.c")
  target_link_libraries(${target} PRIVATE ${library} moonpool_flags)
  mp_example(${folder} $<TARGET_FILE:${target}> ${ARGN})
endfunction()

# The first links no Lua at all.
mp_c_example(c-engine moonpool_runtime)
if(TARGET moonpool_bindings)
  mp_c_example(c-script moonpool lua)
endif()
if(TARGET moonpool_cli)
  mp_example(hello $<TARGET_FILE:moonpool_cli> run examples/hello/hello.lua)
  mp_example(project examples/project/run $<TARGET_FILE:moonpool_cli>)
endif()
if(TARGET moonpool_core)
  mp_example(module examples/module/run "${CMAKE_BINARY_DIR}")
endif()
