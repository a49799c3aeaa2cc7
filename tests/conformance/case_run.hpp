// One language's way through the cases.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "conformance/case.hpp"
#include "support/kafka_reader.hpp"

namespace penstock::conformance {

struct CaseOutcome {
  std::size_t passed = 0, left_out = 0;
  std::vector<std::string> failures;  // "python, case a_click: …"
};

class CaseRun {
 public:
  // `options` are common to all cases. Each has a journal of its own, in `work`.
  CaseRun(std::string language, std::string runner, Json options, std::filesystem::path work);

  // Does the calls of each case, and compares what they returned. One runner for all of them, and
  // another one behind each that ended.
  void call(const std::vector<Case>& cases);

  // Compares what the cases have left in Kafka: `records` are those of all topics.
  CaseOutcome compare(const std::vector<Case>& cases,
                      const std::vector<test::KafkaRecord>& records);

 private:
  void call_one(const Case& of, const Json& answer);
  void note(const Case& of, const std::string& what);
  std::string app_name(const Case& of) const { return language_ + "." + of.name; }

  const std::string language_, runner_;
  const Json options_;
  const std::filesystem::path work_;
  std::map<std::string, std::string> failed_;  // by case: the first thing
  std::vector<std::string> left_out_;
};

}  // namespace penstock::conformance
