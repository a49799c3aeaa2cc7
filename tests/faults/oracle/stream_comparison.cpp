#include "faults/oracle/stream_comparison.hpp"

#include <utility>

namespace penstock::oracle {
namespace {

constexpr std::size_t kExamplesOfAggregate = 5;

}  // namespace

void AggregateVerdict::breach(std::uint64_t& count, std::string example) {
  ++count;
  if (examples.size() < kExamplesOfAggregate) examples.push_back(std::move(example));
}

AggregateComparison::AggregateComparison(std::string what,
                                         std::map<std::string, std::string> expected)
    : what_(std::move(what)) {
  for (auto& [name, says] : expected) expected_[name].says = std::move(says);
  verdict_.compared = expected_.size();
}

void AggregateComparison::add(const std::string& name, const std::string& says) {
  const auto found = expected_.find(name);
  if (found == expected_.end()) {
    verdict_.breach(verdict_.invented, what_ + " " + name + ": nothing was recorded for it");
  } else if (found->second.seen) {
    verdict_.breach(verdict_.wrong, what_ + " " + name + " was written twice");
  } else {
    found->second.seen = true;
    if (says == found->second.says) return;
    verdict_.breach(verdict_.wrong,
                    what_ + " " + name + " says " + says + " instead of " + found->second.says);
  }
}

void AggregateComparison::add_unreadable(const std::string& why) {
  verdict_.breach(verdict_.wrong, what_ + ": a record cannot be read: " + why);
}

AggregateVerdict AggregateComparison::finish() {
  for (const auto& [name, entry] : expected_) {
    if (!entry.seen)
      verdict_.breach(verdict_.missing, what_ + " " + name + " is missing: " + entry.says);
  }
  return std::move(verdict_);
}

}  // namespace penstock::oracle
