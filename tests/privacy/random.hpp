// Choices that a seed decides, the same with every standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace penstock::corpus {

// One thread at a time.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // `bound` > 0.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  std::size_t between(std::size_t least, std::size_t most) {
    return least + below(most - least + 1);
  }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }

  template <typename List>
  const auto& one_of(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

  // So many characters of the alphabet.
  std::string of(std::string_view alphabet, std::size_t count) {
    std::string text;
    while (text.size() < count) text += alphabet[below(alphabet.size())];
    return text;
  }
  std::string digits(std::size_t count) { return of("0123456789", count); }

  // # a digit, @ one of 1 to 9, x a hex digit, A a capital, a a letter; ` takes the next one as it
  // is.
  std::string pattern(std::string_view pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      switch (pattern[i]) {
        case '#':
          text += digits(1);
          break;
        case '@':
          text += of("123456789", 1);
          break;
        case 'x':
          text += of("0123456789abcdef", 1);
          break;
        case 'A':
          text += of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
          break;
        case 'a':
          text += of("abcdefghijklmnopqrstuvwxyz", 1);
          break;
        case '`':
          ++i;
          [[fallthrough]];
        default:
          text += pattern[i];
      }
    }
    return text;
  }

 private:
  std::mt19937_64 engine_;  // whose numbers the standard fixes
};

}  // namespace penstock::corpus
