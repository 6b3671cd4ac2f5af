# Dependencies.cmake - the libraries of others, and whether they can do what we need.
include(CheckSymbolExists)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv>=1.44)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4)
find_program(MP_LUA NAMES lua5.4 REQUIRED)
find_package(Threads REQUIRED)
set(MP_THIRD_PARTY PkgConfig::LIBUV PkgConfig::LIBPQ Threads::Threads m)

set(CMAKE_REQUIRED_LIBRARIES PkgConfig::LIBPQ)
check_symbol_exists(PQenterPipelineMode libpq-fe.h MP_HAVE_PIPELINE_MODE)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT MP_HAVE_PIPELINE_MODE)
  message(FATAL_ERROR "libpq ${LIBPQ_VERSION} has no pipeline mode; Moonpool needs libpq 14 or later "
                      "(Debian: apt-get install libpq-dev)")
endif()
