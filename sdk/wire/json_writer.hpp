// Writes JSON text into a buffer of the caller, and remembers if it did not fit.
//
// A writer is one thread's. Nothing is allocated and nothing throws; once something did not fit,
// all further writes are ignored and overflowed() stays true, so that one check at the end is
// enough. What the buffer holds behind the text is undefined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace penstock::wire {

class JsonWriter {
 public:
  // `buffer` must live as long as the writer.
  JsonWriter(char* buffer, std::size_t capacity) noexcept
      : begin_(buffer), cursor_(buffer), end_(buffer + capacity) {}

  // Bytes as they are: punctuation, or text that is JSON already.
  void raw(std::string_view text) noexcept {
    if (text.size() > room()) return overflow();
    std::memcpy(cursor_, text.data(), text.size());
    cursor_ += text.size();
  }
  void raw(char c) noexcept {
    if (cursor_ == end_) return overflow();
    *cursor_++ = c;
  }

  // A quoted and escaped string. Bytes that are not UTF-8 become U+FFFD, one for each maximal bad
  // part (the practice that Unicode recommends, chapter 3.9), so that the output is valid whatever
  // comes in.
  void string(std::string_view text) noexcept;
  // The same without the quotes, to build one string of several parts.
  void string_part(std::string_view text) noexcept;

  void number(std::int64_t value) noexcept;
  void number(std::uint64_t value) noexcept;
  // Shortest form that reads back the same. NaN and infinities, which JSON lacks, become null.
  void number(double value) noexcept;
  void boolean(bool value) noexcept {
    raw(value ? std::string_view("true") : std::string_view("false"));
  }
  void null() noexcept { raw(std::string_view("null")); }

  bool overflowed() const noexcept { return overflowed_; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(cursor_ - begin_); }
  std::string_view text() const noexcept { return {begin_, size()}; }
  // Takes back what was written behind `size`, which an earlier size() returned.
  void truncate(std::size_t size) noexcept {
    cursor_ = begin_ + size;
    if (overflowed_) end_ = cursor_;
  }

 private:
  std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }
  // Writes the character that `text` begins with, escaped or replaced; returns the bytes that it
  // took.
  std::size_t write_character(std::string_view text) noexcept;
  void overflow() noexcept {
    overflowed_ = true;
    end_ = cursor_;  // nothing that comes later fits, so the text stays a prefix
  }

  char* begin_;
  char* cursor_;
  char* end_;
  bool overflowed_ = false;
};

}  // namespace penstock::wire
