#include "media_type.hpp"

#include <algorithm>

#include "wire/field_names.hpp"

namespace penstock::gateway {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes what comes before `separator` off the front of `text`, and the separator.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return trimmed(part);
}

bool names_other_charset(std::string_view parameter) noexcept {
  const std::string_view name = take_until(parameter, '=');
  std::string_view value = trimmed(parameter);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return same(name, "charset") && !same(value, "utf-8") && !same(value, "utf8");
}

}  // namespace

std::optional<BodyFormat> body_format(std::string_view content_type) noexcept {
  const std::string_view type = take_until(content_type, ';');
  while (!content_type.empty()) {
    if (names_other_charset(take_until(content_type, ';'))) return std::nullopt;
  }
  if (same(type, wire::kContentTypeJson)) return BodyFormat::kJson;
  if (same(type, wire::kContentTypeNdjson)) return BodyFormat::kNdjson;
  return std::nullopt;
}

std::optional<BodyCoding> body_coding(std::string_view content_encoding) noexcept {
  const std::string_view coding = trimmed(content_encoding);
  if (coding.empty() || same(coding, "identity")) return BodyCoding::kIdentity;
  if (same(coding, "gzip") || same(coding, "x-gzip")) return BodyCoding::kGzip;
  if (same(coding, "zstd")) return BodyCoding::kZstd;
  return std::nullopt;
}

}  // namespace penstock::gateway
