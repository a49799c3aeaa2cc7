// Where in a text a detector has to look at all: one pass, 16 bytes at a time. Internal to privacy/.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "privacy/character_bits.hpp"
#include "privacy/detectors/text_view.hpp"
#include "wire/simd.hpp"

namespace penstock::privacy {

// What stands at a place. One place may be several of these.
struct Anchor {
  std::size_t at;
  bool number;  // at least kNumericRunMin numeric characters from here on
  bool word;  // a word of at least kLongWordMin characters begins, or one like "DE89…" or "-----B…"
  bool mark;  // one of : ; < = > ? @ / % and the backslash
};

// A number that a detector knows takes at least this many numeric characters: 1.1.1.1.
inline constexpr std::size_t kNumericRunMin = 7;
// Letters, digits, '_' and '-'. What is found by its first characters is longer.
inline constexpr std::size_t kLongWordMin = 14;

// Bit i: bits i to i + kNumericRunMin - 1 of `numeric` are set.
constexpr std::uint64_t numeric_runs(std::uint64_t numeric) noexcept {
  numeric &= numeric >> 1;
  numeric &= numeric >> 2;
  return numeric & numeric >> 3;
}

// Bit i: bits i to i + kLongWordMin - 1 of `word` are set.
constexpr std::uint64_t long_words(std::uint64_t word) noexcept {
  word &= word >> 1;
  word &= word >> 2;
  word &= word >> 4;
  return word & word >> 6;
}

// The places where each kind of anchor stands. `begins`: the bits where a word may begin.
struct AnchorBits {
  std::uint64_t numbers, words, marks;
  std::uint64_t any() const noexcept { return numbers | words | marks; }
};
inline AnchorBits anchor_bits(const CharacterBits& of, std::uint64_t begins) noexcept {
  const std::uint64_t letters = of.word & ~of.numeric, digits = of.word & of.numeric;
  const std::uint64_t pairs = letters & letters >> 1 & digits >> 2 & digits >> 3;
  std::uint64_t dashes = digits & digits >> 1;  // hyphens are among them
  dashes &= dashes >> 2 & digits >> 4 & letters >> 5;
  return {numeric_runs(of.numeric), begins & (long_words(of.word) | pairs | dashes), of.marks};
}

// Finds the anchors of a text in their order. One thread.
class AnchorScan {
 public:
  // From `from` on; of what stands before, down to `edge`, only a word that goes on matters.
  AnchorScan(std::string_view text, std::size_t edge, std::size_t from) noexcept
      : text_(text), next_(from) {
    if (from > edge && from <= text.size()) {
      const char before = text[from - 1];
      word_before_ = is_word(before) || before == '-';
    }
  }

  // The next one; its `at` is npos if there are no more.
  Anchor next() noexcept {
    if ((numbers_ | words_ | marks_) == 0) read_on();
    const std::uint64_t all = numbers_ | words_ | marks_;
    if (all == 0) return {std::string_view::npos, false, false, false};
    const std::uint64_t one = all & (~all + 1);
    const Anchor anchor{begin_ + static_cast<std::size_t>(std::countr_zero(all)),
                        (numbers_ & one) != 0, (words_ & one) != 0, (marks_ & one) != 0};
    numbers_ &= ~one;
    words_ &= ~one;
    marks_ &= ~one;
    return anchor;
  }

  // No anchors of numbers before `until` any more: what is there was looked at.
  void skip_numbers(std::size_t until) noexcept {
    numbers_until_ = until;
    drop_numbers();
  }

  // No anchors of numbers at all any more, nor others behind `last`.
  void look_no_further(std::size_t last) noexcept {
    skip_numbers(text_.size());
    text_ = text_.substr(0, last + 1 + kAhead);
  }

 private:
  // What decides whether a byte is an anchor: this many behind it.
  static constexpr unsigned kAhead = kLongWordMin - 1;
  static constexpr unsigned kStep = 3 * wire::Block::kBytes;
  static_assert(kAhead + kStep <= 64 && kNumericRunMin <= kLongWordMin);

  static constexpr unsigned kBlock = wire::Block::kBytes;

  // The bits of kStep bytes.
  CharacterBits whole_step(std::size_t next) const noexcept {
    using wire::Block;
    const char* const from = text_.data() + next;
    const Block first = Block::load(from);
    CharacterBits step =
        character_bits(first, next > 0 ? Block::load(from - 1) : first.behind_one('\0'));
    for (unsigned at = kBlock; at < kStep; at += kBlock) {
      step |= character_bits(Block::load(from + at), Block::load(from + at - 1)) << at;
    }
    return step;
  }

  // Of fewer than kStep bytes.
  CharacterBits part_of_step(std::size_t next) const noexcept {
    CharacterBits step;
    for (unsigned at = 0; at < kStep && next + at < text_.size(); at += kBlock) {
      step |= part_bits(text_, next + at) << at;
    }
    return step;
  }

