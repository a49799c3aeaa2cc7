#include "privacy/text_findings.hpp"

#include <algorithm>
#include <cstring>

#include "privacy/detectors/find.hpp"

namespace penstock::privacy {

FormFindings::FormFindings(const RuleSet& rules, std::string_view text, Escapes escapes) noexcept
    : rules_(rules), text_(text), escapes_(escapes) {
  if (is_decoded())
    fill();
  else
    read_ = text.size();
}

void FormFindings::fill() noexcept {
  while (!at_end() && size_ + sizeof(Unescaped::bytes) <= kWindowBytes) {
    if (text_[read_] != '\\' && text_[read_] != '%') {
      const std::size_t most = std::min(text_.size(), read_ + kWindowBytes - size_);
      const std::size_t plain = find_escape(text_.substr(0, most), read_, escapes_) - read_;
      std::memcpy(window_.data() + size_, text_.data() + read_, plain);
      size_ += plain;
      read_ += plain;
      continue;
    }
    const Unescaped next = decode_next(text_.substr(read_), escapes_);
    std::memcpy(window_.data() + size_, next.bytes.data(), sizeof next.bytes);
    size_ += next.count;
    read_ += next.escaped_count;
  }
}

// Moves the known place on, not behind the character of `index`.
void FormFindings::step(std::size_t index) noexcept {
  const std::size_t most = std::min(text_.size(), at_ + (index - index_));
  const std::size_t plain = find_escape(text_.substr(0, most), at_, escapes_) - at_;
  index_ += plain;
  at_ += plain;
}

std::size_t FormFindings::begin_of(std::size_t index) noexcept {
  while (index_ < index) {
    step(index);
    if (index_ == index || at_ >= text_.size()) break;
    const Unescaped next = decode_next(text_.substr(at_), escapes_);
    if (index_ + next.count > index) break;
    index_ += next.count;
    at_ += next.escaped_count;
  }
  return at_;
}

std::size_t FormFindings::end_of(std::size_t index) noexcept {
  while (index_ < index && at_ < text_.size()) {
    step(index);
    if (index_ >= index || at_ >= text_.size()) break;
    const Unescaped next = decode_next(text_.substr(at_), escapes_);
    index_ += next.count;
    at_ += next.escaped_count;
  }
  return at_;
}

// The first `bytes` of the window, or some more, so that no character is cut.
void FormFindings::drop(std::size_t bytes) noexcept {
  end_of(bytes);
  const std::size_t dropped = std::min(index_, size_);
  std::memmove(window_.data(), window_.data() + dropped, size_ - dropped);
  size_ -= dropped;
  from_ -= std::min(from_, dropped);
  edge_ -= std::min(edge_, dropped);
  index_ = 0;
  fill();
}

void FormFindings::slide() noexcept {
  from_ = std::max(from_, size_ - kReachBytes);
  drop(std::max(edge_, from_ - std::min(from_, kContextBytes)));
}

void FormFindings::restart(std::size_t at) noexcept {
  read_ = at_ = std::min(at, text_.size());
  size_ = edge_ = from_ = index_ = 0;
  fill();
}

void FormFindings::skip_to(std::size_t at) noexcept {
  if (!is_decoded()) {
    edge_ = from_ = std::max(from_, at);
    return;
  }
  if (at >= read_) return restart(at);
  while (at_ < at && index_ < size_) {
    step(std::min(size_, index_ + (at - at_)));
    if (at_ >= at || index_ >= size_) break;
    const Unescaped next = decode_next(text_.substr(at_), escapes_);
    index_ += next.count;
    at_ += next.escaped_count;
  }
  edge_ = from_ = std::max(from_, std::min(index_, size_));
}

// The end of a finding of `kind` that reaches the window's end.
std::size_t FormFindings::follow(Kind kind, std::size_t end) noexcept {
  constexpr std::size_t kKept = 64;  // what decides on the end may be cut
  if (!may_go_on(kind)) return end;
  while (end == size_ && !at_end()) {
    drop(size_ - std::min(size_, kKept));
    end = end_of_going_on(kind, {window_.data(), size_}, std::min(kKept / 2, size_));
  }
  return end;
}

std::optional<Finding> FormFindings::next() noexcept {
  for (;;) {
    const auto found = find_between(rules_, view(), edge_, from_);
    if (found && (at_end() || found->offset < size_ - kReachBytes)) {
      std::size_t end = found->offset + found->length;
      if (!is_decoded()) {
        edge_ = from_ = end;
        return found;
      }
      const std::size_t begin_at = begin_of(found->offset);
      if (end == size_ && !at_end()) end = follow(found->kind, end);
      const std::size_t end_at = end_of(end);
      edge_ = from_ = std::min(index_, size_);
      return Finding{begin_at, end_at - begin_at, found->kind};
    }
    if (at_end()) return std::nullopt;
    slide();
  }
}

std::optional<Finding> TextFindings::next() noexcept {
  if (!decoded_) return own_.next();
  if (!next_own_ && !next_decoded_) return std::nullopt;
  const bool own_first =
      next_own_ && (!next_decoded_ || next_own_->offset <= next_decoded_->offset);
  Finding found = own_first ? *next_own_ : *next_decoded_;
  // As it reads it shows better where it begins: "\nadia" decoded is a new line and "adia".
  if (!own_first && next_own_ && next_own_->kind == found.kind &&
      next_own_->offset + next_own_->length == found.offset + found.length)
    found = *next_own_;
  std::size_t end = found.offset + found.length;
  // Whatever begins inside of it belongs to it.
  for (bool grown = true; grown;) {
    grown = false;
    for (auto* const other : {&next_own_, &next_decoded_}) {
      if (!*other || (*other)->offset >= end) continue;
      grown |= (*other)->offset + (*other)->length > end;
      end = std::max(end, (*other)->offset + (*other)->length);
      FormFindings& findings = other == &next_own_ ? own_ : *decoded_;
      findings.skip_to(end);
      *other = findings.next();
    }
  }
  found.length = end - found.offset;
  return found;
}

}  // namespace penstock::privacy
