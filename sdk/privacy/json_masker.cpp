#include "privacy/json_masker.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "privacy/anchors.hpp"
#include "privacy/decoded_text.hpp"
#include "privacy/detectors.hpp"
#include "privacy/detectors/find.hpp"
#include "privacy/detectors/text_view.hpp"
#include "privacy/json_scan.hpp"
#include "privacy/text_findings.hpp"
#include "wire/simd.hpp"

namespace penstock::privacy {
namespace {

using wire::Block;
constexpr auto kNone = std::string_view::npos;

bool has_escapes(std::string_view text) noexcept { return text.find('\\') != kNone; }

bool is_removed_already(std::string_view value) noexcept {
  return value.size() == kRemovedMask.size() + 2 && value.front() == '"' &&
         value.substr(1, kRemovedMask.size()) == kRemovedMask && value.back() == '"';
}

// Bit i: byte `at` + i of `json` stands behind a quote as what follows a name does, or may begin an
// escape.
std::uint32_t marks_at(std::string_view json, std::size_t at) noexcept {
  const char* const from = json.data() + at;
  const std::size_t rest = json.size() - at;
  const Block block = rest >= Block::kBytes ? Block::load(from) : Block::load_part(from, rest);
  const Block before = at > 0 && rest >= Block::kBytes ? Block::load(from - 1)
                                                       : block.behind_one(at > 0 ? from[-1] : ' ');
  const Block behind_name = before.equals('"') & (block.equals(':') | block.at_most(' '));
  return (behind_name | block.equals('\\') | block.equals('%')).bits();
}

// The last quote before the one at `quote`; kNone if there is none.
std::size_t quote_before(std::string_view json, std::size_t quote) noexcept {
  if (quote < Block::kBytes) return json.substr(0, quote).rfind('"');
  const Block block = Block::load(json.data() + quote - Block::kBytes);
  const std::uint32_t quotes = block.equals('"').bits();
  if (quotes == 0) return json.rfind('"', quote - 1);
  return quote - Block::kBytes + static_cast<std::size_t>(std::bit_width(quotes)) - 1;
}

// True if the text before the quote at `quote` is a name whose value the rules remove.
bool ends_removed_name(const RuleSet& rules, std::string_view json, std::size_t quote) noexcept {
  const std::size_t open = quote_before(json, quote);
  return open != kNone && rules.removes(json.substr(open + 1, quote - open - 1)) &&
         names_field(json, quote);
}

// True if text between two quotes that the rules would remove as a name is followed by a ':'; or if
// something is escaped, so that quotes and text may not mean what they seem to.
bool may_remove_field(const RuleSet& rules, std::string_view json) noexcept {
  for (std::size_t begin = 0; begin < json.size(); begin += Block::kBytes) {
    for (auto marks = marks_at(json, begin); marks != 0; marks &= marks - 1) {
      const std::size_t at = begin + static_cast<std::size_t>(std::countr_zero(marks));
      if (at >= json.size()) break;
      const bool may_escape = json[at] == '\\' || json[at] == '%';
      if (may_escape ? begins_escape(json, at) : ends_removed_name(rules, json, at - 1))
        return true;
    }
  }
  return false;
}

}  // namespace

Look look_at(const RuleSet& rules, std::string_view json) noexcept {
  // Quotes mean nothing to the detectors, so that the whole text shows what each of its strings
  // shows.
  if (json.size() > kShortText || may_hold_personal_data(json)) {
    if (const auto finding = find_personal_data(rules, json, 0)) return {false, finding->offset};
  }
  const bool unclear = !json.empty() && (json.front() == '{' || json.front() == '[')
                           ? may_remove_field(rules, json)
                           : may_be_escaped(json);
  return {!unclear, json.size()};
}

std::size_t JsonMasker::run(bool remove) noexcept {
  if (remove) remove_value(skip_space(json_, 0));
  while (!done()) {
    const char c = json_[at_];
    if (c == '"') {
      walk_string();
    } else if (is_digit(c) || c == '-') {
      walk_number();
    } else {
      ++at_;
    }
  }
  if (out_ != nullptr) out_->raw(json_.substr(copied_));
  return masked_;
}

void JsonMasker::walk_string() noexcept {
  const std::size_t begin = at_ + 1;
  const std::size_t end = string_end(json_, at_);
  const bool is_name = end < json_.size() && names_field(json_, end);
  mask_text(begin, end, is_name);
  at_ = end + 1;
  if (is_name && removes(json_.substr(begin, end - begin))) {
    remove_value(skip_space(json_, skip_space(json_, at_) + 1));
  }
}

void JsonMasker::walk_number() noexcept {
  const std::size_t begin = at_;
  at_ = scalar_end(json_, begin);
  if (at_ <= clean_until_) return;
  const auto finding = find_personal_data(rules_, json_.substr(begin, at_ - begin), 0);
  if (finding) replace(begin, at_, finding->kind, mask_of(finding->kind), true);
}

void JsonMasker::mask_text(std::size_t begin, std::size_t end, bool is_name) noexcept {
  const std::string_view text = json_.substr(begin, end - begin);
  if (may_be_escaped(text)) {
    TextFindings findings(rules_, text, has_escapes(text) ? Escapes::kJson : Escapes::kNone);
    while (const auto finding = findings.next()) mask_finding(*finding, begin, is_name);
    return;
  }
  if (end <= clean_until_) return;
  std::size_t from = clean_until_ - std::min(clean_until_, begin);
  for (auto finding = find_between(rules_, text, 0, from); finding;
       finding = find_personal_data(rules_, text, from)) {
    from = finding->offset + finding->length;
    mask_finding(*finding, begin, is_name);
  }
}

void JsonMasker::mask_finding(const Finding& finding, std::size_t text_begin,
                              bool is_name) noexcept {
  const std::size_t begin = text_begin + finding.offset;
  const bool numbered = is_name && out_ != nullptr;
  replace(begin, begin + finding.length, finding.kind,
          numbered ? name_masks_.next(finding.kind, json_) : mask_of(finding.kind), false);
}

void JsonMasker::remove_value(std::size_t begin) noexcept {
  at_ = value_end(json_, begin);
  if (begin == at_ || is_removed_already(json_.substr(begin, at_ - begin))) return;
  replace(begin, at_, std::nullopt, kRemovedMask, true);
}

void JsonMasker::replace(std::size_t begin, std::size_t end, std::optional<Kind> kind,
                         std::string_view mask, bool quoted) noexcept {
  ++masked_;
  if (reader_ != nullptr) reader_->place({begin, end - begin, kind});
  if (out_ == nullptr) return;
  out_->raw(json_.substr(copied_, begin - copied_));
  if (quoted) out_->raw('"');
  out_->raw(mask);
  if (quoted) out_->raw('"');
  copied_ = end;
}

bool JsonMasker::removes(std::string_view escaped_name) const noexcept {
  if (!has_escapes(escaped_name)) return rules_.removes(escaped_name);
  std::array<char, 512> name;
  std::size_t size = 0;
  while (!escaped_name.empty()) {
    // A name as long as this, and escaped, hides something: its value goes.
    if (size + sizeof(Unescaped::bytes) > name.size()) return true;
    const Unescaped next = unescape_next(escaped_name);
    for (std::size_t i = 0; i < next.count; ++i) name[size++] = next.bytes[i];
    escaped_name.remove_prefix(next.escaped_count);
  }
  return rules_.removes({name.data(), size});
}

}  // namespace penstock::privacy
