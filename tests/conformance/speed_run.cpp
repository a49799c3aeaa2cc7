#include "conformance/speed_run.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "conformance/runner_process.hpp"

namespace penstock::conformance {
namespace {

Json measure_once(const std::string& program, Json options, const std::string& directory,
                  std::size_t count) {
  std::filesystem::remove_all(directory);
  options["directory"] = directory;
  RunnerProcess runner(program);
  const Json answer =
      runner.ask({{"bench", {{"options", options}, {"count", count}}}}, std::chrono::minutes(2));
  runner.end();
  return answer;
}

}  // namespace

Speed measure(const std::string& runner, const std::string& c_runner, const nlohmann::json& options,
              const std::string& work, std::size_t count) {
  Speed speed{1e9, 1e9, {}};
  for (int round = 0; round < 3; ++round) {
    const Json c = measure_once(c_runner, options, work + "/c", count);
    const Json other = measure_once(runner, options, work + "/other", count);
    speed.c_us = std::min(speed.c_us, c.at("us_per_call").get<double>());
    speed.us = std::min(speed.us, other.at("us_per_call").get<double>());
    if (other.contains("allocations_per_call")) speed.allocations = other["allocations_per_call"];
  }
  return speed;
}

}  // namespace penstock::conformance
