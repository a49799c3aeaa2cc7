// What a call costs in a language, beside the call in C in the same run.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace penstock::conformance {

struct Speed {
  double us = 0;                      // of the language's call
  double c_us = 0;                    // of C's, measured before and behind it
  std::optional<double> allocations;  // a call; by the language's own counting
};

// Both runners record `count` events, in turns, three times; of each the fastest counts. `options`
// without a directory: each has one in `work`.
Speed measure(const std::string& runner, const std::string& c_runner, const nlohmann::json& options,
              const std::string& work, std::size_t count);

}  // namespace penstock::conformance
