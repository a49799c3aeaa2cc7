#include "privacy/detectors.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "privacy/detectors/find.hpp"
#include "privacy/detectors/text_view.hpp"
#include "privacy/kinds.hpp"
#include "wire/simd.hpp"

namespace penstock::privacy {
namespace {

using wire::Block;

// A number that a detector knows spans at least this many of the characters from '(' to '9' and
// spaces: the shortest phone number, +12345678, is longer.
constexpr std::size_t kNumericRunMin = 7;
// Digits of the shortest number that does not begin with '+', a national phone number.
constexpr std::size_t kDigitsMin = 9;

// Numbers are shorter than this, and what decides on their end lies no further behind it than that.
constexpr std::size_t kNumberReach = 128;
constexpr std::size_t kEndReach = 4;
// How often masking one number may show another one before it. Two suffice for all that is known;
// the bound keeps any text linear.
constexpr int kShownMax = 4;

constexpr bool is_numeric(char c) noexcept { return (c >= '(' && c <= '9') || c == ' '; }

bool is_anchor(char c) noexcept {
  bool found = false;
  for_each_kind([&](auto line) {
    constexpr Detector kDetector = kKindTable[line].detector;
    if constexpr (kDetector.has_anchor()) found |= c == kDetector.anchor;
  });
  return found;
}

struct Marks {
  std::uint32_t numeric, anchors;  // bit i: byte i is one
};

Marks marks_of(const char* from, std::size_t count) noexcept {
  const Block block = count >= Block::kBytes ? Block::load(from) : Block::load_part(from, count);
  Marks marks{(block.between('(', '9') | block.equals(' ')).bits(), 0};
  for_each_kind([&](auto line) {
    constexpr Detector kDetector = kKindTable[line].detector;
    if constexpr (kDetector.has_anchor()) marks.anchors |= block.equals(kDetector.anchor).bits();
  });
  return marks;
}

// Finds the places to look at: each detector's anchor, and each byte that begins at least
// kNumericRunMin numeric ones.
class AnchorScan {
 public:
  AnchorScan(std::string_view text, std::size_t from) noexcept : text_(text), next_(from) {}

  // The first one at or behind `from`, which lies not before the one returned last; npos if there
  // is none.
  std::size_t at_or_behind(std::size_t from) noexcept {
    if (from >= next_) {
      next_ = from;
      anchors_ = carried_ = 0;
    } else {
      anchors_ &= ~std::uint64_t{0} << (from - begin());
    }
    while (anchors_ == 0) {
      if (next_ >= text_.size()) return std::string_view::npos;
      step();
      if (from > begin()) anchors_ &= ~std::uint64_t{0} << (from - begin());
    }
    return begin() + static_cast<std::size_t>(std::countr_zero(anchors_));
  }

 private:
  static constexpr std::size_t kCarried = kNumericRunMin - 1;
  static constexpr std::size_t kStep = 2 * Block::kBytes;

  // What the first bit of anchors_ stands for; wraps around in the first step.
  std::size_t begin() const noexcept { return next_ - kStep - kCarried; }

  void step() noexcept {
    const char* const from = text_.data() + next_;
    const std::size_t rest = text_.size() - next_;
    const Marks low = marks_of(from, rest);
    const Marks high =
        rest > Block::kBytes ? marks_of(from + Block::kBytes, rest - Block::kBytes) : Marks{0, 0};
    const std::uint64_t numeric =
        (std::uint64_t{high.numeric} << Block::kBytes | low.numeric) << kCarried | carried_;
    // Bit i of `runs`: bits i to i + 6 of `numeric` are set.
    std::uint64_t runs = numeric & numeric >> 1;
    runs &= runs >> 2;
    runs &= runs >> 3;
    const std::uint64_t anchors = std::uint64_t{high.anchors} << Block::kBytes | low.anchors;
    anchors_ = runs | anchors << kCarried;
    carried_ = numeric >> kStep;
    next_ += kStep;
  }

