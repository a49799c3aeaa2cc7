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
#include "privacy/detectors/coordinates.hpp"
#include "privacy/detectors/detector.hpp"
#include "privacy/detectors/email.hpp"
#include "privacy/detectors/home_path.hpp"
#include "privacy/detectors/iban.hpp"
#include "privacy/detectors/lettered_id.hpp"
#include "privacy/detectors/named_secret.hpp"
#include "privacy/detectors/national_id.hpp"
#include "privacy/detectors/network_address.hpp"
#include "privacy/detectors/phone.hpp"
#include "privacy/detectors/token.hpp"

namespace penstock::privacy {

enum class Kind : std::uint8_t {
  kEmail,
  kCard,
  kIban,
  kNationalId,
  kPhone,
  kIpAddress,
  kMacAddress,
  kToken,
  kSecret,
  kPrivateKey,
  kHomePath,
  kBareNationalId,
  kCoordinates,
};

struct KindInfo {
  Kind kind;
  std::string_view mask;     // what takes the place of a finding
  std::string_view name;     // in options
  std::string_view setting;  // the gateway's, true or false
  bool is_detected;          // unless options say otherwise
};

inline constexpr std::array kKindTable{
    KindInfo{Kind::kEmail, "[email]", "emails", "privacy.detect_emails", true},
    KindInfo{Kind::kCard, "[card]", "cards", "privacy.detect_cards", true},
    KindInfo{Kind::kIban, "[iban]", "ibans", "privacy.detect_ibans", true},
    KindInfo{Kind::kNationalId, "[national id]", "national_ids", "privacy.detect_national_ids",
             true},
    KindInfo{Kind::kPhone, "[phone]", "phones", "privacy.detect_phones", true},
    KindInfo{Kind::kIpAddress, "[ip]", "ip_addresses", "privacy.detect_ip_addresses", true},
    KindInfo{Kind::kMacAddress, "[mac]", "mac_addresses", "privacy.detect_mac_addresses", true},
    KindInfo{Kind::kToken, "[token]", "tokens", "privacy.detect_tokens", true},
    KindInfo{Kind::kSecret, "[secret]", "secrets", "privacy.detect_secrets", true},
    KindInfo{Kind::kPrivateKey, "[private key]", "private_keys", "privacy.detect_private_keys",
             true},
    KindInfo{Kind::kHomePath, "[user]", "home_paths", "privacy.detect_home_paths", true},
    // Ordinary numbers look like these.
    KindInfo{Kind::kBareNationalId, "[id number]", "bare_national_ids",
             "privacy.detect_bare_national_ids", false},
    KindInfo{Kind::kCoordinates, "[coordinates]", "coordinates", "privacy.detect_coordinates",
             false},
};
inline constexpr std::size_t kKinds = kKindTable.size();

constexpr std::size_t index_of(Kind kind) noexcept { return static_cast<std::size_t>(kind); }
constexpr std::string_view mask_of(Kind kind) noexcept { return kKindTable[index_of(kind)].mask; }

struct KindDetector {
  Kind kind;
  Detector detector;
};

// Several may find one kind. Where two findings begin at one place and are equally long, the earlier
// line wins.
inline constexpr std::array kDetectors{
    KindDetector{Kind::kEmail, at_mark('@', email_may_hold, email_around)},
    KindDetector{Kind::kSecret, at_mark(':', url_user_may_follow, url_user_around)},
    KindDetector{Kind::kMacAddress, at_mark(':', mac_may_hold, mac_around)},
    KindDetector{Kind::kIpAddress, at_mark(':', ipv6_may_hold, ipv6_around)},
    KindDetector{Kind::kToken, at_mark(':', header_may_end, header_secret_around)},
    KindDetector{Kind::kHomePath, at_mark('/', home_may_follow, home_user_around)},
    KindDetector{Kind::kHomePath, at_mark('\\', home_may_follow, home_user_around)},
    KindDetector{Kind::kIban, word(iban_may_begin, iban_at)},
    KindDetector{Kind::kNationalId, word(lettered_id_may_begin, lettered_id_at)},
    KindDetector{Kind::kMacAddress, word(mac_may_begin, mac_at)},
    KindDetector{Kind::kToken, word(token_may_begin, token_at)},
    KindDetector{Kind::kPrivateKey, word(private_key_may_begin, private_key_at)},
    KindDetector{Kind::kCard, number(card_may_begin, card_end)},
    KindDetector{Kind::kNationalId, number(national_id_may_begin, national_id_end)},
    KindDetector{Kind::kPhone, number(phone_may_begin, phone_end)},
    KindDetector{Kind::kIpAddress, number(ipv4_may_begin, ipv4_end)},
    KindDetector{Kind::kBareNationalId, number(bare_national_id_may_begin, bare_national_id_end)},
    KindDetector{Kind::kCoordinates, number(coordinates_may_begin, coordinates_end)},
    KindDetector{Kind::kNationalId, at_digits(digits_may_have_letters, lettered_id_around)},
};

// Calls `call` with each detector's line, as a std::integral_constant of its index: what is done
// with a line is compiled for that line.
template <typename Call>
constexpr void for_each_detector(Call&& call) noexcept {
  [&]<std::size_t... kLine>(std::index_sequence<kLine...>) {
    (call(std::integral_constant<std::size_t, kLine>()), ...);
  }(std::make_index_sequence<kDetectors.size()>());
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
