// Which fields must not leave by their name, and which detectors look into the text of the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::privacy {

// What a detector finds. Also the word in the mask: an e-mail address becomes "[email]".
enum class Kind : std::uint8_t { kEmail, kCard, kPhone };

// "[email]", "[card]" or "[phone]"; and what a field removed by its name holds instead.
std::string_view mask_of(Kind kind) noexcept;
inline constexpr std::string_view kRemovedMask = "[removed]";

struct RuleSetOptions {
  // Names of fields whose value is replaced by kRemovedMask, in addition to the built-in ones (password,
  // token, authorization, cardNumber, cin, ssn, …: see rule_set.cpp). Compared without case, '_', '-', '.'
  // and spaces: "api_key" also names "apiKey" and "API-Key".
  std::vector<std::string> remove_fields;
  // Names that are left alone though built in. Wins over remove_fields.
  std::vector<std::string> allow_fields;
  bool detect_emails = true;
  bool detect_cards = true;
  bool detect_phones = true;
};

// Immutable after construction: any thread.
class RuleSet {
 public:
  RuleSet() : RuleSet(RuleSetOptions{}) {}
  explicit RuleSet(const RuleSetOptions& options);

  // True if the value of a field of this name (UTF-8, unescaped) must be removed. No allocation.
  bool removes(std::string_view field_name) const noexcept;

  bool detects(Kind kind) const noexcept { return (detectors_ >> static_cast<unsigned>(kind)) & 1U; }

 private:
  // Which pairs of a first and a last letter the names have: it rules out almost every other name at once.
  bool may_remove(std::string_view field_name) const noexcept;

  // Open addressing over the normalised names' hashes; names kept to rule out collisions.
  std::vector<std::string> slots_;
  std::array<std::uint32_t, 32> last_letters_{};  // by first letter
  std::size_t longest_ = 0;
  std::uint8_t detectors_ = 0;
};

}  // namespace penstock::privacy