  std::string_view text_;
  std::size_t next_;           // behind what was read
  std::uint64_t anchors_ = 0;  // those in what was read last
  std::uint64_t carried_ = 0;  // its last numeric bytes: a run may span two steps
};

// True if the numeric run at `at` has digits enough for a number. If not, `at` becomes the run's
// end: dates and short numbers end here.
bool holds_enough_digits(const TextView& text, std::size_t& at) noexcept {
  std::size_t digits = 0;
  std::size_t end = at;
  for (; is_numeric(text.at(end)); ++end) {
    digits += is_digit(text.at(end)) ? 1U : 0U;
    if (digits == kDigitsMin || text.at(end) == '+') return true;
  }
  at = end;
  return false;
}

// The longest number that begins at `at`, where `c` may begin a run of `digits` digits before
// `next`.
std::optional<Finding> longest_number(const RuleSet& rules, const TextView& text, std::size_t at,
                                      char c, std::size_t digits, char next) noexcept {
  std::size_t end = 0;
  Kind kind{};
  for_each_kind([&](auto line) {
    constexpr KindInfo kInfo = kKindTable[line];
    if constexpr (kInfo.detector.is_number()) {
      if (!kInfo.detector.may_begin(c, digits, next) || !rules.detects(kInfo.kind)) return;
      const std::size_t found = kInfo.detector.end_of(text, at);
      if (found <= end) return;
      end = found;
      kind = kInfo.kind;
    }
  });
  if (end == 0) return std::nullopt;
  return Finding{at, end - at, kind};
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

// What holds the anchor at `at`.
std::optional<Finding> find_around(const RuleSet& rules, const TextView& text,
                                   std::size_t at) noexcept {
  std::optional<Finding> found;
  for_each_kind([&](auto line) {
    constexpr KindInfo kInfo = kKindTable[line];
    if constexpr (kInfo.detector.has_anchor()) {
      if (found || text.at(at) != kInfo.detector.anchor || !rules.detects(kInfo.kind)) return;
      if (const auto extent = kInfo.detector.around(text, at))
        found = Finding{extent->begin, extent->end - extent->begin, kInfo.kind};
    }
  });
  return found;
}

// What holds the number that begins at `inside` as a part: "0612345678@example.com".
std::optional<Finding> find_holding(const RuleSet& rules, const TextView& text,
                                    std::size_t inside) noexcept {
  std::optional<Finding> found;
  for_each_kind([&](auto line) {
    constexpr KindInfo kInfo = kKindTable[line];
    if constexpr (kInfo.detector.has_anchor()) {
      if (found || !rules.detects(kInfo.kind)) return;
      if (const auto extent = kInfo.detector.holding(text, inside))
        found = Finding{extent->begin, extent->end - extent->begin, kInfo.kind};
    }
  });
  return found;
}

bool digit_near_end(const TextView& text) noexcept {
  for (std::size_t i = 1; i <= kEndReach; ++i) {
    if (is_digit(text.before(text.size(), i))) return true;
  }
  return false;
}

std::optional<Finding> find_once(const RuleSet& rules, const TextView& text,
                                 std::size_t from) noexcept {
  AnchorScan anchors(text.text(), from);
  for (std::size_t at = anchors.at_or_behind(from); at != std::string_view::npos;
       at = anchors.at_or_behind(at)) {
    if (const char anchor = text.at(at); is_anchor(anchor)) {
      if (const auto finding = find_around(rules, text, at)) return finding;
      while (text.at(at) == anchor) ++at;  // behind another one of its kind nothing begins
      continue;
    }
    if (const auto number = find_number(rules, text, at)) {
      const auto holder = find_holding(rules, text, number->offset);
      return holder ? holder : number;
    }
  }
  return std::nullopt;
}

}  // namespace

bool may_hold_personal_data(std::string_view text) noexcept {
  return AnchorScan(text, 0).at_or_behind(0) != std::string_view::npos;
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
    if (!digit_near_end(before)) break;
    const std::size_t near = finding->offset - std::min(finding->offset, kNumberReach);
    const auto earlier = find_once(rules, before, std::max(from, near));
    if (!earlier) break;
    finding = earlier;
  }
  return finding;
}

}  // namespace penstock::privacy
