breakwater_precompiled(test LINKS GTest::gtest GTest::gmock)
breakwater_precompiled(asio_test LINKS GTest::gtest GTest::gmock breakwater_asio_flags)

# breakwater_test(NAME [HEADERS test|asio_test] LINKS target...): one GoogleTest program of the sources in this folder,
# compiled as a few units. Each source has a namespace of its own (tests/house/units.py). Each suite is a ctest case,
# NAME.SUITE, whose output names the case that failed.
function(breakwater_test name)
  cmake_parse_arguments(TEST "" "HEADERS" "LINKS" ${ARGN})
  if(NOT TEST_HEADERS)
    set(TEST_HEADERS test)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    breakwater_units(units ${sources})
    add_executable(test_${name} ${units})
    target_link_libraries(test_${name} PRIVATE ${TEST_LINKS} GTest::gtest_main GTest::gmock)
    target_precompile_headers(test_${name} REUSE_FROM breakwater_precompiled_${TEST_HEADERS})
    set(suites ${CMAKE_CURRENT_BINARY_DIR}/test_${name}.cmake)
    add_custom_command(TARGET test_${name} POST_BUILD BYPRODUCTS ${suites} VERBATIM COMMAND ${CMAKE_COMMAND}
      -DROOM=${name} -DPROGRAM=$<TARGET_FILE:test_${name}> -DFILE=${suites}
      -P ${PROJECT_SOURCE_DIR}/cmake/list_suites.cmake)
    file(WRITE ${suites}.in "include(${suites} OPTIONAL RESULT_VARIABLE built)\n"
      "if(NOT built)\n  add_test(${name}_is_not_built ${name}_is_not_built)\nendif()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${suites}.in)
  endif()
endfunction()
