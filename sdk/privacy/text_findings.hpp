// The findings of one text, one after the other: as it reads, and as it reads decoded.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "privacy/decoded_text.hpp"
#include "privacy/detectors.hpp"

namespace penstock::privacy {

// Reads the findings of a text in one form. What is escaped is decoded through a window, so that a
// text of any length needs no memory: nothing that decides on a finding is longer than what two
// windows share, and a finding that goes on is followed. One thread at a time; text and rules must
// live as long.
class FormFindings {
 public:
  FormFindings(const RuleSet& rules, std::string_view text, Escapes escapes) noexcept;

  // Offset and length are those of the text as it was given. Nothing once there are no more.
  std::optional<Finding> next() noexcept;

  // What stands before `at` in the text is dealt with, and counts as not there.
  void skip_to(std::size_t at) noexcept;

 private:
  static constexpr std::size_t kWindowBytes = 4096;

  bool is_decoded() const noexcept { return escapes_ != Escapes::kNone; }
  bool at_end() const noexcept { return read_ == text_.size(); }
  std::string_view view() const noexcept {
    return is_decoded() ? std::string_view(window_.data(), size_) : text_;
  }
  void fill() noexcept;
  void drop(std::size_t bytes) noexcept;
  void slide() noexcept;
  void restart(std::size_t at) noexcept;
  // Where the character that position `index` of the window belongs to begins in the text, or
  // ends. Positions asked for grow.
  std::size_t begin_of(std::size_t index) noexcept;
  std::size_t end_of(std::size_t index) noexcept;
  void step(std::size_t index) noexcept;
  std::size_t follow(Kind kind, std::size_t end) noexcept;

  const RuleSet& rules_;
  std::string_view text_;
  Escapes escapes_;
  std::size_t read_ = 0;  // what stands before in the text is, or was, in the window
  std::size_t size_ = 0;  // of the window
  std::size_t edge_ = 0;  // into the view: what stands before is masked
  std::size_t from_ = 0;  // into the view: what stands before is decided
  // A place in the window, and the same one in the text.
  std::size_t index_ = 0, at_ = 0;
  std::array<char, kWindowBytes> window_;  // not initialised: filled up to size_
};

// All findings of a text: in its own form, and in the decoded one if there is something to decode.
// Those that overlap are one. As above.
class TextFindings {
 public:
  // `own`: kNone or kJson.
  TextFindings(const RuleSet& rules, std::string_view text, Escapes own) noexcept
      : own_(rules, text, own) {
    const bool json = own == Escapes::kJson;
    if (!(json ? may_be_escaped_twice(text) : may_be_escaped(text))) return;
    decoded_.emplace(rules, text, json ? Escapes::kJsonAny : Escapes::kAny);
    next_decoded_ = decoded_->next();
    next_own_ = own_.next();
  }

  std::optional<Finding> next() noexcept;

 private:
  FormFindings own_;
  std::optional<FormFindings> decoded_;
  std::optional<Finding> next_own_, next_decoded_;
};

}  // namespace penstock::privacy
