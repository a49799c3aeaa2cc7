#include "time_order.hpp"

#include <algorithm>

namespace penstock::ctl {

void TimeOrder::add(Record record, Clock::time_point now) {
  auto order = order_of_event(record);
  held_.emplace(std::move(order), Held{std::move(record), now});
  next_look_ = std::min(next_look_, now + patience_);
}

std::vector<Record> TimeOrder::due(Clock::time_point now) {
  std::size_t count = held_.size() > records_max_ ? held_.size() - records_max_ : 0;
  if (now >= next_look_) {
    std::size_t place = 0;
    auto oldest = Clock::time_point::max();
    for (const auto& [order, held] : held_) {
      ++place;
      if (now >= held.since + patience_)
        count = std::max(count, place);
      else
        oldest = std::min(oldest, held.since);
    }
    // Not at each record again, where many come.
    next_look_ = oldest == Clock::time_point::max()
                     ? oldest
                     : std::max(oldest + patience_, now + patience_ / 8);
  }
  std::vector<Record> records;
  for (; count > 0; --count) {
    records.push_back(std::move(held_.begin()->second.record));
    held_.erase(held_.begin());
  }
  return records;
}

std::vector<Record> TimeOrder::all() {
  std::vector<Record> records;
  for (auto& [order, held] : held_) records.push_back(std::move(held.record));
  held_.clear();
  next_look_ = Clock::time_point::max();
  return records;
}

}  // namespace penstock::ctl
