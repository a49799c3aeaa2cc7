#include "privacy/detectors/named_secret.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace penstock::privacy {
namespace {

constexpr std::size_t kNameMax = 64;

bool is_name(char c) noexcept { return is_word(c) || c == '-' || c == '.'; }
bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_quote(char c) noexcept { return c == '"' || c == '\'' || c == '`'; }

// Lower case, without separators; one name may end with another.
constexpr std::string_view kSecretNames[] = {
    "password",     "passwd",     "pwd",       "passphrase",  "passcode",   "secret",
    "token",        "apikey",     "accesskey", "secretkey",   "privatekey", "accountkey",
    "sharedaccess", "signingkey", "signature", "credential",  "authkey",    "sessionid",
    "sessid",       "sessionkey", "clientkey", "accesskeyid", "masterkey",  "encryptionkey"};
// These only as whole names, or behind a separator.
constexpr std::string_view kShortNames[] = {"pass", "pw", "sig", "sid", "auth", "jwt", "otp"};

// Of each letter that ends a name, a bit for each one before it; both cases share one.
constexpr auto kEndings = [] {
  std::array<std::uint32_t, 32> endings{};
  const auto add = [&](std::string_view name) {
    endings[static_cast<unsigned char>(name.back()) & 31U] |=
        1U << (static_cast<unsigned char>(name[name.size() - 2]) & 31U);
  };
  for (const std::string_view name : kSecretNames) add(name);
  for (const std::string_view name : kShortNames) add(name);
  return endings;
}();

bool may_end_secret(char last_but_one, char last) noexcept {
  return (kEndings[static_cast<unsigned char>(last) & 31U] >>
              (static_cast<unsigned char>(last_but_one) & 31U) &
          1U) != 0;
}

bool ends_with(std::string_view name, std::string_view ending, bool parted) noexcept {
  std::size_t left = ending.size();
  std::size_t at = name.size();
  while (left > 0) {
    if (at == 0) return false;
    const char c = name[--at];
    if (c == '_' || c == '-' || c == '.') continue;
    if ((c | 0x20) != ending[--left]) return false;
  }
  return !parted || at == 0 || !(is_digit(name[at - 1]) || is_letter(name[at - 1]));
}

// True if what begins at `at` is "name=", so that what stands before ends here.
bool begins_pair(const TextView& text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end - at < kNameMax && is_name(text.at(end))) ++end;
  return end > at && text.at(end) == '=';
}

std::size_t value_end(const TextView& text, std::size_t begin) noexcept {
  std::size_t at = begin;
  for (; at < text.size(); ++at) {
    const char c = text.at(at);
    if (is_space(c) || is_quote(c) || c == ';' || c == '\0') break;
    const bool parts = c == '&' || c == ',';
    if (!parts) continue;
    const char next = text.at(at + 1);
    if (at == begin || next == '\0' || is_space(next) || is_quote(next) ||
        begins_pair(text, at + 1))
      break;
  }
  return at;
}

// "[secret]" and the other masks, whole.
bool is_mask(const TextView& text, Extent value) noexcept {
  if (value.end - value.begin < 3 || text.at(value.begin) != '[') return false;
  for (std::size_t i = value.begin + 1; i < value.end; ++i) {
    const char c = text.at(i);
    if (c == ']') return true;
    if (!is_letter(c) && !is_digit(c) && c != ' ') return false;
  }
  return false;
}

}  // namespace

bool names_secret(std::string_view name) noexcept {
  if (name.size() < 2 || !may_end_secret(name[name.size() - 2], name.back())) return false;
  return std::any_of(std::begin(kSecretNames), std::end(kSecretNames),
                     [&](std::string_view known) { return ends_with(name, known, false); }) ||
         std::any_of(std::begin(kShortNames), std::end(kShortNames),
                     [&](std::string_view known) { return ends_with(name, known, true); });
}

std::string_view name_before(const TextView& text, std::size_t at) noexcept {
  const std::size_t end = at - (text.before(at) == ' ' ? 1U : 0U);
  std::size_t begin = end;
  while (end - begin <= kNameMax && is_name(text.before(begin))) --begin;
  return end - begin > kNameMax ? std::string_view() : text.text().substr(begin, end - begin);
}

std::optional<Extent> value_behind(const TextView& text, std::size_t at) noexcept {
  std::size_t begin = at + 1;
  if (text.at(begin) == '>') ++begin;
  if (text.at(begin) == ' ') ++begin;
  const bool quoted = is_quote(text.at(begin));
  const bool spaced = text.before(at) == ' ' || begin > at + 1;
  if ((spaced && !quoted) || text.at(begin) == '=') return std::nullopt;
  Extent value{begin, begin};
  if (quoted) {
    ++value.begin;
    const auto close = text.text().find(text.at(begin), value.begin);
    value.end = close == std::string_view::npos ? text.size() : close;
  } else {
    value.end = value_end(text, begin);
  }
  if (value.begin >= value.end || is_mask(text, value)) return std::nullopt;
  return value;
}

std::optional<Extent> header_secret_around(const TextView& text, std::size_t at) noexcept {
  std::size_t name = at;
  while (at - name < kNameMax && (is_word(text.before(name)) || text.before(name) == '-')) --name;
  const std::string_view header = text.text().substr(name, at - name);
  const bool cookie = ends_with(header, "cookie", true);
  const bool compound = header.find('-') != header.npos;
  if (!cookie && !ends_with(header, "authorization", true) && !(compound && names_secret(header)))
    return std::nullopt;
  std::size_t begin = at + 1;
  while (begin - at < 3 && text.at(begin) == ' ') ++begin;
  std::size_t end = begin;
  if (cookie) {
    while (end < text.size() && text.at(end) != '\n' && text.at(end) != '\r' &&
           !is_quote(text.at(end)))
      ++end;
  } else {
    // A scheme, one space and what it needs.
    std::size_t word = begin;
    while (is_letter(text.at(word)) && word - begin < kNameMax) ++word;
    if (word > begin && text.at(word) == ' ' && !is_space(text.at(word + 1))) begin = word + 1;
    end = value_end(text, begin);
  }
  if (end == begin || is_mask(text, {begin, end})) return std::nullopt;
  return Extent{begin, end};
}

std::optional<Extent> url_user_around(const TextView& text, std::size_t at) noexcept {
  constexpr std::size_t kUserInfoMax = 255;
  if (text.at(at + 1) != '/' || text.at(at + 2) != '/') return std::nullopt;
  const std::size_t begin = at + 3;
  std::size_t colon = 0, last = 0;
  for (std::size_t i = begin; i - begin <= kUserInfoMax; ++i) {
    const char c = text.at(i);
    if (c == '/' || c == '?' || c == '#' || c == '\0' || is_space(c) || is_quote(c) || c == '<' ||
        c == '>' || c == '\\' || c == '[' || c == ']')
      break;
    if (c == ':' && colon == 0) colon = i;
    if (c == '@') last = i;
  }
  if (colon == 0 || last <= colon + 1) return std::nullopt;
  return Extent{begin, last};
}

std::size_t value_goes_on(const TextView& text, std::size_t from) noexcept {
  return value_end(text, from);
}

}  // namespace penstock::privacy
