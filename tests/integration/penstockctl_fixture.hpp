// The vocabulary of the tests that run penstockctl.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "integration/gateway_fixture.hpp"
#include "support/child_process.hpp"
#include "support/temp_directory.hpp"

namespace penstock::test {

class PenstockctlTest : public GatewayTest {
 protected:
  // What it writes goes behind what is in output_file(). `standard_input`: see Command.
  std::unique_ptr<ChildProcess> begin(std::vector<std::string> arguments, int standard_input = -1);
  std::optional<int> run(std::vector<std::string> arguments);
  std::filesystem::path output_file() const { return directory_ / "output"; }
  std::string output() const;
  bool says(const std::string& text) const;  // waits for it

  TempDirectory directory_;
};

}  // namespace penstock::test
