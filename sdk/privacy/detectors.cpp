#include "privacy/detectors.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "privacy/anchors.hpp"
#include "privacy/detectors/find.hpp"
#include "privacy/detectors/named_secret.hpp"
#include "privacy/detectors/text_view.hpp"
#include "privacy/kinds.hpp"

namespace penstock::privacy {
namespace {

// Digits of the shortest number that is digits alone and does not begin with '+', a national phone
// number; of the shortest with a letter behind them; and the dots of an IPv4 address.
constexpr std::size_t kDigitsMin = 9;
constexpr std::size_t kDigitsBeforeLetterMin = 6;
constexpr std::size_t kDotsMin = 3;

// Numbers are shorter than this, and what decides on their end lies no further behind it than that.
constexpr std::size_t kNumberReach = 128;
constexpr std::size_t kEndReach = 4;
// How often masking one number may show another one before it. Two suffice for all that is known;
// the bound keeps any text linear.
constexpr int kShownMax = 4;

// A text of one word that is shorter than this holds an id with letters only if its third character
// is a digit: the codice fiscale alone has a letter there.
constexpr std::size_t kLettersIdMin = 16;

constexpr bool is_numeric(char c) noexcept { return (c >= '(' && c <= '9') || c == ' '; }

// True if the letter at `end` may be the last one of an id whose digits stand before: 1234567L,
// 1234567-L, 12 34 56 C, 85 05 2A.
bool letter_may_end(const TextView& text, std::size_t end) noexcept {
  switch (const char last = text.before(end)) {
    case ' ':
      return !is_word(text.at(end + 1)) && is_digit(text.before(end, 2));
    case '-':
      return is_digit(text.before(end, 3)) && is_digit(text.before(end, 5));
    default:
      return is_digit(text.before(end, 2)) ? is_digit(text.before(end, 3)) : last == '2';
  }
}

// True if the numeric run at `at` has digits enough for a number. If not, `at` becomes the run's
// end: dates and short numbers end here.
bool holds_enough_digits(const TextView& text, std::size_t& at) noexcept {
  std::size_t digits = 0, dots = 0;
  std::size_t end = at;
  for (; is_numeric(text.at(end)); ++end) {
    digits += is_digit(text.at(end)) ? 1U : 0U;
    dots += text.at(end) == '.' ? 1U : 0U;
    if (digits == kDigitsMin || dots == kDotsMin || text.at(end) == '+') return true;
  }
  if (digits >= kDigitsBeforeLetterMin && is_letter(text.at(end)) && letter_may_end(text, end))
    return true;
  at = end;
  return false;
}

// True if one of the numeric runs that begin at the bits of `numbers` has digits enough. `text`: of
// at most kShortText bytes.
bool holds_number(const TextView& text, std::uint64_t numbers) noexcept {
  while (numbers != 0) {
    auto at = static_cast<std::size_t>(std::countr_zero(numbers));
    if (holds_enough_digits(text, at)) return true;
    numbers = at < kShortText ? numbers & ~std::uint64_t{0} << at : 0;
  }
  return false;
}

// Of two, the one that begins first, and the longer one where they begin together.
void take_first(std::optional<Finding>& found, const Finding& other) noexcept {
  if (!found || other.offset < found->offset ||
      (other.offset == found->offset && other.length > found->length))
    found = other;
}

// The longest number that begins at `at`, where `c` may begin a run of `digits` digits before
// `next`; or what those digits belong to.
std::optional<Finding> longest_number(const RuleSet& rules, const TextView& text, std::size_t at,
                                      char c, std::size_t digits, char next) noexcept {
  std::optional<Finding> found;
  for_each_detector([&](auto line) {
    constexpr KindDetector kLine = kDetectors[line];
    if constexpr (kLine.detector.is_number()) {
      if (!kLine.detector.may_begin(c, digits, next) || !rules.detects(kLine.kind)) return;
      const std::size_t end = kLine.detector.end_of(text, at);
      if (end > at) take_first(found, {at, end - at, kLine.kind});
    } else if constexpr (kLine.detector.is_at_digits()) {
      if (!kLine.detector.may_begin(c, digits, next) || !rules.detects(kLine.kind)) return;
      if (const auto extent = kLine.detector.find(text, at))
        take_first(found, {extent->begin, extent->end - extent->begin, kLine.kind});
    }
  });
  return found;
}

// The first number from `at` on in the numeric run there. If there is none, `at` becomes the run's
// end.
std::optional<Finding> find_number(const RuleSet& rules, const TextView& text,
                                   std::size_t& at) noexcept {
  if (!holds_enough_digits(text, at)) return std::nullopt;
  for (;;) {
    const char c = text.at(at);
    std::size_t digits = 0;
    if (is_digit(c)) {
      digits = static_cast<std::size_t>(std::countr_one(text.digits_from(at)));
      if (is_digit(text.before(at))) {  // inside of a number that began earlier
        at += digits;
        continue;
      }
    } else if (!is_numeric(c)) {
      return std::nullopt;
    }
    const std::size_t step = std::max(digits, std::size_t{1});
    if (const auto number = longest_number(rules, text, at, c, digits, text.at(at + step)))
      return number;
    at += step;
  }
}

// The secret behind the '=' at `at`, if its name says so.
std::optional<Finding> find_named_secret(const RuleSet& rules, const TextView& text,
                                         std::size_t at) noexcept {
  if (!rules.detects(Kind::kSecret)) return std::nullopt;
  const std::string_view name = name_before(text, at);
  if (name.empty()) return std::nullopt;
  if (!rules.removes(name) && !(names_secret(name) && !rules.allows(name))) return std::nullopt;
  const auto value = value_behind(text, at);
  if (!value) return std::nullopt;
  return Finding{value->begin, value->end - value->begin, Kind::kSecret};
}

// What the mark at `at` belongs to.
std::optional<Finding> find_at_mark(const RuleSet& rules, const TextView& text,
                                    std::size_t at) noexcept {
  const char mark = text.at(at);
  if (mark == '=') return find_named_secret(rules, text, at);
  std::optional<Finding> found;
  for_each_detector([&](auto line) {
    constexpr KindDetector kLine = kDetectors[line];
    if constexpr (kLine.detector.is_at_mark()) {
      if (mark != kLine.detector.mark || !kLine.detector.may_find(text, at)) return;
      if (!rules.detects(kLine.kind)) return;
      if (const auto extent = kLine.detector.find(text, at))
        take_first(found, {extent->begin, extent->end - extent->begin, kLine.kind});
    }
  });
  return found;
}

// False if no detector finds anything where the word begins.
bool may_find_word(const WordBegin& begin) noexcept {
  bool may = false;
  for_each_detector([&](auto line) {
    constexpr Detector kDetector = kDetectors[line].detector;
    if constexpr (kDetector.is_word()) may |= kDetector.may_find_word(begin);
  });
  return may;
}

// What the word that begins at `at` belongs to.
std::optional<Finding> find_word(const RuleSet& rules, const TextView& text,
                                 std::size_t at) noexcept {
  std::optional<Finding> found;
  const WordBegin begin(text, at);
  for_each_detector([&](auto line) {
    constexpr KindDetector kLine = kDetectors[line];
    if constexpr (kLine.detector.is_word()) {
      if (found || !kLine.detector.may_find_word(begin) || !rules.detects(kLine.kind)) return;
      if (const auto extent = kLine.detector.find(text, at))
        found = Finding{extent->begin, extent->end - extent->begin, kLine.kind};
    }
  });
  return found;
}

// The address that holds the number that begins at `inside` as a part: "0612345678@example.com".
std::optional<Finding> find_holding(const RuleSet& rules, const TextView& text,
                                    std::size_t inside) noexcept {
  if (!rules.detects(Kind::kEmail)) return std::nullopt;
  const auto email = email_holding(text, inside);
  if (!email) return std::nullopt;
  return Finding{email->begin, email->end - email->begin, Kind::kEmail};
}

// True if masking what follows `text` may make something of its end: a digit is near, or something
// is joined to what follows.
bool end_is_open(const TextView& text) noexcept {
  for (std::size_t i = 1; i <= kEndReach; ++i) {
    if (is_digit(text.before(text.size(), i))) return true;
  }
  const char last = text.before(text.size());
  return is_word(last) || (last > ' ' && last <= '/' && last != '"' && last != '\'') ||
         last == ':' || last == '=' || last == '@' || last == '\\';
}

std::optional<Finding> find_once(const RuleSet& rules, const TextView& text,
                                 std::size_t from) noexcept {
  // What marks a finding may stand before `from`, and the finding behind.
  AnchorScan scan(text.text(), text.edge(),
                  std::max(text.edge(), from - std::min(from, kContextBytes)));
  scan.skip_numbers(from);
  std::optional<Finding> number;
  for (Anchor anchor = scan.next(); anchor.at != std::string_view::npos; anchor = scan.next()) {
    if (number && anchor.at > number->offset) break;
    std::optional<Finding> found;
    if (anchor.mark) found = find_at_mark(rules, text, anchor.at);
    if (anchor.word) found = find_word(rules, text, anchor.at);
    if (found && found->offset >= from) {
      if (number) take_first(found, *number);
      return found;
    }
    if (anchor.number && !number) {
      std::size_t at = anchor.at;
      number = find_number(rules, text, at);
      if (number && number->offset < from) number.reset();
      if (number)
        scan.look_no_further(number->offset);
      else
        scan.skip_numbers(at);
    }
  }
  if (!number) return std::nullopt;
  const auto holder = find_holding(rules, text, number->offset);
  return holder ? holder : number;
}

}  // namespace

bool may_go_on(Kind kind) noexcept {
  return kind == Kind::kToken || kind == Kind::kSecret || kind == Kind::kPrivateKey;
}

std::size_t end_of_going_on(Kind kind, std::string_view text, std::size_t from) noexcept {
  const TextView view(text, 0);
  if (kind == Kind::kToken) return token_goes_on(view, from);
  return kind == Kind::kSecret ? value_goes_on(view, from) : private_key_goes_on(view, from);
}

bool may_hold_personal_data(std::string_view text) noexcept {
  if (text.size() > kShortText) return AnchorScan(text, 0, 0).next().at != std::string_view::npos;
  if (text.empty()) return false;
  const TextView view(text, 0);
  if (text.size() <= wire::Block::kBytes) {
    const WordBegin word(view, 0);
    // One word, as most names and values are.
    if (word.holds(text.size()) && numeric_runs(word.numeric()) == 0) {
      return (text.size() >= kLettersIdMin || word.are_digits(WordBegin::places(2))) &&
             may_find_word(word);
    }
  } else if (is_long_id(text)) {
    const WordBegin word(view, 0);
    return word.are_digits((1U << kDigitsMin) - 1) || may_find_word(word);
  }
  AnchorBits anchors = ShortText(text).anchors();
  if (anchors.marks != 0 || holds_number(view, anchors.numbers)) return true;
  // Names of screens, hashes: words that are long, and no more.
  for (; anchors.words != 0; anchors.words &= anchors.words - 1) {
    const auto at = static_cast<std::size_t>(std::countr_zero(anchors.words));
    if (may_find_word(WordBegin(view, at))) return true;
  }
  return false;
}

std::optional<Finding> find_personal_data(const RuleSet& rules, std::string_view text,
                                          std::size_t from) noexcept {
  return find_between(rules, text, from, from);
}

std::optional<Finding> find_between(const RuleSet& rules, std::string_view text, std::size_t edge,
                                    std::size_t from) noexcept {
  auto finding = find_once(rules, TextView(text, edge), from);
  // What a finding is joined to may be a number itself once the finding is masked:
  // "555-123-4567-<card>".
  for (int shown = 0; finding && shown < kShownMax; ++shown) {
    const TextView before(text.substr(0, finding->offset), edge);
    if (!end_is_open(before)) break;
    const std::size_t near = finding->offset - std::min(finding->offset, kNumberReach);
    const auto earlier = find_once(rules, before, std::max(from, near));
    if (!earlier) break;
    finding = earlier;
  }
  return finding;
}

}  // namespace penstock::privacy
