#include "time_bound.hpp"

#include <charconv>
#include <stdexcept>

#include "wire/timestamp.hpp"

namespace penstock::ctl {
namespace {

std::int64_t unit_ms(char unit) noexcept {
  switch (unit) {
    case 's':
      return 1000;
    case 'm':
      return 60'000;
    case 'h':
      return 3'600'000;
    case 'd':
      return 86'400'000;
    default:
      return 0;
  }
}

}  // namespace

std::int64_t parse_time_bound(const std::string& text, std::int64_t now_ms) {
  if (const auto time = wire::parse_timestamp(text)) return *time;
  if (const auto day = wire::parse_timestamp(text + "T00:00:00Z")) return *day;
  const std::int64_t unit = text.empty() ? 0 : unit_ms(text.back());
  std::int64_t count = 0;
  const char* const end = text.data() + text.size() - (text.empty() ? 0 : 1);
  const auto read = std::from_chars(text.data(), end, count);
  constexpr std::int64_t kCountMax = 100'000;
  if (unit == 0 || read.ec != std::errc() || read.ptr != end || count < 0 || count > kCountMax) {
    throw std::runtime_error("\"" + text +
                             "\" is no time; give 2026-11-28T12:00:00Z, 2026-11-28, or 30m, 2h, 7d "
                             "for so long ago");
  }
  return now_ms - count * unit;
}

}  // namespace penstock::ctl
