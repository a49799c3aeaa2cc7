// The user, the session and the page that events carry unless they name their own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock {

// A sequence lock: readers copy a few words and never write to shared memory, so that any number of
// threads record without slowing each other down. Any thread.
class Identity {
 public:
  // Of one identifier as a JSON string, quotes included.
  static constexpr std::size_t kJsonBytesMax = wire::kIdentifierBytesMax + 2;
  // What writing an identifier may take before one that is too long is refused: an escape has six
  // bytes.
  static constexpr std::size_t kWritingBytes = 8 * kJsonBytesMax;

  struct Snapshot {
    // JSON strings with their quotes; empty: not set.
    std::string_view user() const noexcept { return {user_bytes, user_size}; }
    std::string_view session() const noexcept { return {session_bytes, session_size}; }
    std::string_view page() const noexcept { return {page_bytes, page_size}; }

    // Of the flow that the thread is in, as the others; not copied, and set by the recorder.
    std::string_view correlation;

    std::size_t user_size = 0, session_size = 0, page_size = 0;
    char user_bytes[kJsonBytesMax + 6];  // whole words
    char session_bytes[kJsonBytesMax + 6];
    char page_bytes[kJsonBytesMax + 6];
  };

  // `json`: a JSON string with its quotes, at most kJsonBytesMax bytes, or empty for none.
  void set_user(std::string_view json) noexcept { write(user_, json); }
  void set_session(std::string_view json) noexcept { write(session_, json); }
  void set_page(std::string_view json) noexcept { write(page_, json); }

  void read(Snapshot& out) const noexcept {
    for (;;) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      if ((before & 1U) == 0) {
        out.user_size = copy(user_, out.user_bytes);
        out.session_size = copy(session_, out.session_bytes);
        out.page_size = copy(page_, out.page_bytes);
        std::atomic_thread_fence(std::memory_order_acquire);
        if (version_.load(std::memory_order_relaxed) == before) return;
      }
    }
  }

 private:
  static constexpr std::size_t kWords = (kJsonBytesMax + 7) / 8;
  struct Text {
    std::atomic<std::size_t> size{0};
    std::array<std::atomic<std::uint64_t>, kWords> words{};
  };

  static std::size_t copy(const Text& from, char* to) noexcept {
    const std::size_t size = from.size.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i * 8 < size; ++i) {
      const std::uint64_t word = from.words[i].load(std::memory_order_relaxed);
      std::memcpy(to + i * 8, &word, 8);
    }
    return size;
  }

  void write(Text& to, std::string_view json) noexcept {
    const std::lock_guard<std::mutex> lock(writers_);
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t i = 0; i * 8 < json.size(); ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, json.data() + i * 8, json.size() - i * 8 < 8 ? json.size() - i * 8 : 8);
      to.words[i].store(word, std::memory_order_relaxed);
    }
    to.size.store(json.size(), std::memory_order_relaxed);
    version_.store(version + 2, std::memory_order_release);
  }

  std::mutex writers_;
  std::atomic<std::uint64_t> version_{0};  // odd while a writer is at work
  Text user_, session_, page_;
};

}  // namespace penstock
