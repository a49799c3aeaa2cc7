// The page that the user is on, and for how long the user has seen it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock::session {

// Times are the steady clock's, in milliseconds. One thread at a time.
class Page {
 public:
  bool is_open() const noexcept { return is_open_; }
  // A JSON string with its quotes, masked.
  std::string_view id() const noexcept { return {id_.data(), id_bytes_}; }

  // `id`: at most that of an identifier.
  void enter(std::string_view id, std::int64_t now_ms) noexcept {
    id_bytes_ = std::min(id.size(), id_.size());
    std::memcpy(id_.data(), id.data(), id_bytes_);
    seen_ms_ = 0;
    seen_since_ms_ = now_ms;
    is_open_ = true;
  }
  void leave() noexcept { is_open_ = false; }

  // The application has lost the focus, or has it again. Also without a page; repeats do nothing.
  void pause(std::int64_t now_ms) noexcept {
    if (is_paused_) return;
    seen_ms_ = seen_until(now_ms);
    is_paused_ = true;
  }
  void resume(std::int64_t now_ms) noexcept {
    if (!is_paused_) return;
    seen_since_ms_ = now_ms;
    is_paused_ = false;
  }

  // How long it was in the foreground since it was entered.
  std::int64_t seen_until(std::int64_t now_ms) const noexcept {
    return is_paused_ ? seen_ms_ : seen_ms_ + std::max<std::int64_t>(0, now_ms - seen_since_ms_);
  }

 private:
  bool is_open_ = false, is_paused_ = false;
  std::size_t id_bytes_ = 0;
  std::int64_t seen_ms_ = 0;        // until the last pause
  std::int64_t seen_since_ms_ = 0;  // the last resume
  std::array<char, wire::kIdentifierBytesMax + 2> id_{};
};

}  // namespace penstock::session
