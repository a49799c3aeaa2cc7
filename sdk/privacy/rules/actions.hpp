// What a rule does with a field: the actions, applied to one value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wire/json_writer.hpp"

namespace penstock::privacy {

// Characters that "mask last n" keeps at most; digits that "truncate coordinates n" keeps at most.
inline constexpr unsigned kKeptCharactersMax = 16;
inline constexpr unsigned kCoordinateDigitsMax = 4;

// Of a replacement.
inline constexpr std::size_t kActionTextBytesMax = 64;

inline constexpr std::string_view kMaskedPrefix = "[masked]";

struct Action {
  enum class Kind : std::uint8_t {
    kRemove,
    kReplace,
    kMaskLast,
    kHash,
    kPseudonym,
    kTruncateIp,
    kTruncateCoordinates,
    kTruncateDay,
    kAllow,
  };

  Kind kind = Kind::kRemove;
  std::uint8_t count = 0;  // kMaskLast: characters kept; kTruncateCoordinates: digits kept
  // kReplace: what is written; kPseudonym: the id of the key. Ends with a NUL.
  char text[kActionTextBytesMax + 1] = {};

  // True if an object or array is replaced as a whole, with all that is below it. All other actions
  // but kAllow apply to each scalar below.
  bool replaces_whole() const noexcept { return kind == Kind::kRemove || kind == Kind::kReplace; }
};

struct PseudonymKey {
  std::string_view id;
  std::string_view key;  // bytes
};

// What hash and pseudonym need. Only views: what they show must live as long.
struct Secrets {
  std::string_view salt;  // the install's
  std::span<const PseudonymKey> keys = {};

  // Empty if there is no such key.
  std::string_view key(std::string_view id) const noexcept;
};

// Writes the JSON string that takes the place of `value`: the text of a string without its escapes,
// a number's digits, or a word. Any thread (a writer is one thread's), no allocation, linear time.
//
//   remove        [removed]
//   replace       the rule's text
//   mask last n   [masked] and the last n characters of UTF-8, at most a third of all: of a short
//                 value fewer, of two characters none
//   hash          h: and 16 bytes of SHA-256(salt, value) in hexadecimal
//   pseudonym     p:<key id>: and 16 bytes of HMAC-SHA-256(key, value) in hexadecimal
//   truncate      see truncation.hpp; "[removed]" if the value is not what the rule expects
//   allow         the value as it is
//
// Without a salt, or without the key that the rule names, the value becomes "[removed]": a digest
// that everybody can compute hides nothing.
//
// Masking what is masked already changes nothing: all actions but remove, replace and allow leave
// the masks of detectors, "[removed]", hashes and pseudonyms (of any key) as they are.
void apply(const Action& action, const Secrets& secrets, std::string_view value,
           wire::JsonWriter& out) noexcept;

}  // namespace penstock::privacy
