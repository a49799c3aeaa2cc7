#include "privacy/rules/truncation.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "privacy/detectors/text_view.hpp"
#include "wire/hex.hpp"
#include "wire/timestamp.hpp"

namespace penstock::privacy {
namespace {

constexpr std::size_t kDayBytes = 10;
constexpr std::string_view kMidnight = "T00:00:00Z";

std::size_t digits_at(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

void append_number(Truncated& out, unsigned value, unsigned base) noexcept {
  std::array<char, 8> digits;
  std::size_t begin = digits.size();
  do {
    digits[--begin] = wire::kHexDigits[value % base];
    value /= base;
  } while (value > 0);
  out.append({digits.data() + begin, digits.size() - begin});
}

void append_ipv4(Truncated& out, const unsigned char* bytes) noexcept {
  for (int i = 0; i < 3; ++i) {
    append_number(out, bytes[i], 10);
    out.append(".");
  }
  out.append("0");
}

void append_ipv6(Truncated& out, const unsigned char* bytes) noexcept {
  unsigned groups[3];
  for (int i = 0; i < 3; ++i)
    groups[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  // The zeros behind the last group are always the longest run.
  int count = 3;
  while (count > 0 && groups[count - 1] == 0) --count;
  for (int i = 0; i < count; ++i) {
    if (i > 0) out.append(":");
    append_number(out, groups[i], 16);
  }
  out.append("::");
}

// Copies the number at `at`, cut to `digits` decimals.
class CoordinateReader {
 public:
  CoordinateReader(std::string_view text, unsigned digits) noexcept
      : text_(text), digits_(digits) {}

  Truncated read() noexcept {
    if (text_.size() > Truncated::kBytesMax) return {};
    while (at_ < text_.size()) {
      if (is_between(text_[at_])) {
        parted_ = parted_ || is_strong(text_[at_]);
        keep(1);
      } else if (!read_number()) {
        return {};
      }
    }
    const bool known = numbers_ >= 1 && numbers_ <= 4 && (numbers_ <= 2 || !loose_);
    return known ? out_ : Truncated{};
  }

 private:
  static bool is_strong(char c) noexcept { return c == ',' || c == ';' || c == '/'; }
  static bool is_between(char c) noexcept {
    return is_strong(c) || c == ' ' || c == '(' || c == ')' || c == '[' || c == ']';
  }
  char next() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  void keep(std::size_t bytes) noexcept {
    out_.append(text_.substr(at_, bytes));
    at_ += bytes;
  }

  bool read_number() noexcept {
    loose_ = loose_ || (numbers_ > 0 && !parted_);
    parted_ = false;
    ++numbers_;
    if (next() == '-' || next() == '+') keep(1);
    const std::size_t whole = digits_at(text_, at_);
    if (whole < 1 || whole > 3) return false;
    unsigned degrees = 0;
    for (std::size_t i = 0; i < whole; ++i) {
      degrees = degrees * 10 + static_cast<unsigned>(text_[at_ + i] - '0');
    }
    if (degrees > 180) return false;
    keep(whole);
    return next() == '.' ? read_fraction() : ends_without_fraction();
  }
  bool read_fraction() noexcept {
    const std::size_t fraction = digits_at(text_, at_ + 1);
    if (fraction == 0) return false;
    const std::size_t end = at_ + 1 + fraction;
    keep(1 + std::min<std::size_t>(fraction, digits_));
    at_ = end;
    return ends();
  }
  bool ends_without_fraction() const noexcept {
    const bool may_go_on = next() == ',' && digits_at(text_, at_ + 1) > 0;
    return ends() && !may_go_on;
  }
  bool ends() const noexcept { return at_ == text_.size() || is_between(text_[at_]); }

  std::string_view text_;
  unsigned digits_;
  Truncated out_;
  std::size_t at_ = 0;
  std::size_t numbers_ = 0;
  bool parted_ = false;  // by more than spaces from the number before
  bool loose_ = false;   // two numbers were not
};

// Milliseconds.
std::optional<std::int64_t> read_epoch(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t digits = digits_at(text, 0);
  if (digits < 9 || digits > 15) return std::nullopt;
  const bool seconds = digits <= 11;
  if (digits < text.size()) {
    const std::size_t fraction = digits_at(text, digits + 1);
    if (!seconds || text[digits] != '.' || fraction == 0) return std::nullopt;
    if (digits + 1 + fraction != text.size() || fraction > 9) return std::nullopt;
  }
  std::int64_t value = 0;
  for (const char c : text.substr(0, digits)) value = value * 10 + (c - '0');
  if (seconds) value *= 1000;
  return negative ? -value : value;
}

std::optional<std::int64_t> read_time(std::string_view text) noexcept {
  if (text.size() == kDayBytes && text.find('-') == 4) {
    std::array<char, kDayBytes + kMidnight.size()> time;
    std::copy(text.begin(), text.end(), time.begin());
    std::copy(kMidnight.begin(), kMidnight.end(), time.begin() + kDayBytes);
    return wire::parse_timestamp({time.data(), time.size()});
  }
  const auto time = wire::parse_timestamp(text);
  return time ? time : read_epoch(text);
}

}  // namespace

void Truncated::append(std::string_view text) noexcept {
  const std::size_t count = std::min(text.size(), bytes_.size() - size_);
  std::copy_n(text.begin(), count, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += count;
}

Truncated truncate_ip(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> name{};
  if (text.size() >= name.size() || text.find('\0') != text.npos) return {};
  std::copy(text.begin(), text.end(), name.begin());

  constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  unsigned char bytes[16];
  Truncated out;
  if (inet_pton(AF_INET, name.data(), bytes) == 1) {
    append_ipv4(out, bytes);
  } else if (inet_pton(AF_INET6, name.data(), bytes) != 1) {
    return {};
  } else if (std::memcmp(bytes, kMapped, sizeof kMapped) == 0) {
    append_ipv4(out, bytes + sizeof kMapped);
  } else {
    append_ipv6(out, bytes);
  }
  return out;
}

Truncated truncate_coordinates(std::string_view text, unsigned digits) noexcept {
  return CoordinateReader(text, digits).read();
}

Truncated truncate_to_day(std::string_view text) noexcept {
  const auto time = read_time(text);
  if (!time) return {};
  std::array<char, wire::kTimestampBytes> written;
  wire::format_timestamp(*time, written.data());
  Truncated out;
  out.append({written.data(), kDayBytes});
  return out;
}

}  // namespace penstock::privacy
