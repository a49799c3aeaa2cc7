#include "conformance/case.hpp"

#include <fstream>
#include <stdexcept>

namespace penstock::conformance {
namespace {

Case parse(const std::string& line) {
  const Json json = Json::parse(line);
  Case parsed;
  parsed.name = json.at("name");
  parsed.needs = json.value("needs", std::vector<std::string>());
  std::vector<Json> calls = json.at("calls");
  const bool opens = !calls.empty() && calls.front().at("call") == "open";
  if (!opens) {
    const Json open = {{"call", "open"}, {"options", json.value("options", Json::object())}};
    const Json close = {{"call", "close"}, {"timeout_ms", 60'000}};
    calls.insert(calls.begin(), open);
    calls.push_back(close);
  }
  for (Json& call : calls) {
    parsed.expected.push_back(call.value("expect", Json::object()));
    call.erase("expect");
    parsed.calls.push_back(std::move(call));
  }
  parsed.records = json.value("records", std::vector<Json>());
  parsed.records_by = json.value("records_by", "");
  return parsed;
}

}  // namespace

std::vector<Case> load_cases(const std::filesystem::path& file) {
  std::ifstream lines(file);
  std::vector<Case> cases;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    try {
      cases.push_back(parse(line));
    } catch (const std::exception& bad) {
      throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": " + bad.what());
    }
  }
  if (cases.empty()) throw std::runtime_error(file.string() + " has no cases");
  return cases;
}

Json with_options(const Json& call, const Json& common) {
  if (call.at("call") != "open") return call;
  Json whole = call;
  Json options = common;
  options.update(call.value("options", Json::object()));
  for (auto option = options.begin(); option != options.end();)
    option = option->is_null() ? options.erase(option) : std::next(option);
  whole["options"] = options;
  return whole;
}

}  // namespace penstock::conformance
