// The texts that values stand in, and texts without personal data.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "privacy/random.hpp"

namespace penstock::corpus {

// A text in one of five languages, a log line or a piece of code, with the value in it.
std::string framed(Random& random, std::string_view value);

struct OrdinaryKind {
  std::string_view name;
  std::string (*make)(Random&);
};

// What programs record all day, and what must not be masked.
const std::vector<OrdinaryKind>& kinds_of_ordinary();

}  // namespace penstock::corpus
