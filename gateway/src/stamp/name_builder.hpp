// A name for a UUIDv5, put together on the stack.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wire/limits.hpp"

namespace penstock::gateway {

// Holds one identifier and what identifies within it; more is not taken in.
class NameBuilder {
 public:
  NameBuilder& text(std::string_view text) noexcept {
    if (text.size() > buffer_.size() - size_) text = text.substr(0, buffer_.size() - size_);
    std::memcpy(buffer_.data() + size_, text.data(), text.size());
    size_ += text.size();
    return *this;
  }
  NameBuilder& number(std::uint64_t number) noexcept {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return text({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  std::string_view name() const noexcept { return {buffer_.data(), size_}; }

 private:
  static constexpr std::size_t kAroundBytes = 64;  // prefix, separators and a number
  std::array<char, wire::kIdentifierBytesMax + kAroundBytes> buffer_;
  std::size_t size_ = 0;
};

static_assert(wire::kHeaderValueBytesMax <= wire::kIdentifierBytesMax);

}  // namespace penstock::gateway
