// Which fields must not leave by their name, and which detectors look into the text of the others.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
  static constexpr std::uint64_t in_each_byte(std::uint8_t byte) noexcept {
    return std::uint64_t{byte} * 0x0101010101010101U;
  }
  // The first four letters of a name and the last four; of a short one the first, middle and last,
  // some of them twice.
  static std::uint64_t ends_of(std::string_view name) noexcept {
    std::uint32_t begin = 0, end = 0;
    if (name.size() >= sizeof begin) {
      std::memcpy(&begin, name.data(), sizeof begin);
      std::memcpy(&end, name.data() + name.size() - sizeof end, sizeof end);
    } else {
      const auto letter = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(name[i])};
      };
      begin = end = letter(0) | letter(name.size() / 2) << 8 | letter(name.size() - 1) << 16 |
                    letter(0) << 24;
    }
    return begin | std::uint64_t{end} << 32;
  }
  // True if one of the bytes may be a separator: below '0', '_' or not ASCII.
  static constexpr bool may_hold_separator(std::uint64_t ends) noexcept {
    const std::uint64_t underscores = ends ^ in_each_byte('_');
    return ((ends | (ends - in_each_byte('0')) | (underscores - in_each_byte(1))) &
            in_each_byte(0x80)) != 0;
  }
  // Which bit of name_bits_ stands for a name; both cases of a letter are one.
  static constexpr std::size_t name_bit(std::uint64_t ends) noexcept {
    return (ends & in_each_byte(0x1F)) * 0x9E3779B97F4A7C15U >> 52;
  }
  // By some of its letters, which rules out almost every name that is not removed.
  bool may_remove(std::string_view field_name) const noexcept {
    const std::uint64_t ends = ends_of(field_name);
    if (may_hold_separator(ends)) return true;
    const std::size_t bit = name_bit(ends);
    return (name_bits_[bit / 32] >> bit % 32 & 1U) != 0;
  }
  bool finds(std::string_view field_name) const noexcept;

  // Open addressing over the normalised names' hashes; names kept to rule out collisions.
  std::vector<std::string> slots_;
  std::array<std::uint32_t, 4096 / 32> name_bits_{};  // of some 130 names
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
