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

// False if no detector can find anything in `text`: no anchor, and no run of digits long enough. The
// check that almost every value ends with, so it must cost about a nanosecond for 16 bytes.
bool may_hold_personal_data(std::string_view text) noexcept;

// The first finding at or behind `from`, the longest where two begin at one place. `text` is
// unescaped UTF-8.
//
// E-mail: local part and domain with a dot (RFC 5321 in its dot-atom form, plus UTF-8 letters).
// Card: 13 to 19 digits, in groups parted by single spaces or hyphens, with a known issuer prefix
// and a right Luhn digit (ISO/IEC 7812-1). Phone: international (+ or 00 and 8 to 15 digits, ITU-T
// E.164) and national forms with separators that a plain number would not have; never inside a
// UUID, a timestamp, a version or an amount.
std::optional<Finding> find_personal_data(const RuleSet& rules, std::string_view text,
                                          std::size_t from) noexcept;

}  // namespace penstock::privacy
