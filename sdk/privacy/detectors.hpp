// Finds personal data in text, by content. Pure functions: any thread, no allocation, linear time.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/rule_set.hpp"

namespace penstock::privacy {

struct Finding {
  std::size_t offset;  // bytes into the text
  std::size_t length;  // bytes
  Kind kind;
};

// False if no detector can find anything in `text`, nor in what it decodes to: no anchor. The
// check that almost every value ends with, so it must cost about a nanosecond for 16 bytes.
bool may_hold_personal_data(std::string_view text) noexcept;

// The first finding at or behind `from`, the longest where two begin at one place. `text` is
// unescaped UTF-8.
//
// What each kind is, and what is left alone, say the files in detectors/.
std::optional<Finding> find_personal_data(const RuleSet& rules, std::string_view text,
                                          std::size_t from) noexcept;

// True if a finding of this kind may be longer than any bound: it goes on where text was cut.
bool may_go_on(Kind kind) noexcept;

// Where a finding ends that goes on at `from`.
std::size_t end_of_going_on(Kind kind, std::string_view text, std::size_t from) noexcept;

}  // namespace penstock::privacy
