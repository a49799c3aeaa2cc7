#include "integration/penstockctl_fixture.hpp"

#include <fstream>
#include <iterator>

#include "support/tree.hpp"

namespace penstock::test {

std::unique_ptr<ChildProcess> PenstockctlTest::begin(std::vector<std::string> arguments,
                                                     int standard_input) {
  arguments.insert(arguments.begin(), build_tree() / "tools/penstockctl/penstockctl");
  return std::make_unique<ChildProcess>(Command{.arguments = std::move(arguments),
                                                .environment = {},
                                                .output = output_file(),
                                                .standard_input = standard_input});
}

std::optional<int> PenstockctlTest::run(std::vector<std::string> arguments) {
  return begin(std::move(arguments))->wait(std::chrono::seconds(60));
}

std::string PenstockctlTest::output() const {
  std::ifstream file(output_file());
  return {std::istreambuf_iterator<char>(file), {}};
}

bool PenstockctlTest::says(const std::string& text) const {
  return eventually([&] { return output().find(text) != std::string::npos; });
}

}  // namespace penstock::test
