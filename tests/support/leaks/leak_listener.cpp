// Part of each integration and fault test (cmake/Test.cmake): fails the test whose programs let a
// planted value through.
#include <gtest/gtest.h>

#include "support/leaks/leak_search.hpp"

namespace penstock::test {
namespace {

void fail_on_leaks() {
  const auto leaks = take_leaks();
  if (!leaks.empty()) ADD_FAILURE() << to_string(leaks);
}

// A test's fixture is gone when OnTestEnd() is called, and with it the folders and gateways.
class LeakListener : public ::testing::EmptyTestEventListener {
  void OnTestEnd(const ::testing::TestInfo&) override { fail_on_leaks(); }
};

class WhatTestsShare : public ::testing::Environment {
  void TearDown() override {
    look_at_what_remains();
    fail_on_leaks();
  }
};

[[maybe_unused]] const bool kWatches = [] {
  watch_for_leaks();
  ::testing::UnitTest::GetInstance()->listeners().Append(new LeakListener);
  ::testing::AddGlobalTestEnvironment(new WhatTestsShare);
  return true;
}();

}  // namespace
}  // namespace penstock::test
