#include "conformance/case_run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include "conformance/record_match.hpp"
#include "conformance/runner_process.hpp"

namespace penstock::conformance {
namespace {

constexpr std::chrono::seconds kCasePatience{120};  // for all calls of a case

bool can_make(const std::vector<std::string>& can, const Case& of) {
  return std::all_of(of.needs.begin(), of.needs.end(), [&](const auto& need) {
    return std::find(can.begin(), can.end(), need) != can.end();
  });
}

// Each event once, in the order in which it was recorded.
std::vector<Found> events_of(const std::string& app,
                             const std::vector<test::KafkaRecord>& records) {
  std::vector<Found> found;
  std::set<std::string> ids;
  for (const auto& record : records) {
    if (record.value.find('"' + app + '"') == std::string::npos) continue;
    Json value = Json::parse(record.value);
    if (!value.contains("metadata") || value["metadata"].value("app", "") != app) continue;
    if (!ids.insert(value.value("eventId", "")).second) continue;
    found.push_back({record.topic, record.key.value_or(""), std::move(value)});
  }
  std::stable_sort(found.begin(), found.end(), [](const Found& left, const Found& right) {
    const auto place = [](const Json& event) {
      return std::tuple(event.value("receivedAt", ""), event.value("installId", ""),
                        event.value("seq", std::uint64_t{0}));
    };
    return place(left.value) < place(right.value);
  });
  return found;
}

void sort_by(const std::string& pointer, std::vector<Found>& found) {
  if (pointer.empty()) return;
  const Json::json_pointer member(pointer);
  std::stable_sort(found.begin(), found.end(), [&](const Found& left, const Found& right) {
    return left.value.value(member, "") < right.value.value(member, "");
  });
}

}  // namespace

CaseRun::CaseRun(std::string language, std::string runner, Json options, std::filesystem::path work)
    : language_(std::move(language)),
      runner_(std::move(runner)),
      options_(std::move(options)),
      work_(std::move(work)) {}

void CaseRun::note(const Case& of, const std::string& what) { failed_.try_emplace(of.name, what); }

void CaseRun::call(const std::vector<Case>& cases) {
  auto runner = std::make_unique<RunnerProcess>(runner_);
  const auto can = runner->greeting().value("can", std::vector<std::string>());
  for (const Case& of : cases) {
    if (!can_make(can, of)) {
      left_out_.push_back(of.name);
      continue;
    }
    Json options = options_;
    options["directory"] = work_ / language_ / of.name;
    options["app_name"] = app_name(of);
    Json request = {{"case", of.name}, {"calls", Json::array()}};
    for (const Json& call : of.calls) request["calls"].push_back(with_options(call, options));
    try {
      call_one(of, runner->ask(request, kCasePatience));
    } catch (const std::exception& ended) {
      note(of, ended.what());
      runner.reset();
      runner = std::make_unique<RunnerProcess>(runner_);
    }
  }
  runner->end();
}

void CaseRun::call_one(const Case& of, const Json& answer) {
  const Json& results = answer.at("results");
  if (results.size() != of.calls.size()) {
    return note(of, std::to_string(results.size()) + " results of " +
                        std::to_string(of.calls.size()) + " calls");
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string wrong = result_mismatch(of.expected[i], results[i]);
    if (wrong.empty()) continue;
    return note(
        of, "call " + std::to_string(i + 1) + ", " + of.calls[i].value("call", "") + ": " + wrong);
  }
}

CaseOutcome CaseRun::compare(const std::vector<Case>& cases,
                             const std::vector<test::KafkaRecord>& records) {
  CaseOutcome outcome;
  outcome.left_out = left_out_.size();
  for (const Case& of : cases) {
    if (std::find(left_out_.begin(), left_out_.end(), of.name) != left_out_.end()) continue;
    auto found = events_of(app_name(of), records);
    sort_by(of.records_by, found);
    const std::string wrong = record_mismatch(of.records, found);
    if (!wrong.empty()) note(of, wrong);
    const auto failed = failed_.find(of.name);
    if (failed == failed_.end()) {
      ++outcome.passed;
    } else {
      outcome.failures.push_back(language_ + ", case " + of.name + ": " + failed->second);
    }
  }
  return outcome;
}

}  // namespace penstock::conformance
