// Puts records of several partitions in the order of their events, as far as a moment's patience
// goes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "record_view.hpp"

namespace penstock::ctl {

// One thread at a time.
class TimeOrder {
 public:
  using Clock = std::chrono::steady_clock;

  // Holds a record for `patience` (and an eighth of it), so that one of an earlier event that
  // another partition brings meanwhile comes before it; and at most `records_max` of them.
  TimeOrder(std::chrono::milliseconds patience, std::size_t records_max) noexcept
      : patience_(patience), records_max_(records_max) {}

  void add(Record record, Clock::time_point now);
  // Those that have waited long enough, with all that belongs before them.
  std::vector<Record> due(Clock::time_point now);
  std::vector<Record> all();

 private:
  struct Held {
    Record record;
    Clock::time_point since;
  };

  const std::chrono::milliseconds patience_;
  const std::size_t records_max_;
  std::multimap<std::pair<std::string, std::uint64_t>, Held> held_;
  Clock::time_point next_look_ = Clock::time_point::max();  // when one may have waited long enough
};

}  // namespace penstock::ctl
