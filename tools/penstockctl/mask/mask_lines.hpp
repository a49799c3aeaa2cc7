// Lines in, the same lines masked out: of text, or of JSON with an event a line.
#pragma once

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "privacy/rule_set.hpp"

namespace penstock::ctl {

struct MaskView {
  bool json = false;     // each line is a JSON object
  bool explain = false;  // under each line, the places that are masked
  // The rules by path as written, to explain by: the lines that the rules were read from.
  std::vector<std::string> path_rules = {};
};

inline constexpr std::size_t kMaskLineBytesMax = std::size_t{1} << 20;

// Reads `in` to its end, and holds one line at a time. A line's end is "\n" or "\r\n". Each line is
// written before the next is read. An empty line stays one. Ends
// early if `out` fails.
//
// A line of text becomes what it would be as the value of a detail; one of JSON keeps its order and
// its bytes but for what is masked, and no field is added or checked. With rules by path, white
// space between values goes too, and of details and metadata that a rule takes whole {} is left.
// Control characters that could steer a terminal are escaped. `explain` tells places of the line
// that was read, never their value.
//
// Throws std::runtime_error, which names the line, if it is longer than kMaskLineBytesMax or is not
// what MaskView::json says.
void mask_lines(const privacy::RuleSet& rules, const MaskView& view, std::istream& in,
                std::ostream& out);

}  // namespace penstock::ctl
