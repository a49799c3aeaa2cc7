// Dead letters counted: by reason, place, write key, type and user, and over time. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dead_letter.hpp"

namespace penstock::ctl {

// One thread at a time.
class LetterStats {
 public:
  void add(const DeadLetter& letter);
  std::uint64_t total() const noexcept { return total_; }

  // For people: a table for each of what they are counted by, with its `rows_max` most frequent
  // values, and a histogram. Lines of up to 100 characters; control characters are escaped.
  std::string to_text(std::size_t rows_max) const;
  // One JSON object with every value.
  std::string to_json() const;

 private:
  static constexpr std::size_t kGroups = 5;
  static constexpr std::array<std::string_view, kGroups> kNames = {"code", "pointer", "key", "type",
                                                                   "user"};
  // Beyond these, values are counted together: those that a client makes up are without end.
  static constexpr std::size_t kValuesMax = 10'000;

  struct Count {
    std::uint64_t letters = 0;
    std::int64_t first_ms = 0, last_ms = 0;
    void add(std::int64_t time_ms) noexcept;
  };
  struct Bar {
    std::int64_t from_ms = 0;
    std::uint64_t letters = 0;
  };
  using Group = std::map<std::string, Count>;

  std::vector<const Group::value_type*> most_frequent(const Group& group) const;
  std::string group_text(std::size_t group, std::size_t rows_max) const;
  std::string histogram() const;
  std::int64_t bar_ms() const noexcept;  // so that there are at most 24
  std::vector<Bar> bars() const;

  std::uint64_t total_ = 0;
  Count whole_;
  std::array<Group, kGroups> groups_;
  std::map<std::int64_t, std::uint64_t> minutes_;  // since 1970
};

}  // namespace penstock::ctl
