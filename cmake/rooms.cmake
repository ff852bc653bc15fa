# A room is a folder of the house: one static library of all its sources, seen from the project's root.
# Who may include whom is held by tests/house, not here.

add_library(breakwater_flags INTERFACE)
target_include_directories(breakwater_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(breakwater_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CCACHE)
  target_compile_options(breakwater_flags INTERFACE -fpch-preprocess)  # what ccache reads must say which it was
endif()
# A user's build does not end at a warning. Optimising, g++ 12 takes `"text" + std::string` for an overlapping copy (GCC
# bug 105651) and a temporary's string for uninitialised.
target_compile_options(breakwater_flags INTERFACE
  $<IF:$<CONFIG:Release>,-Wno-restrict$<SEMICOLON>-Wno-maybe-uninitialized,-Werror>)
if(BREAKWATER_SANITIZE)
  # Null is ASan's as well, and alignment the fuzzers' (clang checks both there): a fifth of the compiler's time. At a
  # fixed address a program of this size starts in half the time, and the tests start thousands.
  target_compile_options(breakwater_flags INTERFACE
    -fsanitize=${BREAKWATER_SANITIZE} -fno-sanitize=null,alignment -fno-omit-frame-pointer -fno-pie)
  target_link_options(breakwater_flags INTERFACE -fsanitize=${BREAKWATER_SANITIZE} -no-pie)
  if(MOLD)
    target_link_options(breakwater_flags INTERFACE -fuse-ld=mold)  # a sixth of ld's time
  endif()
endif()

# Boost.Asio as every driver uses it.
add_library(breakwater_asio INTERFACE)
target_compile_definitions(breakwater_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_USE_STD_STRING_VIEW)
target_compile_options(breakwater_asio INTERFACE -fcoroutines)
target_link_libraries(breakwater_asio INTERFACE Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

# Half of a build was reading the same headers again. breakwater_precompiled(NAME LINKS target...) compiles
# cmake/precompiled/NAME.hpp once for all whose flags are the same; g++ tells (-Winvalid-pch) where they are not.
function(breakwater_precompiled name)
  cmake_parse_arguments(SHARED "" "" "LINKS" ${ARGN})
  add_library(breakwater_precompiled_${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled/carrier.cpp)
  target_link_libraries(breakwater_precompiled_${name} PRIVATE breakwater_flags tl::expected ${SHARED_LINKS})
  target_precompile_headers(breakwater_precompiled_${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled/${name}.hpp)
endfunction()

breakwater_precompiled(std)
breakwater_precompiled(asio LINKS breakwater_asio)

# breakwater_room(NAME [HEADERS std|asio|own] LINKS target...): the library breakwater_NAME of the sources in this folder.
function(breakwater_room name)
  cmake_parse_arguments(ROOM "" "HEADERS" "LINKS" ${ARGN})
  if(NOT ROOM_HEADERS)
    set(ROOM_HEADERS std)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    add_library(breakwater_${name} STATIC ${sources})
    target_link_libraries(breakwater_${name} PUBLIC breakwater_flags ${ROOM_LINKS})
    if(NOT ROOM_HEADERS STREQUAL own)
      target_precompile_headers(breakwater_${name} REUSE_FROM breakwater_precompiled_${ROOM_HEADERS})
    endif()
  else()
    add_library(breakwater_${name} INTERFACE)
    target_link_libraries(breakwater_${name} INTERFACE breakwater_flags ${ROOM_LINKS})
  endif()
endfunction()
