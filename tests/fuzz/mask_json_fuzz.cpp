// Any bytes: nothing is read outside of them. Bytes that are JSON stay JSON, masking them again
// changes nothing, needs_masking foretells it, and no string or name that another JSON library
// reads from it holds personal data. As bytes that are not JSON they become one JSON string.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "check.hpp"
#include "privacy/detectors.hpp"
#include "privacy/mask.hpp"

namespace {

using namespace penstock;
using Json = nlohmann::json;

template <typename Body>
std::string written(std::size_t input_bytes, Body body) {
  std::vector<char> buffer(input_bytes * 6 + 64);
  wire::JsonWriter out(buffer.data(), buffer.size());
  body(out);
  PENSTOCK_CHECK(!out.overflowed());
  return std::string(out.text());
}

std::string masked(const privacy::RuleSet& rules, std::string_view json) {
  return written(json.size(), [&](auto& out) { privacy::write_masked_json(rules, "", json, out); });
}

void check_text(const privacy::RuleSet& rules, const std::string& text) {
  PENSTOCK_CHECK(!privacy::find_personal_data(rules, text, 0));
}

void check_value(const privacy::RuleSet& rules, const Json& value) {
  if (value.is_string()) check_text(rules, value.get<std::string>());
  if (value.is_number_integer()) check_text(rules, value.dump());
  if (!value.is_structured()) return;
  for (const auto& [name, member] : value.items()) {
    if (value.is_object()) check_text(rules, name);
    if (value.is_object() && rules.removes(name)) PENSTOCK_CHECK(member == privacy::kRemovedMask);
    check_value(rules, member);
  }
}

void check_json(const privacy::RuleSet& rules, std::string_view json) {
  const std::string once = masked(rules, json);
  PENSTOCK_CHECK(privacy::needs_masking(rules, "", json) == (once != json));
  PENSTOCK_CHECK(masked(rules, once) == once);
  const Json value = Json::parse(once, nullptr, false);
  PENSTOCK_CHECK(!value.is_discarded());
  check_value(rules, value);
}

void check_bytes(const privacy::RuleSet& rules, std::string_view bytes, std::size_t bytes_max) {
  const std::string text = written(
      bytes.size(), [&](auto& out) { privacy::write_masked_bytes(rules, bytes, bytes_max, out); });
  PENSTOCK_CHECK(Json::parse(text, nullptr, false).is_string());
}

// Deeper JSON is refused before it gets to the masks; and a NUL is where this library stops
// reading.
bool is_contracts_json(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return deepest <= 100 && text.find('\0') == text.npos && Json::accept(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const privacy::RuleSet rules;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (is_contracts_json(text)) {
    check_json(rules, text);
  } else {
    masked(rules, text);
  }
  check_bytes(rules, text, size);
  check_bytes(rules, text, size / 2);
  return 0;
}
