// UUIDs of RFC 9562: random (4), from a name (5), and ordered by time (7).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::wire {

inline constexpr std::size_t kUuidTextBytes = 36;

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const Uuid&, const Uuid&) = default;

  // Writes exactly kUuidTextBytes lower-case characters, without a NUL.
  void format(char* out) const noexcept;
  std::string text() const;
};

// All functions: any thread, no allocation.

// Version 4, from the operating system's random source (getrandom). Never fails on a running
// system.
Uuid random_uuid() noexcept;

// Version 5: SHA-1 of the namespace's bytes and `name`. The same input gives the same UUID
// everywhere.
Uuid name_uuid(const Uuid& name_space, std::string_view name) noexcept;

// Version 7: `unix_milliseconds` and 74 random bits.
Uuid time_uuid(std::int64_t unix_milliseconds) noexcept;

// Reads the 36-character form, in upper or lower case. nullopt for all else.
std::optional<Uuid> parse_uuid(std::string_view text) noexcept;

}  // namespace penstock::wire
