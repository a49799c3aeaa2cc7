find_package(GTest REQUIRED)
include(GoogleTest)

# What the sanitizer runs build: the executables of unit tests, and those among them that start
# threads.
add_custom_target(unit_tests)
add_custom_target(threaded_unit_tests)

# The COST of entries that take tens of seconds: ctest begins with them, so that none runs alone at
# the end.
set(penstock_long 100)

# penstock_test(<name> SOURCES ... LIBRARIES ... [LABEL label] [TIMEOUT seconds]
#               [ONE_ENTRY [PROGRAMS target...]] [THREADS])
#
# One executable of GoogleTest cases, one ctest entry a case, so that a run in parallel is balanced
# and a failure is named. ONE_ENTRY makes it one entry altogether: for cases that share a broker,
# which takes seconds of CPU to start. Labels: unit (no gateway, no broker; repeated under address
# and undefined sanitizers), integration (real processes, real broker), fault (kill -9). THREADS,
# for unit tests that start threads, makes the label unit-threads, which is repeated under the
# thread sanitizer too; a unit test without THREADS ends with an error when it starts a thread.
# Integration and fault tests fail when a program under test lets personal data through that the
# test planted (tests/support/leaks). PROGRAMS are the targets of ours that the cases start or load: built before, and compared by `make
# check`, which repeats the tests whose programs changed.
function(penstock_test name)
  cmake_parse_arguments(ARG "ONE_ENTRY;THREADS" "LABEL;TIMEOUT" "SOURCES;LIBRARIES;PROGRAMS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} penstock_warnings GTest::gmock GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  if(TARGET test_headers)
    target_precompile_headers(${name} REUSE_FROM test_headers)
  endif()
  if(ARG_LABEL STREQUAL "unit")
    add_dependencies(unit_tests ${name})
    if(ARG_THREADS)
      add_dependencies(threaded_unit_tests ${name})
      set(ARG_LABEL unit-threads)
    elseif(NOT PENSTOCK_SANITIZE)  # sanitizers wrap pthread_create() themselves
      target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/refuse_threads.cpp)
    endif()
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/leaks/leak_listener.cpp)
    target_link_libraries(${name} PRIVATE test_support)
  endif()
  if(ARG_ONE_ENTRY)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} COST ${penstock_long})
    penstock_test_runs(${name} ${ARG_PROGRAMS})
  else()
    # PRE_TEST: list the cases when ctest runs, not while building, which a sanitizer would slow
    # down.
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  endif()
endfunction()

# penstock_test_runs(<test> target...): says that the test starts or loads what these targets build.
function(penstock_test_runs test)
  set(files)
  foreach(program IN LISTS ARGN)
    list(APPEND files $<TARGET_FILE:${program}>)
    if(TARGET ${test})
      add_dependencies(${test} ${program})
    endif()
  endforeach()
  set_property(TEST ${test} APPEND PROPERTY REQUIRED_FILES ${files})
endfunction()
