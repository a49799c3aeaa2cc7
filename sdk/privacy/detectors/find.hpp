// find_personal_data for text of which only a part is at hand.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/detectors.hpp"

namespace penstock::privacy {

// How far detectors look: a decision about what begins at an offset needs kContextBytes before it
// and kReachBytes behind it, and never more.
inline constexpr std::size_t kContextBytes = 320;
inline constexpr std::size_t kReachBytes = 1024;

// The first finding at or behind `from`; the detectors see the text before it down to `edge` <=
// `from`.
std::optional<Finding> find_between(const RuleSet& rules, std::string_view text, std::size_t edge,
                                    std::size_t from) noexcept;

}  // namespace penstock::privacy
