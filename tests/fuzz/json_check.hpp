// JSON as another library reads it. That one refuses numbers that no double holds, which are JSON
// all the same, and stops at a NUL.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace penstock::fuzz {

// The bytes of the number that `text` begins with; 0 if it begins with none.
inline std::size_t number_bytes(std::string_view text) {
  std::size_t at = 0;
  const auto take_digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) ++at;
    return at > begin;
  };
  const auto take_any = [&](std::string_view of) {
    const bool there = at < text.size() && of.find(text[at]) != of.npos;
    if (there) ++at;
    return there;
  };
  take_any("-");
  if (!take_any("0") && !take_digits()) return 0;
  if (take_any(".") && !take_digits()) return 0;
  if (!take_any("eE")) return at;
  take_any("+-");
  return take_digits() ? at : 0;
}

// With 0 in place of every number.
inline std::string without_numbers(std::string_view json) {
  std::string result;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t number = in_string ? 0 : number_bytes(json.substr(at));
    if (number > 0) {
      result += '0';
      at += number;
      continue;
    }
    if (in_string && json[at] == '\\' && at + 1 < json.size())
      result += json[at++];
    else if (json[at] == '"')
      in_string = !in_string;
    result += json[at++];
  }
  return result;
}

// Discarded if it is no JSON.
inline nlohmann::json parse_json(std::string_view text) {
  if (text.find('\0') != text.npos) return nlohmann::json(nlohmann::json::value_t::discarded);
  auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_discarded() ? nlohmann::json::parse(without_numbers(text), nullptr, false) : json;
}

inline bool is_json(std::string_view text) { return !parse_json(text).is_discarded(); }

inline std::size_t depth_of(const nlohmann::json& json) {
  if (!json.is_structured()) return 0;
  std::size_t deepest = 0;
  for (const auto& member : json) deepest = std::max(deepest, depth_of(member));
  return deepest + 1;
}

}  // namespace penstock::fuzz
