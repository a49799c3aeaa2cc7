// What a topic of aggregates must hold, beside what it holds. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace penstock::oracle {

// One record of a topic of aggregates.
struct StreamRecord {
  std::string key;
  nlohmann::json value;
};

struct AggregateVerdict {
  std::uint64_t compared = 0;  // records that must be there
  // Each of these breaks a promise.
  std::uint64_t missing = 0;          // must be there, and is not
  std::uint64_t invented = 0;         // is there, and nothing was recorded for it
  std::uint64_t wrong = 0;            // is there with another content, or twice
  std::vector<std::string> examples;  // of the above; a few

  std::uint64_t broken() const noexcept { return missing + invented + wrong; }
  // `count` is one of the three above.
  void breach(std::uint64_t& count, std::string example);
};

// Compares by name: what a record is about (a user, an activity and a window), and what it says of
// that. Both are texts that people can read, for the examples.
class AggregateComparison {
 public:
  // `what` names the aggregate in the examples; `expected`: by name, what the record must say.
  AggregateComparison(std::string what, std::map<std::string, std::string> expected);

  // One record of the topic.
  void add(const std::string& name, const std::string& says);
  // One record that cannot be read, and why.
  void add_unreadable(const std::string& why);
  AggregateVerdict finish();

 private:
  struct Entry {
    std::string says;
    bool seen = false;
  };
  std::string what_;
  std::map<std::string, Entry> expected_;
  AggregateVerdict verdict_;
};

}  // namespace penstock::oracle
