// The kinds of personal data: a line for each. A new kind is its detector in detectors/, a line
// here, and its samples in tests/unit/sdk/privacy/samples.cpp; the gateway's setting follows from
// the line, and stands in gateway.example.yaml like every other one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "privacy/detectors/card.hpp"
#include "privacy/detectors/detector.hpp"
#include "privacy/detectors/email.hpp"
#include "privacy/detectors/national_id.hpp"
#include "privacy/detectors/phone.hpp"

namespace penstock::privacy {

enum class Kind : std::uint8_t { kEmail, kCard, kNationalId, kPhone };

struct KindInfo {
  Kind kind;
  std::string_view mask;     // what takes the place of a finding
  std::string_view setting;  // the gateway's, true or false
  bool is_detected;          // unless options say otherwise
  Detector detector;
};

// Where two findings begin at one place and are equally long, the earlier line wins.
inline constexpr std::array kKindTable{
    KindInfo{Kind::kEmail, "[email]", "privacy.detect_emails", true,
             around('@', email_around, email_holding)},
    KindInfo{Kind::kCard, "[card]", "privacy.detect_cards", true, number(card_may_begin, card_end)},
    KindInfo{Kind::kNationalId, "[national id]", "privacy.detect_national_ids", true,
             number(national_id_may_begin, national_id_end)},
    KindInfo{Kind::kPhone, "[phone]", "privacy.detect_phones", true,
             number(phone_may_begin, phone_end)},
};
inline constexpr std::size_t kKinds = kKindTable.size();

constexpr std::size_t index_of(Kind kind) noexcept { return static_cast<std::size_t>(kind); }
constexpr std::string_view mask_of(Kind kind) noexcept { return kKindTable[index_of(kind)].mask; }

// Calls `call` with the index of each line, as a std::integral_constant: what it does with a line
// is compiled for that line.
template <typename Call>
constexpr void for_each_kind(Call&& call) noexcept {
  [&]<std::size_t... kLine>(std::index_sequence<kLine...>) {
    (call(std::integral_constant<std::size_t, kLine>()), ...);
  }(std::make_index_sequence<kKinds>());
}

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
