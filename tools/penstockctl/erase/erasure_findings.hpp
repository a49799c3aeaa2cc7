// What lies in Kafka of those who are to be erased, and what becomes of it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record_view.hpp"

namespace penstock::ctl {

struct TopicPolicy {
  bool compacted = false;                    // a tombstone removes what a key has
  bool known = false;                        // whether Kafka has told the policy
  std::optional<std::int64_t> retention_ms;  // none: records stay until a tombstone, or for ever
};

struct Tombstone {
  std::string topic;
  std::int32_t partition = 0;
  std::string key;
};

// One thread at a time.
class ErasureFindings {
 public:
  explicit ErasureFindings(std::map<std::string, TopicPolicy> policies);

  // In the order of each partition, all records of a compacted topic. `own`: of the subjects.
  // `is_tombstone`: the record's value is null.
  void add(const Record& record, bool own, bool is_tombstone);

  std::uint64_t records() const noexcept { return records_; }
  // For the keys whose newest record is the subjects': what is older Kafka removes itself.
  std::vector<Tombstone> tombstones() const;
  // Whether something stays for ever, since no retention and no tombstone takes it.
  bool something_stays() const;

  // For people. `done`: the tombstones have been written.
  std::string to_text(bool done) const;
  // One JSON object.
  std::string to_json(bool done) const;

 private:
  struct Found {
    std::uint64_t records = 0;
    std::int64_t first_offset = 0, last_offset = 0;
    std::int64_t first_ms = 0, last_ms = 0;
  };
  using Place = std::pair<std::string, std::int32_t>;  // topic, partition

  std::string fate_of(const Place& place, const Found& found, bool done) const;
  // Unix milliseconds of when retention may take the last of them; none: never.
  std::optional<std::int64_t> gone_at(const Place& place, const Found& found) const;

  const std::map<std::string, TopicPolicy> policies_;
  std::map<Place, Found> found_;
  std::map<std::pair<Place, std::string>, bool> newest_is_own_;  // of compacted topics, by key
  std::uint64_t records_ = 0;
};

}  // namespace penstock::ctl
