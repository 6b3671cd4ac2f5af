# Flags.cmake - compiler warnings, sanitizers and coverage, for our own targets only.
add_library(moonpool_flags INTERFACE)
target_compile_definitions(moonpool_flags INTERFACE _GNU_SOURCE)
target_compile_options(moonpool_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 -Wundef -Wcast-qual
  -Wwrite-strings -Wswitch-enum -Wimplicit-fallthrough)
if(MOONPOOL_WERROR)
  target_compile_options(moonpool_flags INTERFACE -Werror)
endif()

# On every target of the build, because an archive of instrumented objects needs the runtime too.
if(MOONPOOL_SANITIZE)
  add_compile_options(-fsanitize=${MOONPOOL_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MOONPOOL_SANITIZE})
endif()
if(MOONPOOL_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

# What we ship is optimised as one program: its layers are many small functions in files of their
# own. Objects have ordinary code too, so that archives can be linked without it, and specs quickly.
if(MOONPOOL_WHOLE_PROGRAM AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  set(MP_WHOLE_PROGRAM_COMPILE -flto -ffat-lto-objects)
  set(MP_WHOLE_PROGRAM_LINK -flto=auto)
  set(MP_PART_BY_PART_LINK -fno-lto)
endif()
