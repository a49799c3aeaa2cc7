#include "privacy/json_masker.hpp"

#include <array>
#include <bit>
#include <cstdint>

#include "privacy/detectors.hpp"
#include "privacy/detectors/text_view.hpp"
#include "privacy/escaped_text.hpp"
#include "privacy/json_text.hpp"
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

// The digits of a whole number, also of one that a language without integers wrote as
// 4111111111111111.0.
std::string_view whole_digits(std::string_view number) noexcept {
  std::size_t end = 0;
  while (end < number.size() && is_digit(number[end])) ++end;
  const std::string_view rest = number.substr(end);
  const bool whole =
      rest.empty() || (rest.front() == '.' && rest.find_first_not_of('0', 1) == kNone);
  return whole ? number.substr(0, end) : std::string_view();
}

// True if a string that names a field which the rules remove is followed by its value, or if there
// is a backslash, behind which quotes do not mean what they seem to.
bool may_remove_field(const RuleSet& rules, std::string_view json) noexcept {
  std::size_t open = kNone;
  for (std::size_t at = 0; at < json.size(); at += Block::kBytes) {
    const std::size_t rest = json.size() - at;
    const Block block = rest >= Block::kBytes ? Block::load(json.data() + at)
                                              : Block::load_part(json.data() + at, rest);
    if (block.equals('\\').bits() != 0) return true;
    for (auto quotes = block.equals('"').bits(); quotes != 0; quotes &= quotes - 1) {
      const std::size_t quote = at + static_cast<std::size_t>(std::countr_zero(quotes));
      if (open == kNone) {
        open = quote;
        continue;
      }
      if (names_field(json, quote) && rules.removes(json.substr(open + 1, quote - open - 1)))
        return true;
      open = kNone;
    }
  }
  return false;
}

}  // namespace

bool may_need_masking(const RuleSet& rules, std::string_view json) noexcept {
  // Quotes mean nothing to the detectors, so that the whole text shows what each of its strings
  // shows.
  return find_personal_data(rules, json, 0).has_value() || may_remove_field(rules, json);
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
  mask_text(begin, end);
  at_ = end + 1;
  if (end < json_.size() && names_field(json_, end) && removes(json_.substr(begin, end - begin))) {
    remove_value(skip_space(json_, skip_space(json_, at_) + 1));
  }
}

void JsonMasker::walk_number() noexcept {
  const std::size_t begin = at_;
  at_ = scalar_end(json_, begin);
  const std::string_view digits = whole_digits(json_.substr(begin, at_ - begin));
  const auto finding = find_personal_data(rules_, digits, 0);
  if (finding && finding->length == digits.size())
    replace(begin, at_, mask_of(finding->kind), true);
}

void JsonMasker::mask_text(std::size_t begin, std::size_t end) noexcept {
  const std::string_view text = json_.substr(begin, end - begin);
  if (has_escapes(text)) {
    EscapedFindings findings(rules_, text);
    while (const auto finding = findings.next()) {
      const std::size_t at = begin + finding->offset;
      replace(at, at + finding->length, mask_of(finding->kind), false);
    }
    return;
  }
  std::size_t from = 0;
  while (const auto finding = find_personal_data(rules_, text, from)) {
    from = finding->offset + finding->length;
    replace(begin + finding->offset, begin + from, mask_of(finding->kind), false);
  }
}

void JsonMasker::remove_value(std::size_t begin) noexcept {
  at_ = value_end(json_, begin);
  if (begin == at_ || is_removed_already(json_.substr(begin, at_ - begin))) return;
  replace(begin, at_, kRemovedMask, true);
}

void JsonMasker::replace(std::size_t begin, std::size_t end, std::string_view mask,
                         bool quoted) noexcept {
  ++masked_;
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
