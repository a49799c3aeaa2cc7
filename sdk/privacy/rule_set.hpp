// Which fields must not leave by their name, and which detectors look into the text of the others.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "privacy/kinds.hpp"
#include "privacy/rules/path_rules.hpp"

namespace penstock::privacy {

// What a field removed by its name holds instead.
inline constexpr std::string_view kRemovedMask = "[removed]";

struct RuleSetOptions {
  // Names of fields whose value is replaced by kRemovedMask, in addition to the built-in ones
  // (password, token, authorization, cardNumber, cin, ssn, …: see rule_set.cpp). Compared without
  // case, '_', '-', '.' and spaces: "api_key" also names "apiKey" and "API-Key".
  std::vector<std::string> remove_fields;
  // Names that are left alone though built in, also where a text gives a value to one ("pin=4").
  // Wins over remove_fields.
  std::vector<std::string> allow_fields;
  DetectedKinds detect = {};
  // Rules by the path of a field, which win over all of the above.
  PathRules paths = {};
  // What their hashes and pseudonyms need.
  std::string salt = {};
  std::vector<std::pair<std::string, std::string>> pseudonym_keys = {};  // id and key
};

// Immutable after construction but for its salt: any thread. Copies share the salt of use_salt().
class RuleSet {
 public:
  RuleSet() : RuleSet(RuleSetOptions{}) {}
  // Once at the start: small rather than fast.
  [[gnu::cold]] explicit RuleSet(const RuleSetOptions& options);

  // True if the value of a field of this name (UTF-8, unescaped) must be removed. No allocation.
  bool removes(std::string_view field_name) const noexcept {
    return !field_name.empty() && may_remove(field_name) && finds(field_name);
  }

  // True if the options say that a field of this name is left alone. No allocation.
  [[gnu::cold]] bool allows(std::string_view field_name) const noexcept;

  const PathRules& paths() const noexcept { return paths_; }
  Secrets secrets() const noexcept {
    const std::string* const salt = later_salts_->current.load(std::memory_order_acquire);
    return {salt != nullptr ? *salt : keys_->salt, keys_->keys};
  }
  // Later hashes use this salt. One thread at a time may call it; other threads may mask meanwhile,
  // so the rules keep each earlier salt. Throws std::bad_alloc.
  void use_salt(std::string salt) {
    later_salts_->all.push_front(std::move(salt));
    later_salts_->current.store(&later_salts_->all.front(), std::memory_order_release);
  }

  bool detects(Kind kind) const noexcept { return detected_[kind]; }

 private:
  static constexpr unsigned letter(char c) noexcept { return static_cast<unsigned char>(c) & 31U; }
  static constexpr bool may_be_separator(char c) noexcept { return c < '0' || c == '_'; }
  // The third letter, or the last one of a shorter name.
  static constexpr char third_of(std::string_view name) noexcept {
    return name.size() > 2 ? name[2] : name.back();
  }
  // By four of its letters, which rules out almost every name that is not removed.
  bool may_remove(std::string_view field_name) const noexcept {
    const char first = field_name.front();
    const char second = field_name[field_name.size() > 1 ? 1 : 0];
    const char last = field_name.back();
    if (may_be_separator(first) || may_be_separator(second) || may_be_separator(last)) return true;
    const Letters& letters = by_first_[letter(first)];
    if ((letters.second >> letter(second) & letters.last >> letter(last) & 1U) == 0) return false;
    const char third = third_of(field_name);
    return may_be_separator(third) || (letters.third >> letter(third) & 1U) != 0;
  }
  bool finds(std::string_view field_name) const noexcept;

  // Open addressing over the normalised names' hashes; names kept to rule out collisions.
  std::vector<std::string> slots_;
  struct Letters {
    // A bit for each letter; both cases share one.
    std::uint32_t second = 0, third = 0, last = 0;
  };
  std::array<Letters, 32> by_first_{};
  std::size_t longest_ = 0;
  std::vector<std::string> allowed_;  // normalised
  DetectedKinds detected_;
  PathRules paths_;
  struct Keys {
    std::string salt;
    std::vector<std::pair<std::string, std::string>> named;
    std::vector<PseudonymKey> keys;  // views of these
  };
  std::shared_ptr<const Keys> keys_;
  struct LaterSalts {  // in place of that of keys_
    std::atomic<const std::string*> current{nullptr};
    std::forward_list<std::string> all;
  };
  std::shared_ptr<LaterSalts> later_salts_ = std::make_shared<LaterSalts>();
};

}  // namespace penstock::privacy
