# A room is a folder of the house: one static library of all its sources, seen from the project's root.
# Who may include whom is held by tests/house, not here.

add_library(breakwater_flags INTERFACE)
target_include_directories(breakwater_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(breakwater_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
target_compile_options(breakwater_flags INTERFACE -Wno-subobject-linkage)  # g++ takes what a unit includes for a header
if(CCACHE)
  target_compile_options(breakwater_flags INTERFACE -fpch-preprocess)  # what ccache reads must say which it was
endif()
# A gigabyte fills before g++ looks for garbage of its own: a tenth of its time.
target_compile_options(breakwater_flags INTERFACE --param=ggc-min-heapsize=1000000)
# A user's build does not end at a warning. Optimising, g++ 12 takes `"text" + std::string` for an overlapping copy or
# for one past its end (GCC bug 105651), and a temporary's string for uninitialised.
target_compile_options(breakwater_flags INTERFACE
  $<IF:$<CONFIG:Release>,-Wno-restrict$<SEMICOLON>-Wno-array-bounds$<SEMICOLON>-Wno-maybe-uninitialized,-Werror>)
if(BREAKWATER_SANITIZE)
  # Whatever a check finds ends the process, or no test would fail. The four checks that are left out cost a quarter of
  # the compiler's time; a null or wild pointer ends a process under ASan too, and the fuzzers' build, by clang, checks
  # everything in every parser. At a fixed address a program of this size starts in half the time.
  target_compile_options(breakwater_flags INTERFACE
    -fsanitize=${BREAKWATER_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=null,alignment,pointer-overflow,vptr
    -fno-omit-frame-pointer -fno-pie)
  target_link_options(breakwater_flags INTERFACE -fsanitize=${BREAKWATER_SANITIZE} -no-pie)
  if(MOLD)
    target_link_options(breakwater_flags INTERFACE -fuse-ld=mold)  # a sixth of ld's time
  endif()
endif()

# Boost.Asio and Beast as every driver uses them. Their functions that are no templates are compiled once, in asio.cpp.
# g++ 12 sees Asio 1.74 free a coroutine's frame by another function than it was allocated by; both are Asio's own pair.
add_library(breakwater_asio_flags INTERFACE)
target_compile_definitions(breakwater_asio_flags INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_BEAST_USE_STD_STRING_VIEW)
target_compile_options(breakwater_asio_flags INTERFACE -fcoroutines -Wno-mismatched-new-delete)
target_link_libraries(breakwater_asio_flags INTERFACE Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

# Half of a build was reading the same headers again. breakwater_precompiled(NAME LINKS target...) compiles
# cmake/precompiled/NAME.hpp once for all whose flags are the same; g++ tells (-Winvalid-pch) where they are not.
function(breakwater_precompiled name)
  cmake_parse_arguments(SHARED "" "" "LINKS" ${ARGN})
  add_library(breakwater_precompiled_${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled/carrier.cpp)
  target_link_libraries(breakwater_precompiled_${name} PRIVATE breakwater_flags tl::expected ${SHARED_LINKS})
  target_precompile_headers(breakwater_precompiled_${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled/${name}.hpp)
endfunction()

breakwater_precompiled(std)
breakwater_precompiled(asio LINKS breakwater_asio_flags)

add_library(breakwater_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/asio.cpp)
target_link_libraries(breakwater_asio PUBLIC breakwater_flags breakwater_asio_flags)
target_precompile_headers(breakwater_asio REUSE_FROM breakwater_precompiled_asio)

# breakwater_room(NAME [ALSO folder...] [HEADERS std|asio|own] LINKS target...): the library breakwater_NAME of the
# sources in this folder, compiled as a few units, so that a name in a room means one thing.
function(breakwater_room name)
  cmake_parse_arguments(ROOM "" "HEADERS" "ALSO;LINKS" ${ARGN})
  if(NOT ROOM_HEADERS)
    set(ROOM_HEADERS std)
  endif()
  list(TRANSFORM ROOM_ALSO APPEND /*.cpp)
  file(GLOB sources CONFIGURE_DEPENDS *.cpp ${ROOM_ALSO})
  if(sources)
    breakwater_units(units ${sources})
    add_library(breakwater_${name} STATIC ${units})
    target_link_libraries(breakwater_${name} PUBLIC breakwater_flags ${ROOM_LINKS})
    if(NOT ROOM_HEADERS STREQUAL own)
      target_precompile_headers(breakwater_${name} REUSE_FROM breakwater_precompiled_${ROOM_HEADERS})
    endif()
  else()
    add_library(breakwater_${name} INTERFACE)
    target_link_libraries(breakwater_${name} INTERFACE breakwater_flags ${ROOM_LINKS})
  endif()
endfunction()
