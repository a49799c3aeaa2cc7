#include "privacy/detectors.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "privacy/detectors/card.hpp"
#include "privacy/detectors/email.hpp"
#include "privacy/detectors/find.hpp"
#include "privacy/detectors/phone.hpp"
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

struct Marks {
  std::uint32_t numeric, ats;  // bit i: byte i is one
};

Marks marks_of(const char* from, std::size_t count) noexcept {
  const Block block = count >= Block::kBytes ? Block::load(from) : Block::load_part(from, count);
  return {(block.between('(', '9') | block.equals(' ')).bits(), block.equals('@').bits()};
}

// Finds the places to look at: each '@', and each byte that begins at least kNumericRunMin numeric
// ones.
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
    const std::uint64_t ats = std::uint64_t{high.ats} << Block::kBytes | low.ats;
    anchors_ = runs | ats << kCarried;
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

// The first number from `at` on in the numeric run there. If there is none, `at` becomes the run's
// end.
std::optional<Finding> find_number(const RuleSet& rules, const TextView& text,
                                   std::size_t& at) noexcept {
  if (!holds_enough_digits(text, at)) return std::nullopt;
  const bool cards = rules.detects(Kind::kCard);
  const bool phones = rules.detects(Kind::kPhone);
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
    const char next = text.at(at + std::max(digits, std::size_t{1}));
    const std::size_t card = cards && card_may_begin(c, digits, next) ? card_end(text, at) : 0;
    const std::size_t phone = phones && phone_may_begin(c, digits, next) ? phone_end(text, at) : 0;
    if (card != 0 || phone != 0) {
      return Finding{at, std::max(card, phone) - at, card >= phone ? Kind::kCard : Kind::kPhone};
    }
    at += std::max(digits, std::size_t{1});
  }
}

bool digit_near_end(const TextView& text) noexcept {
  for (std::size_t i = 1; i <= kEndReach; ++i) {
    if (is_digit(text.before(text.size(), i))) return true;
  }
  return false;
}

std::optional<Finding> find_once(const RuleSet& rules, const TextView& text,
                                 std::size_t from) noexcept {
  const bool emails = rules.detects(Kind::kEmail);
  AnchorScan anchors(text.text(), from);
  for (std::size_t at = anchors.at_or_behind(from); at != std::string_view::npos;
       at = anchors.at_or_behind(at)) {
    if (text.at(at) == '@') {
      if (const auto email = emails ? email_around(text, at) : std::nullopt) return email;
      while (text.at(at) == '@') ++at;  // behind another one no address is
      continue;
    }
    if (const auto number = find_number(rules, text, at)) {
      const auto email = emails ? email_holding(text, number->offset) : std::nullopt;
      return email ? email : number;
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
