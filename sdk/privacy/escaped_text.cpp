#include "privacy/escaped_text.hpp"

#include <algorithm>

#include "privacy/detectors/find.hpp"
#include "wire/json_escape.hpp"

namespace penstock::privacy {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

}  // namespace

Unescaped unescape_next(std::string_view escaped) noexcept {
  if (escaped[0] != '\\' || escaped.size() == 1) return {{escaped[0]}, 1, 1};
  if (const char c = wire::short_escape_value(escaped[1])) return {{c}, 1, 2};
  const auto escape = wire::unicode_escape(escaped);
  if (!escape) return {{'\\'}, 1, 1};
  const auto utf8 = wire::encode_utf8(escape->code_point.value_or(kReplacement));
  return {utf8.bytes, utf8.count, escape->bytes};
}

void EscapedFindings::fill() noexcept {
  while (!at_end() && size_ + sizeof(Unescaped::bytes) <= kWindowBytes) {
    const std::size_t room = std::min(escaped_.size() - read_, kWindowBytes - size_);
    const std::size_t plain = std::min(escaped_.substr(read_, room).find('\\'), room);
    std::copy_n(escaped_.data() + read_, plain, window_.data() + size_);
    for (std::size_t i = 0; i < plain; ++i) {
      escaped_at_[size_ + i] = static_cast<std::uint16_t>(read_ - begin_ + i);
    }
    size_ += plain;
    read_ += plain;
    if (at_end() || size_ + sizeof(Unescaped::bytes) > kWindowBytes) break;
    const Unescaped next = unescape_next(escaped_.substr(read_));
    for (std::size_t i = 0; i < next.count; ++i) {
      window_[size_] = next.bytes[i];
      escaped_at_[size_++] = static_cast<std::uint16_t>(read_ - begin_);
    }
    read_ += next.escaped_count;
  }
  escaped_at_[size_] = static_cast<std::uint16_t>(read_ - begin_);
}

void EscapedFindings::slide() noexcept {
  from_ = std::max(from_, size_ - kReachBytes);
  const std::size_t dropped = std::max(edge_, from_ - kContextBytes);
  const std::uint16_t escaped_dropped = escaped_at_[dropped];
  for (std::size_t i = dropped; i < size_; ++i) {
    window_[i - dropped] = window_[i];
    escaped_at_[i - dropped] = static_cast<std::uint16_t>(escaped_at_[i] - escaped_dropped);
  }
  begin_ += escaped_dropped;
  size_ -= dropped;
  from_ -= dropped;
  edge_ = 0;
  fill();
}

std::optional<Finding> EscapedFindings::next() noexcept {
  for (;;) {
    const auto found = find_between(rules_, {window_.data(), size_}, edge_, from_);
    if (found && (at_end() || found->offset < size_ - kReachBytes)) {
      edge_ = from_ = found->offset + found->length;
      const std::size_t begin = escaped_at_[found->offset];
      return Finding{begin_ + begin, escaped_at_[from_] - begin, found->kind};
    }
    if (at_end()) return std::nullopt;
    slide();
  }
}

}  // namespace penstock::privacy
