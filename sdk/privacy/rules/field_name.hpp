// How names of fields are compared: without case, '_', '-', '.' and spaces, so that "api_key" also
// names "apiKey" and "API-Key". The one place that says so. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::privacy {

constexpr bool is_name_separator(char c) noexcept {
  return c == '_' || c == '-' || c == '.' || c == ' ';
}
// Of ASCII letters; other bytes stay as they are.
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// FNV-1a over the normalised name, which is never written down: a name may be of any length.
struct NameHash {
  std::uint32_t value = 2166136261U;
  std::size_t length = 0;  // of the normalised name
};

// Stops once the normalised name is longer than `length_max`.
inline NameHash hash_of(std::string_view name, std::size_t length_max) noexcept {
  NameHash hash;
  for (const char c : name) {
    if (is_name_separator(c)) continue;
    hash.value = (hash.value ^ static_cast<unsigned char>(lower(c))) * 16777619U;
    if (++hash.length > length_max) break;
  }
  return hash;
}

inline bool equals_normalised(std::string_view name, std::string_view normalised) noexcept {
  auto expected = normalised.begin();
  for (const char c : name) {
    if (is_name_separator(c)) continue;
    if (expected == normalised.end() || *expected != lower(c)) return false;
    ++expected;
  }
  return expected == normalised.end();
}

inline std::string normalise(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (!is_name_separator(c)) result += lower(c);
  }
  return result;
}

}  // namespace penstock::privacy
