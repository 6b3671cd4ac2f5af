# Layer.cmake - a layer is an object library that can only include what stands below it.

# Where a layer's folder is, relative to the source tree.
function(mp_layer_folder name out)
  if(name STREQUAL "bindings" OR name STREQUAL "host")
    set(${out} "${name}" PARENT_SCOPE)
  else()
    set(${out} "runtime/${name}" PARENT_SCOPE)
  endif()
endfunction()

# mp_layer_flags(target view layers...) - our flags, the public headers, and the internal headers of
# `layers` only: the include directory is made of one link for each of them.
function(mp_layer_flags target view)
  set(directory "${CMAKE_BINARY_DIR}/layers/${view}")
  file(MAKE_DIRECTORY "${directory}")
  foreach(layer IN LISTS ARGN)
    mp_layer_folder(${layer} folder)
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${directory}/${layer}" SYMBOLIC)
  endforeach()
  target_link_libraries(${target} PRIVATE moonpool_flags)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/runtime/include"
    "${directory}")
endfunction()

# mp_layer(name folder [SEES layers...] [LINKS libraries...] [EXCEPT files...] [GENERATED files...])
function(mp_layer name folder)
  cmake_parse_arguments(PARSE_ARGV 2 layer "" "" "SEES;LINKS;EXCEPT;GENERATED")
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.c")
  foreach(file IN LISTS layer_EXCEPT)
    list(REMOVE_ITEM sources "${PROJECT_SOURCE_DIR}/${folder}/${file}")
  endforeach()
  list(APPEND sources ${layer_GENERATED})
  if(sources)
    add_library(moonpool_${name} OBJECT ${sources})
    mp_layer_flags(moonpool_${name} ${name} ${layer_SEES} ${name})
    target_link_libraries(moonpool_${name} PRIVATE ${layer_LINKS})
    target_compile_options(moonpool_${name} PRIVATE ${MP_WHOLE_PROGRAM_COMPILE})
  endif()
endfunction()

# mp_objects(out layers...) - the objects of those layers, for linking.
function(mp_objects out)
  set(objects "")
  foreach(layer IN LISTS ARGN)
    if(TARGET moonpool_${layer})
      list(APPEND objects $<TARGET_OBJECTS:moonpool_${layer}>)
    endif()
  endforeach()
  set(${out} "${objects}" PARENT_SCOPE)
endfunction()
