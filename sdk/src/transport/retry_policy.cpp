#include "transport/retry_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace penstock::transport {
namespace {

using std::chrono::milliseconds;

Action action_for(const Attempt& attempt) noexcept {
  if (attempt.status >= 200 && attempt.status <= 299) {
    return attempt.answer_fits ? Action::kAcknowledge : Action::kRetry;
  }
  switch (attempt.status) {
    case 400:  // not a batch: this SDK and that gateway do not speak the same protocol
    case 401:
    case 403:  // the key
    case 415:  // encoding or type
      return Action::kAskRarely;
    case 413:
      return Action::kSplit;
    default:
      // 408, 425, 429, 5xx and no answer pass by themselves. 3xx, 404, 405, 410 and what else a
      // proxy may say come from a wrong address, or from a roll-out that ends: the events wait for
      // it, at retry_delay_max.
      return Action::kRetry;
  }
}

double doubled(milliseconds least, milliseconds most, unsigned times) noexcept {
  const double grown =
      std::ldexp(static_cast<double>(least.count()), static_cast<int>(std::min(times, 1000U)));
  return std::min(grown, static_cast<double>(most.count()));
}

milliseconds jitter(const Attempt& attempt, const RetryLimits& limits, double random) noexcept {
  const double ceiling = doubled(limits.delay_min, limits.delay_max, attempt.failures_before);
  return milliseconds(static_cast<milliseconds::rep>(random * (ceiling + 1)));
}

milliseconds long_wait(const Attempt& attempt, const RetryLimits& limits, double random) noexcept {
  const double ceiling =
      doubled(limits.refusal_delay_min, limits.refusal_delay_max, attempt.refusals_before);
  return milliseconds(static_cast<milliseconds::rep>(ceiling * (1 + random) / 2));
}

// Reads `digits` digits at the front of `text` and takes them off.
bool take_number(std::string_view& text, std::size_t digits, int& out) noexcept {
  if (text.size() < digits) return false;
  const char* const begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + digits, out);
  if (error != std::errc() || end != begin + digits || out < 0) return false;
  text.remove_prefix(digits);
  return true;
}

bool take_text(std::string_view& text, std::string_view expected) noexcept {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool take_month(std::string_view& text, unsigned& month) noexcept {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (month = 1; month <= kMonths.size(); ++month) {
    if (take_text(text, kMonths[month - 1])) return true;
  }
  return false;
}

// The only form of a date that RFC 9110 lets a server send.
std::optional<std::int64_t> parse_http_date(std::string_view text) noexcept {
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  text.remove_prefix(comma + 2);
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0;
  const bool whole = take_number(text, 2, day) && take_text(text, " ") && take_month(text, month) &&
                     take_text(text, " ") && take_number(text, 4, year) && take_text(text, " ") &&
                     take_number(text, 2, hour) && take_text(text, ":") &&
                     take_number(text, 2, minute) && take_text(text, ":") &&
                     take_number(text, 2, second) && text == " GMT";
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!whole || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return std::int64_t{days} * 86'400 + hour * 3'600 + minute * 60 + second;
}

}  // namespace

Decision decide(const Attempt& attempt, const RetryLimits& limits, double random) noexcept {
  Decision decision{action_for(attempt)};
  if (decision.action != Action::kRetry && decision.action != Action::kAskRarely) return decision;
  decision.wait = decision.action == Action::kRetry ? jitter(attempt, limits, random)
                                                    : long_wait(attempt, limits, random);
  if (attempt.retry_after) {
    decision.wait += std::min<milliseconds>(*attempt.retry_after, kRetryAfterMax);
    decision.server_asked = true;
  }
  return decision;
}

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::int64_t now_unix_seconds) noexcept {
  constexpr std::int64_t kMost = std::chrono::seconds(kRetryAfterMax).count();
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  const bool all_digits =
      !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
  if (all_digits && error == std::errc::result_out_of_range) {
    seconds = kMost;
  } else if (!all_digits) {
    const auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    seconds = *date - now_unix_seconds;
  }
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kMost));
}

}  // namespace penstock::transport