  // Up to the next anchors, or the end.
  void read_on() noexcept {
    CharacterBits carried = carried_;
    std::size_t next = next_;
    bool word_before = word_before_;
    while (!at_end_) {
      const CharacterBits read =
          next + kStep <= text_.size() ? whole_step(next) : part_of_step(next);
      CharacterBits all = read << kAhead;
      all |= carried;
      carried = all >> kStep;
      begin_ = next - kAhead;  // may wrap around: no bit stands for what is before the text
      next += kStep;
      at_end_ = next >= text_.size();
      find_anchors(all, word_before);
      word_before = (all.word >> (kStep - 1) & 1) != 0;
      first_ = 0;
      if ((numbers_ | words_ | marks_) != 0) break;
    }
    carried_ = carried;
    next_ = next;
    word_before_ = word_before;
  }

  void find_anchors(const CharacterBits& all, bool word_before) noexcept {
    const std::uint64_t begins =
        all.word & ~(all.word << 1 | std::uint64_t{word_before ? 1U : 0U} << first_);
    const AnchorBits found = anchor_bits(all, begins);
    const std::uint64_t decided = at_end_ ? ~std::uint64_t{0} : (std::uint64_t{1} << kStep) - 1;
    numbers_ = found.numbers & decided;
    words_ = found.words & decided;
    marks_ = found.marks & decided;
    drop_numbers();
  }

  void drop_numbers() noexcept {
    const auto dropped = static_cast<std::ptrdiff_t>(numbers_until_ - begin_);
    if (dropped >= 64) numbers_ = 0;
    if (dropped > 0 && dropped < 64) numbers_ &= ~std::uint64_t{0} << dropped;
  }

  std::string_view text_;
  std::size_t next_;       // behind what was read
  std::size_t begin_ = 0;  // what bit 0 of the following stands for
  std::uint64_t numbers_ = 0, words_ = 0, marks_ = 0;
  std::size_t numbers_until_ = 0;
  CharacterBits carried_;     // the kAhead bytes read last
  bool word_before_ = false;  // a word goes on at bit first_
  unsigned first_ = kAhead;
  bool at_end_ = false;
};

// True if a text of more than 16 bytes is letters and digits alone, with a letter among them: hashes,
// identifiers. Of the numbers in such a text only the one that begins with the text may be found: a
// phone number before its extension, 0612345678x12.
inline bool is_long_id(std::string_view text) noexcept {
  using wire::Block;
  const std::size_t last = text.size() - Block::kBytes;
  Block letters = Block::load(text.data() + last).lower().between('a', 'z');
  for (std::size_t at = 0;; at = std::min(at + Block::kBytes, last)) {
    const Block block = Block::load(text.data() + at);
    const Block is_letter = block.lower().between('a', 'z');
    if ((is_letter | block.between('0', '9')).bits() != 0xFFFFU) return false;
    letters = letters | is_letter;
    if (at == last) return letters.bits() != 0;
  }
}

// The anchors of a text of 1 to kShortText bytes, at once. Bit i: byte i.
inline constexpr std::size_t kShortText = 4 * wire::Block::kBytes;
class ShortText {
 public:
  explicit ShortText(std::string_view text) noexcept : text_(text) {}

  AnchorBits anchors() const noexcept {
    if (text_.size() > wire::Block::kBytes) {
      if (const auto words = plain_words()) return {0, *words, 0};
    }
    CharacterBits all;
    for (unsigned at = 0; at < text_.size(); at += wire::Block::kBytes) {
      all |= part_bits(text_, at) << at;
    }
    return anchor_bits(all, begins_of(all.word));
  }

 private:
  static std::uint64_t begins_of(std::uint64_t word) noexcept { return word & ~(word << 1); }

  // The word anchors of a text that holds letters, '_', '-' and spaces alone. Nothing for any other
  // text, which then needs the whole look.
  std::optional<std::uint64_t> plain_words() const noexcept {
    using wire::Block;
    std::uint64_t word = 0, hyphens = 0;
    const std::size_t last = text_.size() - Block::kBytes;
    for (std::size_t at = 0;; at = std::min(at + Block::kBytes, last)) {
      const Block block = Block::load(text_.data() + at);
      const Block words = plain_word(block);
      if ((words | block.equals(' ')).bits() != 0xFFFFU) return std::nullopt;
      word |= std::uint64_t{words.bits()} << at;
      hyphens |= std::uint64_t{block.equals('-').bits()} << at;
      if (at == last) break;
    }
    if ((hyphens & hyphens >> 1) != 0) return std::nullopt;  // "-----BEGIN"
    return begins_of(word) & long_words(word);
  }

  std::string_view text_;
};

}  // namespace penstock::privacy
