// What every language must do: a line of cases.jsonl.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace penstock::conformance {

using Json = nlohmann::json;

struct Case {
  std::string name;
  std::vector<std::string> needs;  // what a language must be able to make; docs/bindings.md
  std::vector<Json> calls;         // as runners get them
  std::vector<Json> expected;      // of each call: see result_mismatch()
  std::vector<Json> records;       // see record_match.hpp
  // A pointer into the records' values by which they are compared in order. "": in the order in which
  // they were recorded, which is promised for one client alone.
  std::string records_by;
};

// Adds what a line leaves out: a case without `open` gets one in front, with the line's `options`,
// and a `close` behind. Throws std::runtime_error that names the line.
std::vector<Case> load_cases(const std::filesystem::path& file);

// The call as a runner gets it: `common` is in the options of each `open` that does not say
// otherwise; null takes an option away.
Json with_options(const Json& call, const Json& common);

}  // namespace penstock::conformance
