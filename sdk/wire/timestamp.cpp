#include "wire/timestamp.hpp"

#include <algorithm>

namespace penstock::wire {
namespace {

constexpr std::int64_t kMillisecondsPerDay = 86'400'000;
constexpr std::int64_t kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr std::int64_t kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

// Years are counted from March 0000 on, so that the leap day is the last one of its year; dates are
// those of the proleptic Gregorian calendar (the method of H. Hinnant, "chrono-compatible low-level
// date algorithms"). 719'468 days lie between 0000-03-01 and 1970-01-01.
constexpr std::int64_t kEpochDay = 719'468;
constexpr std::int64_t kDaysPerEra = 146'097;  // 400 years

struct Date {
  unsigned year, month, day;
};

Date date_of(std::int64_t unix_day) noexcept {
  // Not negative from year 0000 on
  const std::int64_t shifted = unix_day + kEpochDay + kDaysPerEra;
  const auto era = static_cast<unsigned>(shifted / kDaysPerEra);
  const auto day_of_era = static_cast<unsigned>(shifted % kDaysPerEra);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const unsigned year = year_of_era + era * 400 + (month <= 2 ? 1 : 0) - 400;
  return {year, month, day};
}

std::int64_t day_of(Date date) noexcept {
  const std::int64_t year = std::int64_t{date.year} + 400 - (date.month <= 2 ? 1 : 0);
  const std::int64_t year_of_era = year % 400;
  const std::int64_t month_from_march = (std::int64_t{date.month} + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return (year / 400) * kDaysPerEra + day_of_era - kEpochDay - kDaysPerEra;
}

unsigned days_of_month(unsigned year, unsigned month) noexcept {
  constexpr unsigned char kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

template <int kCount>
char* write_digits(char* out, unsigned value) noexcept {
  for (int i = kCount - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + kCount;
}

// Takes the expected parts from the front; once one is missing, ok() stays false.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return text_.empty(); }

  unsigned digits(std::size_t count, unsigned low, unsigned high) noexcept {
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + digit();
    ok_ = ok_ && value >= low && value <= high;
    return value;
  }
  // One of `choices`.
  char character(std::string_view choices) noexcept {
    if (text_.empty() || choices.find(text_.front()) == choices.npos) {
      ok_ = false;
      return 0;
    }
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }
  // A fraction of 1 to 9 digits behind a point, if there is one, cut to milliseconds.
  unsigned milliseconds() noexcept {
    if (text_.empty() || text_.front() != '.') return 0;
    text_.remove_prefix(1);
    unsigned value = 0;
    std::size_t count = 0;
    for (; next_is_digit(); ++count) {
      const unsigned next = digit();
      if (count < 3) value = value * 10 + next;
    }
    ok_ = ok_ && count >= 1 && count <= 9;
    for (; count < 3; ++count) value *= 10;
    return value;
  }

 private:
  bool next_is_digit() const noexcept {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }
  unsigned digit() noexcept {
    if (!next_is_digit()) {
      ok_ = false;
      return 0;
    }
    const auto value = static_cast<unsigned>(text_.front() - '0');
    text_.remove_prefix(1);
    return value;
  }

  std::string_view text_;
  bool ok_ = true;
};

// Minutes east of UTC.
std::int64_t read_offset(Reader& reader) noexcept {
  const char sign = reader.character("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const unsigned hours = reader.digits(2, 0, 23);
  reader.character(":");
  const unsigned minutes = reader.digits(2, 0, 59);
  const std::int64_t offset = std::int64_t{hours} * 60 + minutes;
  return sign == '-' ? -offset : offset;
}

}  // namespace

void format_timestamp(std::int64_t unix_milliseconds, char* out) noexcept {
  // From the start of year 0000, where nothing is negative and division rounds down.
  const std::int64_t clamped = std::clamp(unix_milliseconds, kFirst, kLast) - kFirst;
  const Date date = date_of(clamped / kMillisecondsPerDay + kFirst / kMillisecondsPerDay);
  const auto of_day = static_cast<unsigned>(clamped % kMillisecondsPerDay);

  out = write_digits<4>(out, date.year);
  *out++ = '-';
  out = write_digits<2>(out, date.month);
  *out++ = '-';
  out = write_digits<2>(out, date.day);
  *out++ = 'T';
  out = write_digits<2>(out, of_day / 3'600'000);
  *out++ = ':';
  out = write_digits<2>(out, of_day / 60'000 % 60);
  *out++ = ':';
  out = write_digits<2>(out, of_day / 1000 % 60);
  *out++ = '.';
  out = write_digits<3>(out, of_day % 1000);
  *out = 'Z';
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept {
  Reader reader(text);
  Date date{};
  date.year = reader.digits(4, 0, 9999);
  reader.character("-");
  date.month = reader.digits(2, 1, 12);
  reader.character("-");
  date.day = reader.digits(2, 1, 31);
  reader.character("Tt");
  const unsigned hour = reader.digits(2, 0, 23);
  reader.character(":");
  const unsigned minute = reader.digits(2, 0, 59);
  reader.character(":");
  unsigned second = reader.digits(2, 0, 60);
  unsigned milliseconds = reader.milliseconds();
  const std::int64_t offset_minutes = read_offset(reader);
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  if (date.day > days_of_month(date.year, date.month)) return std::nullopt;

  if (second == 60) {
    second = 59;
    milliseconds = 999;
  }
  const std::int64_t minutes = std::int64_t{hour} * 60 + minute - offset_minutes;
  return day_of(date) * kMillisecondsPerDay + minutes * 60'000 + std::int64_t{second} * 1000 +
         milliseconds;
}

}  // namespace penstock::wire
