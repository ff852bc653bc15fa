breakwater_precompiled(test LINKS GTest::gtest GTest::gmock)
breakwater_precompiled(asio_test LINKS GTest::gtest GTest::gmock breakwater_asio)

# breakwater_test(NAME [HEADERS test|asio_test] LINKS target...): one GoogleTest program of the sources in this folder,
# compiled as a few units. Each source has a namespace of its own (tests/house/units.py).
function(breakwater_test name)
  cmake_parse_arguments(TEST "" "HEADERS" "LINKS" ${ARGN})
  if(NOT TEST_HEADERS)
    set(TEST_HEADERS test)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    breakwater_units(units 8 ${sources})
    add_executable(test_${name} ${units})
    target_compile_options(test_${name} PRIVATE -Wno-subobject-linkage)  # g++ takes what a unit includes for headers
    target_link_libraries(test_${name} PRIVATE ${TEST_LINKS} GTest::gtest_main GTest::gmock)
    target_precompile_headers(test_${name} REUSE_FROM breakwater_precompiled_${TEST_HEADERS})
    gtest_discover_tests(test_${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
  endif()
endfunction()
