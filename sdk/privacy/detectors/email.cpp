#include "privacy/detectors/email.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "wire/utf8.hpp"

namespace penstock::privacy {
namespace {

// RFC 5321, 4.5.3.1. They also bound how far a look from each '@' goes, and so keep many of them
// linear.
constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kDomainBytesMax = 255;

constexpr std::string_view kLocalMarks = "._-+'%~!$*^";
constexpr std::string_view kNotFirst = ".'%~!$*^";  // around an address rather than its beginning

bool is_ascii(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }
bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How many bytes the UTF-8 letter at `text`'s beginning has; 0 if it is none. By blocks of Unicode,
// coarsely: punctuation and symbols (U+0080-00BF, U+2000-2FFF, U+3000-303F), full-width forms and
// emoji are none.
std::size_t letter_bytes(std::string_view text) noexcept {
  const wire::Utf8Step step = wire::utf8_step(text);
  const auto lead = static_cast<unsigned char>(text.front());
  if (!step.valid || step.bytes == 1 || step.bytes == 4) return 0;
  if (lead == 0xC2 || lead == 0xE2 || lead == 0xEF) return 0;
  if (lead == 0xE3 && text[1] == '\x80') return 0;
  return step.bytes;
}

// Of ASCII.
constexpr auto kIsLocal = [] {
  std::array<bool, 128> is_local{};
  for (std::size_t c = 0; c < is_local.size(); ++c) {
    is_local[c] = is_digit(static_cast<char>(c)) || is_letter(static_cast<char>(c));
  }
  for (const char c : kLocalMarks) is_local[static_cast<unsigned char>(c)] = true;
  return is_local;
}();
bool is_local(char c) noexcept { return kIsLocal[static_cast<unsigned char>(c)]; }

// How many bytes the character of a local part has that ends before `end`; 0 if none does.
std::size_t local_bytes_before(std::string_view text, std::size_t end, std::size_t edge) noexcept {
  if (end == edge) return 0;
  if (is_ascii(text[end - 1])) return is_local(text[end - 1]) ? 1 : 0;
  std::size_t begin = end - 1;
  while (begin > edge && end - begin < 4 && is_continuation(text[begin])) --begin;
  const std::size_t bytes = letter_bytes(text.substr(begin, end - begin));
  return bytes == end - begin ? bytes : 0;
}

std::size_t local_begin(const TextView& text, std::size_t at) noexcept {
  const std::size_t edge =
      std::max(text.edge(), at > kLocalBytesMax ? at - kLocalBytesMax : std::size_t{0});
  std::size_t begin = at;
  while (const std::size_t bytes = local_bytes_before(text.text(), begin, edge)) begin -= bytes;
  while (begin < at && !is_word(text.at(begin)) && kNotFirst.find(text.at(begin)) != kNotFirst.npos)
    ++begin;
  return begin;
}

// How many bytes the label's character at `at` has; 0 if it ends there.
std::size_t label_character_bytes(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return 0;
  if (!is_ascii(text[at])) return letter_bytes(text.substr(at));
  return is_word(text[at]) || text[at] == '-' ? 1 : 0;
}

// What follows '@' in names of files, and is no top-level domain.
bool is_file_extension(std::string_view label) noexcept {
  constexpr std::string_view kExtensions[] = {"png", "jpg",  "jpeg", "gif",  "svg", "webp", "heic",
                                              "css", "html", "js",   "json", "log", "txt",  "xml"};
  return std::any_of(
      std::begin(kExtensions), std::end(kExtensions), [label](std::string_view known) {
        return std::equal(known.begin(), known.end(), label.begin(), label.end(),
                          [](char a, char b) { return a == static_cast<char>(b | 0x20); });
      });
}

bool is_top_level(std::string_view label) noexcept {
  return label.size() >= 2 && (is_letter(label.front()) || !is_ascii(label.front())) &&
         !is_file_extension(label);
}

// The longest run of labels from `begin` on whose last one is a top-level domain; 0 if there is
// none.
std::size_t domain_end(std::string_view text, std::size_t begin) noexcept {
  text = text.substr(0, begin + kDomainBytesMax);
  std::size_t longest = 0;
  for (std::size_t label = begin; label < text.size();) {
    std::size_t end = label;
    std::size_t trimmed = label;  // hyphens at the end belong to the sentence
    while (const std::size_t bytes = label_character_bytes(text, end)) {
      end += bytes;
      if (text[end - 1] != '-') trimmed = end;
    }
    if (label != begin && is_top_level(text.substr(label, trimmed - label))) longest = trimmed;
    if (end == label || end == text.size() || text[end] != '.') break;
    label = end + 1;
  }
  return longest;
}

}  // namespace

std::optional<Extent> email_around(const TextView& text, std::size_t at) noexcept {
  const std::size_t begin = local_begin(text, at);
  if (begin == at) return std::nullopt;
  const std::size_t end = domain_end(text.text(), at + 1);
  if (end == 0) return std::nullopt;
  return Extent{begin, end};
}

std::optional<Extent> email_holding(const TextView& text, std::size_t inside) noexcept {
  const std::size_t last = std::min(text.size(), inside + kLocalBytesMax + 1);
  for (std::size_t at = inside; at < last; ++at) {
    if (text.at(at) == '@') {
      const auto email = email_around(text, at);
      return email && email->begin <= inside ? email : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace penstock::privacy
