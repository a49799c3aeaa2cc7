// How old a connection becomes.
#pragma once

#include <chrono>
#include <cstdint>

namespace penstock::gateway {

// `age_max` less up to a fifth of it, by `random`, any number. Connections that were opened together,
// as after the restart of another gateway, do not come back together.
constexpr std::chrono::milliseconds connection_age(std::chrono::milliseconds age_max,
                                                   std::uint32_t random) noexcept {
  constexpr std::int64_t kParts = 1024;
  const auto part = static_cast<std::int64_t>(random % (kParts + 1));
  return age_max - age_max / 5 * part / kParts;
}

}  // namespace penstock::gateway
