find_package(GTest REQUIRED)
include(GoogleTest)

# What the sanitizer runs build: the executables labelled unit, and nothing that only real processes need.
add_custom_target(unit_tests)

# penstock_test(<name> SOURCES ... LIBRARIES ... [LABELS label] [TIMEOUT seconds] [ONE_ENTRY])
#
# One executable of GoogleTest cases, one ctest entry a case, so that a run in parallel is balanced and a
# failure is named. ONE_ENTRY makes it one entry altogether: for cases that share a broker, which takes
# seconds of CPU to start. Labels: unit (no gateway, no broker; what the sanitizer runs repeat), integration
# (real processes, real broker), fault (kill -9).
function(penstock_test name)
  cmake_parse_arguments(ARG "ONE_ENTRY" "LABELS;TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} penstock_warnings GTest::gmock GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  if(ARG_LABELS STREQUAL "unit")
    add_dependencies(unit_tests ${name})
  endif()
  if(ARG_ONE_ENTRY)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABELS} TIMEOUT ${ARG_TIMEOUT})
  else()
    # PRE_TEST: list the cases when ctest runs, not while building, which a sanitizer would slow down.
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${ARG_LABELS} TIMEOUT ${ARG_TIMEOUT})
  endif()
endfunction()
