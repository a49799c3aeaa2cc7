#include <array>

#include "privacy/values.hpp"

namespace penstock::corpus {

Value ipv4(Random& random) {
  std::string text = std::to_string(random.between(1, 223));
  for (int i = 0; i < 3; ++i) text += "." + std::to_string(random.below(256));
  return text;
}

// RFC 5952 and what programs write besides: all eight groups, or with "::".
Value ipv6(Random& random) {
  const auto group = [&] {
    constexpr std::array<const char*, 3> kForms = {"xxxx", "xxx", "xx"};
    return random.pattern(random.one_of(kForms));
  };
  const std::string begin = random.one_of(std::array<const char*, 3>{"2001:db8", "2a02", "fe80"});
  if (random.chance(2)) return begin + "::" + group() + ":" + group() + ":" + group();
  std::string text = begin;
  for (std::size_t groups = begin == "2001:db8" ? 2 : 1; groups < 8; ++groups)
    text += ":" + group();
  return text;
}

Value mac_address(Random& random) {
  const char joint = random.chance(3) ? '-' : ':';
  std::string text = random.pattern("xx");
  for (int i = 0; i < 5; ++i) text += joint + random.pattern("xx");
  if (random.chance(3)) {
    for (char& c : text) {
      if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    }
  }
  return text;
}

}  // namespace penstock::corpus
