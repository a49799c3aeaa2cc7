#include "setting_value.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace penstock::gateway {
namespace {

template <typename Number>
bool parse_whole(std::string_view text, Number& out) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return false;
  out = value;
  return true;
}

// Digits, then one of `units` (name, factor). nullopt if it is neither, or too large for 63 bits.
template <std::size_t N>
std::optional<std::int64_t> parse_with_unit(
    std::string_view text, const std::pair<std::string_view, std::int64_t> (&units)[N]) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, factor] : units) {
    if (unit != name) continue;
    if (count > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
    return count * factor;
  }
  return std::nullopt;
}

template <typename Value, std::size_t N>
bool parse_choice(std::string_view text, const std::pair<std::string_view, Value> (&choices)[N],
                  Value& out) {
  for (const auto& [name, value] : choices) {
    if (text != name) continue;
    out = value;
    return true;
  }
  return false;
}

}  // namespace

bool TextValue::parse(std::string_view text, std::string& out) {
  out = text;
  return true;
}

bool PortValue::parse(std::string_view text, std::uint16_t& out) { return parse_whole(text, out); }

bool CountValue::parse(std::string_view text, std::size_t& out) { return parse_whole(text, out); }
bool CountValue::parse(std::string_view text, unsigned& out) { return parse_whole(text, out); }
bool CountValue::parse(std::string_view text, int& out) {
  int value = 0;
  if (!parse_whole(text, value) || value < 0) return false;
  out = value;
  return true;
}

bool RateValue::parse(std::string_view text, double& out) {
  double value = 0;
  if (!parse_whole(text, value) || !std::isfinite(value) || value < 0) return false;
  out = value;
  return true;
}

bool BooleanValue::parse(std::string_view text, bool& out) {
  static constexpr std::pair<std::string_view, bool> kChoices[] = {{"true", true},
                                                                   {"false", false}};
  return parse_choice(text, kChoices, out);
}

bool DurationValue::parse(std::string_view text, std::chrono::milliseconds& out) {
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  // The clocks that these are added to count nanoseconds in 63 bits: a year leaves room for all of
  // them.
  static constexpr std::int64_t kYear = std::int64_t{365} * 24 * 3'600'000;
  const auto milliseconds = parse_with_unit(text, kUnits);
  if (!milliseconds || *milliseconds > kYear) return false;
  out = std::chrono::milliseconds(*milliseconds);
  return true;
}

bool SizeValue::parse(std::string_view text, std::size_t& out) {
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  const auto bytes = parse_with_unit(text, kUnits);
  if (!bytes) return false;
  out = static_cast<std::size_t>(*bytes);
  return true;
}

bool TlsVersionValue::parse(std::string_view text, bool& tls13_only) {
  static constexpr std::pair<std::string_view, bool> kChoices[] = {{"1.2", false}, {"1.3", true}};
  return parse_choice(text, kChoices, tls13_only);
}

bool CompressionValue::parse(std::string_view text, std::string& out) {
  for (const std::string_view known : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    if (text != known) continue;
    out = text;
    return true;
  }
  return false;
}

bool LogLevelValue::parse(std::string_view text, LogSeverity& out) {
  static constexpr std::pair<std::string_view, LogSeverity> kChoices[] = {
      {"debug", LogSeverity::kDebug},
      {"info", LogSeverity::kInfo},
      {"warning", LogSeverity::kWarning},
      {"error", LogSeverity::kError}};
  return parse_choice(text, kChoices, out);
}

bool LogFormatValue::parse(std::string_view text, bool& json) {
  static constexpr std::pair<std::string_view, bool> kChoices[] = {{"json", true}, {"text", false}};
  return parse_choice(text, kChoices, json);
}

}  // namespace penstock::gateway
