#include "mask_lines.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "explanation.hpp"
#include "privacy/mask.hpp"
#include "privacy/masked_text.hpp"
#include "privacy/places.hpp"
#include "record_view.hpp"
#include "wire/bounded_json.hpp"
#include "wire/json_writer.hpp"

namespace penstock::ctl {
namespace {

[[noreturn]] void refuse(std::uint64_t line, const std::string& why) {
  throw std::runtime_error("line " + std::to_string(line) + ' ' + why);
}

// False at the end.
bool read_line(std::istream& in, std::uint64_t number, std::string& line) {
  using Traits = std::istream::traits_type;
  line.clear();
  for (;;) {
    const auto next = in.rdbuf()->sbumpc();
    const bool at_end = Traits::eq_int_type(next, Traits::eof());
    if (at_end && line.empty()) return false;
    if (at_end || next == '\n') break;
    if (line.size() == kMaskLineBytesMax)
      refuse(number, "is longer than 1 MiB; is the input text, with lines?");
    line += Traits::to_char_type(next);
  }
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

void check_json(std::uint64_t number, const std::string& line) {
  const auto json = wire::parse_bounded<nlohmann::json>(line);
  if (json.is_discarded())
    refuse(number, "is not JSON, or nested deeper than 32 levels; without --json it is text");
  if (!json.is_object()) refuse(number, "is not a JSON object; an event is one");
}

// Without rules by path the event's bytes stay, but for what is masked.
void write_event(const privacy::RuleSet& rules, std::string_view event, wire::JsonWriter& out,
                 Explanation& why) {
  if (!rules.paths().empty()) {
    privacy::write_event_and_places(rules, event, out, why);
  } else if (privacy::write_masked_json(rules, "", event, out) != 0) {
    privacy::read_places_json(rules, event, why);
  }
}

std::string masked_event(const privacy::RuleSet& rules, std::string_view event, Explanation& why) {
  std::string buffer;
  for (std::size_t capacity = event.size() + 64;; capacity *= 2) {
    buffer.resize(capacity);
    wire::JsonWriter out(buffer.data(), buffer.size());
    why.clear();
    write_event(rules, event, out, why);
    if (out.overflowed()) continue;
    buffer.resize(out.size());
    return buffer;
  }
}

// plain() for JSON that stays JSON. Of control characters only DEL and C1 stand in strings as they
// are; those of ASCII are white space around values.
std::string plain_json(std::string_view json) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(json.size());
  const auto escape = [&](unsigned char code) {
    text.append("\\u00").append(1, kHex[code >> 4]).append(1, kHex[code & 15]);
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : '\0');
    if (byte == 0x7f) {
      escape(byte);
    } else if (byte == 0xc2 && next < 0xa0) {
      escape(next);
      ++i;
    } else {
      text += byte < 0x20 ? ' ' : json[i];
    }
  }
  return text;
}

std::string masked_text(const privacy::RuleSet& rules, std::string_view text, Explanation& why) {
  privacy::read_places(rules, text, why);
  return privacy::masked_text(rules, text);
}

}  // namespace

void mask_lines(const privacy::RuleSet& rules, const MaskView& view, std::istream& in,
                std::ostream& out) {
  std::string line;
  for (std::uint64_t number = 1; read_line(in, number, line); ++number) {
    if (view.json) check_json(number, line);
    Explanation why(rules, view.path_rules);
    out << (view.json ? plain_json(masked_event(rules, line, why))
                      : plain(masked_text(rules, line, why)))
        << '\n';
    if (view.explain) out << why.text();
    if (!out.flush()) return;  // main() tells that
  }
}

}  // namespace penstock::ctl
