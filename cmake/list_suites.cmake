# Run as a script once a test program is linked: writes into FILE one ctest case for each of its suites. A process for
# each case of a suite would cost more than what most cases do. A suite of which every case was skipped is shown as
# skipped.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${listed}")
if(NOT suites)
  message(FATAL_ERROR "${PROGRAM} has no test")
endif()
set(text "")
foreach(suite ${suites})
  string(REGEX REPLACE "[\n.]" "" suite ${suite})
  string(APPEND text "add_test([[${ROOM}.${suite}]] [[${PROGRAM}]] [[--gtest_filter=${suite}.*]])\n"
    "set_tests_properties([[${ROOM}.${suite}]] PROPERTIES TIMEOUT 300 SKIP_REGULAR_EXPRESSION\n"
    "  [[PASSED  .] 0 tests[.]\n(.  SKIPPED .[^\n]*\n)+$]])\n")
endforeach()
file(WRITE ${FILE} "${text}")
