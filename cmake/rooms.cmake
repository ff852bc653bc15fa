# A room is a folder of the house: one static library of all its sources, seen from the project's root.
# Who may include whom is held by tests/house, not here.

add_library(breakwater_flags INTERFACE)
target_include_directories(breakwater_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(breakwater_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# A user's build does not end at a warning. Optimising, g++ 12 takes `"text" + std::string` for an overlapping copy (GCC
# bug 105651) and a temporary's string for uninitialised.
target_compile_options(breakwater_flags INTERFACE
  $<IF:$<CONFIG:Release>,-Wno-restrict$<SEMICOLON>-Wno-maybe-uninitialized,-Werror>)
if(BREAKWATER_SANITIZE)
  target_compile_options(breakwater_flags INTERFACE -fsanitize=${BREAKWATER_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(breakwater_flags INTERFACE -fsanitize=${BREAKWATER_SANITIZE})
endif()

# Boost.Asio as every driver uses it. 1.74's awaitable.hpp uses std::exchange without <utility>.
add_library(breakwater_asio INTERFACE)
target_compile_definitions(breakwater_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_USE_STD_STRING_VIEW)
target_compile_options(breakwater_asio INTERFACE -fcoroutines -include utility)
target_link_libraries(breakwater_asio INTERFACE Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

# breakwater_room(NAME LINKS target...): the library breakwater_NAME of the sources in this folder.
function(breakwater_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    add_library(breakwater_${name} STATIC ${sources})
    target_link_libraries(breakwater_${name} PUBLIC breakwater_flags ${ROOM_LINKS})
  else()
    add_library(breakwater_${name} INTERFACE)
    target_link_libraries(breakwater_${name} INTERFACE breakwater_flags ${ROOM_LINKS})
  endif()
endfunction()

# breakwater_test(NAME LINKS target...): one GoogleTest program of the sources in this folder, each case its own ctest case.
function(breakwater_test name)
  cmake_parse_arguments(TEST "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    add_executable(test_${name} ${sources})
    target_link_libraries(test_${name} PRIVATE ${TEST_LINKS} GTest::gtest_main GTest::gmock)
    target_compile_definitions(test_${name} PRIVATE
      SOURCE_DIR="${PROJECT_SOURCE_DIR}" BINARY_DIR="${PROJECT_BINARY_DIR}")
    gtest_discover_tests(test_${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
  endif()
endfunction()
