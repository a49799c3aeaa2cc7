// Masks for the names of fields, which stay apart where their originals did: of two members with
// one name most readers of JSON keep only the last.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "privacy/rule_set.hpp"

namespace penstock::privacy {

// For one JSON value, whose masked names are counted together: "[email]", "[email 2]", "[phone]".
// One thread at a time.
class NameMasks {
 public:
  // What replaces the next finding of `kind` in a name; valid until the next call. `json` is the
  // whole value: what it holds of this form already is not given again.
  std::string_view next(Kind kind, std::string_view json) noexcept;

 private:
  std::array<std::uint64_t, kKinds> next_{};  // 0: not looked yet
  std::array<char, 40> text_;
};

}  // namespace penstock::privacy
