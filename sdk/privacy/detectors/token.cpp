#include "privacy/detectors/token.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace penstock::privacy {
namespace {

// base64url (RFC 4648, 5).
bool is_base64url(char c) noexcept { return is_word(c) || c == '-'; }
// b64token (RFC 6750, 2.1) holds all that tokens are written with.
bool is_token(char c) noexcept {
  return is_base64url(c) || c == '.' || c == '+' || c == '/' || c == '=' || c == '~';
}

std::size_t run_end(const TextView& text, std::size_t begin, bool (*holds)(char) noexcept,
                    std::size_t bytes_max) noexcept {
  std::size_t end = begin;
  while (end - begin < bytes_max && holds(text.at(end))) ++end;
  return end;
}

constexpr std::size_t kEndless = static_cast<std::size_t>(-1);

// --- JSON Web Tokens

std::optional<Extent> jwt_at(const TextView& text, std::size_t at) noexcept {
  constexpr std::size_t kHeaderMax = 900, kHeaderMin = 10;
  const std::size_t header = run_end(text, at, is_base64url, kHeaderMax);
  if (header - at < kHeaderMin || text.at(header) != '.' || !is_base64url(text.at(header + 1)))
    return std::nullopt;
  std::size_t end = header;
  for (int part = 1; part < 5 && text.at(end) == '.'; ++part) {
    const std::size_t next = run_end(text, end + 1, is_base64url, kEndless);
    if (next == end + 1 && !is_base64url(text.at(next)) && text.at(next) != '.') break;
    end = next;
  }
  return Extent{at, end};
}

// --- Keys by their prefix

enum class Form : unsigned char { kCapital, kAlphanumeric, kBase64Url, kHex };

struct Key {
  std::string_view prefix;
  unsigned char least;  // bytes behind the prefix
  Form form;
};
constexpr Key kKeys[] = {
    {"AKIA", 16, Form::kCapital},  // Amazon Web Services
    {"ASIA", 16, Form::kCapital},
    {"ABIA", 16, Form::kCapital},
    {"ACCA", 16, Form::kCapital},
    {"AIza", 30, Form::kBase64Url},  // Google
    {"GOCSPX-", 20, Form::kBase64Url},
    {"ATATT3", 40, Form::kBase64Url},  // Atlassian
    {"dckr_pat_", 20, Form::kBase64Url},
    {"dop_v1_", 40, Form::kHex},  // DigitalOcean
    {"doo_v1_", 40, Form::kHex},
    {"dp.pt.", 30, Form::kAlphanumeric},  // Doppler
    {"eyJ", 0, Form::kBase64Url},         // a JSON Web Token: see jwt_at
    {"ghp_", 30, Form::kAlphanumeric},    // GitHub
    {"gho_", 30, Form::kAlphanumeric},
    {"ghu_", 30, Form::kAlphanumeric},
    {"ghs_", 30, Form::kAlphanumeric},
    {"ghr_", 30, Form::kAlphanumeric},
    {"github_pat_", 40, Form::kBase64Url},
    {"glpat-", 18, Form::kBase64Url},  // GitLab
    {"gldt-", 18, Form::kBase64Url},
    {"glrt-", 18, Form::kBase64Url},
    {"glptt-", 18, Form::kBase64Url},
    {"glcbt-", 18, Form::kBase64Url},
    {"glsoat-", 18, Form::kBase64Url},
    {"glc_", 30, Form::kBase64Url},  // Grafana
    {"glsa_", 30, Form::kBase64Url},
    {"hf_", 30, Form::kAlphanumeric},  // Hugging Face
    {"lin_api_", 30, Form::kAlphanumeric},
    {"npm_", 30, Form::kAlphanumeric},
    {"nvapi-", 40, Form::kBase64Url},
    {"pypi-", 40, Form::kBase64Url},
    {"rk_live_", 16, Form::kAlphanumeric},  // Stripe
    {"rk_test_", 16, Form::kAlphanumeric},
    {"rubygems_", 40, Form::kHex},
    {"sk-", 20, Form::kBase64Url},  // OpenAI, Anthropic and others
    {"sk_live_", 16, Form::kAlphanumeric},
    {"sk_test_", 16, Form::kAlphanumeric},
    {"shpat_", 32, Form::kHex},  // Shopify
    {"shpss_", 32, Form::kHex},
    {"shpca_", 32, Form::kHex},
    {"sq0atp-", 20, Form::kBase64Url},  // Square
    {"sq0csp-", 30, Form::kBase64Url},
    {"whsec_", 20, Form::kBase64Url},
    {"xapp-", 20, Form::kBase64Url},  // Slack
    {"xoxa-", 20, Form::kBase64Url},
    {"xoxb-", 20, Form::kBase64Url},
    {"xoxe-", 20, Form::kBase64Url},
    {"xoxe.", 20, Form::kBase64Url},
    {"xoxo-", 20, Form::kBase64Url},
    {"xoxp-", 20, Form::kBase64Url},
    {"xoxr-", 20, Form::kBase64Url},
    {"xoxs-", 20, Form::kBase64Url},
};

// Of each first character of a prefix, from '@' on, a bit for each second one.
constexpr auto kPrefixes = [] {
  std::array<std::uint64_t, 64> prefixes{};
  for (const Key& key : kKeys)
    prefixes[static_cast<std::size_t>(key.prefix[0] - '@')] |=
        std::uint64_t{1} << (static_cast<unsigned char>(key.prefix[1]) & 63U);
  return prefixes;
}();

constexpr bool fits(Form form, char c) noexcept {
  switch (form) {
    case Form::kCapital:
      return is_digit(c) || (c >= 'A' && c <= 'Z');
    case Form::kAlphanumeric:
      return is_digit(c) || is_letter(c);
    case Form::kBase64Url:
      return is_word(c) || c == '-';
    case Form::kHex:
      return is_hex_digit(c);
  }
  return false;
}

std::optional<Extent> key_at(const TextView& text, std::size_t at, const Key& key) noexcept {
  const std::size_t begin = at + key.prefix.size();
  std::size_t end = begin;
  bool has_digit = false, is_plain = true;  // "sk-" and what is a word or a name
  for (; fits(key.form, text.at(end)); ++end) {
    has_digit |= is_digit(text.at(end));
    is_plain &= !(text.at(end) >= 'A' && text.at(end) <= 'Z');
  }
  if (end - begin < key.least || (is_plain && !has_digit)) return std::nullopt;
  // What follows a shorter form belongs to the same secret.
  return Extent{at, run_end(text, end, is_base64url, kEndless)};
}

std::optional<Extent> prefixed_at(const TextView& text, std::size_t at) noexcept {
  const char first = text.at(at);
  if (!is_key_prefix(first, text.at(at + 1))) return std::nullopt;
  const std::string_view rest = text.text().substr(at);
  for (const Key& key : kKeys) {
    if (key.prefix[0] != first || !rest.starts_with(key.prefix)) continue;
    const auto found = key.prefix == "eyJ" ? jwt_at(text, at) : key_at(text, at, key);
    if (found) return found;
  }
  return std::nullopt;
}

// --- Behind the name of a scheme

bool ends_with(const TextView& text, std::size_t end, std::string_view lower) noexcept {
  for (std::size_t i = 0; i < lower.size(); ++i)
    if ((text.before(end, i + 1) | 0x20) != lower[lower.size() - 1 - i]) return false;
  return !is_word(text.before(end, lower.size() + 1));
}

// What tells a token from the next word of a sentence: "Basic authentication".
bool is_plain_word(const TextView& text, std::size_t begin, std::size_t end) noexcept {
  for (std::size_t i = begin; i < end; ++i) {
    const char c = text.at(i);
    if (is_digit(c) || c == '=' || c == '+' || (i > begin && c >= 'A' && c <= 'Z')) return false;
  }
  return true;
}

std::optional<Extent> scheme_token_at(const TextView& text, std::size_t at) noexcept {
  // A '.', '+' or '/' of the token may part it into words.
  constexpr std::size_t kBackMax = 48;
  std::size_t begin = at;
  while (at - begin < kBackMax && is_token(text.before(begin))) --begin;
  if (text.before(begin) != ' ' && text.before(begin) != ':') return std::nullopt;
  std::size_t scheme = begin - 1;
  if (text.before(scheme) == ':') --scheme;
  if (!ends_with(text, scheme, "bearer") && !ends_with(text, scheme, "basic")) return std::nullopt;
  const std::size_t end = run_end(text, begin, is_token, kEndless);
  if (is_plain_word(text, begin, std::min(end, begin + kBackMax))) return std::nullopt;
  return Extent{begin, end};
}

// --- Private keys

constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ", kLineEnd = "-----";

bool is_of_key(char c) noexcept {
  return is_token(c) || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ':' || c == ',' ||
         c == '\\';
}

}  // namespace

