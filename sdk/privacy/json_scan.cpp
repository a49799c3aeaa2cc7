#include "privacy/json_scan.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "wire/simd.hpp"

namespace penstock::privacy {
namespace {

using wire::Block;

// The first '"' or backslash from `at` on, or json.size().
std::size_t find_quote_or_escape(std::string_view json, std::size_t at) noexcept {
  while (at < json.size()) {
    const std::size_t rest = json.size() - at;
    const Block block = rest >= Block::kBytes ? Block::load(json.data() + at)
                                              : Block::load_part(json.data() + at, rest);
    if (const std::uint32_t found = (block.equals('"') | block.equals('\\')).bits()) {
      return at + static_cast<std::size_t>(std::countr_zero(found));
    }
    at += std::min(rest, Block::kBytes);
  }
  return json.size();
}

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool ends_scalar(char c) noexcept {
  return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' ||
         c == '{';
}

}  // namespace

std::size_t skip_space(std::string_view json, std::size_t at) noexcept {
  while (at < json.size() && is_space(json[at])) ++at;
  return at;
}

std::size_t string_end(std::string_view json, std::size_t open) noexcept {
  std::size_t at = find_quote_or_escape(json, open + 1);
  while (at < json.size() && json[at] == '\\') {
    at = find_quote_or_escape(json, std::min(at + 2, json.size()));
  }
  return at;
}

std::size_t scalar_end(std::string_view json, std::size_t at) noexcept {
  do {
    ++at;
  } while (at < json.size() && !ends_scalar(json[at]));
  return std::min(at, json.size());
}

std::size_t value_end(std::string_view json, std::size_t at) noexcept {
  std::size_t depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = std::min(string_end(json, at) + 1, json.size());
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      --depth;
      ++at;
    } else {
      at = depth == 0 ? scalar_end(json, at) : at + 1;
    }
    if (depth == 0) return at;
  }
  return at;
}

bool names_field(std::string_view json, std::size_t quote) noexcept {
  const std::size_t next = skip_space(json, quote + 1);
  return next < json.size() && json[next] == ':';
}

}  // namespace penstock::privacy
