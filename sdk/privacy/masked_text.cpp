#include "privacy/masked_text.hpp"

#include "privacy/decoded_text.hpp"
#include "privacy/mask.hpp"
#include "wire/json_writer.hpp"

namespace penstock::privacy {
namespace {

std::string unescaped(std::string_view escaped) {
  std::string text;
  text.reserve(escaped.size());
  while (!escaped.empty()) {
    const std::string_view plain = escaped.substr(0, escaped.find('\\'));
    text += plain;
    escaped.remove_prefix(plain.size());
    if (escaped.empty()) break;
    const Unescaped next = unescape_next(escaped);
    text.append(next.bytes.data(), next.count);
    escaped.remove_prefix(next.escaped_count);
  }
  return text;
}

}  // namespace

std::string masked_text(const RuleSet& rules, std::string_view text) {
  // Masks and escapes may be longer than what they replace.
  std::string buffer;
  for (std::size_t capacity = text.size() + 64;; capacity *= 2) {
    buffer.resize(capacity);
    wire::JsonWriter out(buffer.data(), buffer.size());
    write_masked(rules, text, out);
    if (out.overflowed()) continue;
    const std::string_view quoted = out.text();
    return unescaped(quoted.substr(1, quoted.size() - 2));
  }
}

}  // namespace penstock::privacy
