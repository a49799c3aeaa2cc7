// The kinds of personal data: a line for each. A new kind is its detector in detectors/, a line
// here, a line at its anchor in detectors.cpp, its samples in tests/unit/sdk/privacy/samples.cpp,
// and its line in gateway.example.yaml.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::privacy {

enum class Kind : std::uint8_t { kEmail, kCard, kPhone };

struct KindInfo {
  Kind kind;
  std::string_view mask;     // what takes the place of a finding
  std::string_view setting;  // the gateway's, true or false
  bool is_detected;          // unless options say otherwise
};

inline constexpr std::array kKindTable{
    KindInfo{Kind::kEmail, "[email]", "privacy.detect_emails", true},
    KindInfo{Kind::kCard, "[card]", "privacy.detect_cards", true},
    KindInfo{Kind::kPhone, "[phone]", "privacy.detect_phones", true},
};
inline constexpr std::size_t kKinds = kKindTable.size();

constexpr std::size_t index_of(Kind kind) noexcept { return static_cast<std::size_t>(kind); }
constexpr std::string_view mask_of(Kind kind) noexcept { return kKindTable[index_of(kind)].mask; }

static_assert(
    [] {
      for (std::size_t i = 0; i < kKinds; ++i)
        if (index_of(kKindTable[i].kind) != i) return false;
      return true;
    }(),
    "the lines stand in the order of the enumerators");

// Which kinds are looked for.
class DetectedKinds {
 public:
  constexpr DetectedKinds() noexcept {
    for (const KindInfo& each : kKindTable) detected_[index_of(each.kind)] = each.is_detected;
  }

  constexpr bool& operator[](Kind kind) noexcept { return detected_[index_of(kind)]; }
  constexpr bool operator[](Kind kind) const noexcept { return detected_[index_of(kind)]; }

 private:
  std::array<bool, kKinds> detected_{};
};

}  // namespace penstock::privacy