bool is_key_prefix(char first, char second) noexcept {
  // Without a branch: half of the characters of a hash are letters.
  const std::uint64_t seconds = kPrefixes[static_cast<unsigned char>(first) & 63U];
  return (seconds >> (static_cast<unsigned char>(second) & 63U) & (first >= '@' ? 1U : 0U)) != 0;
}

std::optional<Extent> token_at(const TextView& text, std::size_t at) noexcept {
  if (const auto key = prefixed_at(text, at)) return key;
  return scheme_token_at(text, at);
}

std::size_t token_goes_on(const TextView& text, std::size_t from) noexcept {
  return run_end(text, from, is_token, kEndless);
}

std::optional<Extent> private_key_at(const TextView& text, std::size_t at) noexcept {
  constexpr std::size_t kLabelMax = 64;
  if (!text.text().substr(at).starts_with(kBegin)) return std::nullopt;
  const std::size_t label = at + kBegin.size();
  const std::string_view line = text.text().substr(label, kLabelMax);
  const auto label_end = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");
  if (label_end == line.npos || !line.substr(label_end).starts_with(kLineEnd) ||
      line.substr(0, label_end).find("PRIVATE KEY") == line.npos)
    return std::nullopt;
  return Extent{at, private_key_goes_on(text, label + label_end + kLineEnd.size())};
}

std::size_t private_key_goes_on(const TextView& text, std::size_t from) noexcept {
  std::size_t at = from;
  for (; is_of_key(text.at(at)); ++at) {
    if (text.at(at) != '-' || !text.text().substr(at).starts_with(kEnd)) continue;
    const auto line_end = text.text().find(kLineEnd, at + kEnd.size());
    return line_end == std::string_view::npos ? text.size() : line_end + kLineEnd.size();
  }
  return at;
}

}  // namespace penstock::privacy
