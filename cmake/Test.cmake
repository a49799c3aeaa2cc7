find_package(GTest REQUIRED)
include(GoogleTest)

# penstock_test(<name> SOURCES ... LIBRARIES ... [LABELS ...] [TIMEOUT seconds])
#
# One executable of GoogleTest cases, one ctest entry a case, so that a run in parallel is balanced and a
# failure is named. Labels: unit (no process, no broker; what the sanitizer runs repeat), integration
# (real processes, real broker), fault (kill -9).
function(penstock_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} penstock_warnings GTest::gmock GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  # PRE_TEST: list the cases when ctest runs, not while building, which a sanitizer would slow down.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
