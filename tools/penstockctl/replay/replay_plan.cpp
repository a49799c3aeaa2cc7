#include "replay_plan.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "record_view.hpp"
#include "wire/uuid.hpp"

namespace penstock::ctl {
namespace {

template <typename Number>
std::optional<Number> number_in_front(std::string_view& text) {
  Number number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number < 0 || number == std::numeric_limits<Number>::max())
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view sign) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(sign.size());
  return true;
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw std::runtime_error("\"" + plain(text) + "\" " + why +
                           "; give [3]@100-200 for the offsets 100 to 200 of partition 3, both "
                           "included, [3]@100- for all from 100 on, or [3] for the partition");
}

}  // namespace

OffsetRange parse_offsets(std::string_view text) {
  constexpr const char* kForm = "names no offsets";
  std::string_view rest = text;
  OffsetRange range;
  if (!take(rest, "[")) refuse(text, kForm);
  const auto partition = number_in_front<std::int32_t>(rest);
  if (!partition || !take(rest, "]")) refuse(text, kForm);
  range.partition = *partition;
  if (rest.empty()) return range;
  if (!take(rest, "@")) refuse(text, kForm);
  const auto begin = number_in_front<std::int64_t>(rest);
  if (!begin) refuse(text, kForm);
  range.begin = *begin;
  range.end = range.begin + 1;
  if (rest.empty()) return range;
  if (!take(rest, "-")) refuse(text, kForm);
  range.end.reset();
  if (rest.empty()) return range;
  const auto last = number_in_front<std::int64_t>(rest);
  if (!last || !rest.empty()) refuse(text, kForm);
  if (*last < range.begin) refuse(text, "ends before it begins");
  range.end = *last + 1;
  return range;
}

std::vector<OffsetRange> parse_offset_list(const std::vector<std::string>& texts) {
  std::vector<OffsetRange> ranges;
  for (const auto& text : texts) {
    const auto range = parse_offsets(text);
    if (std::ranges::find(ranges, range.partition, &OffsetRange::partition) != ranges.end())
      refuse(text, "is a second range of its partition; replay one after the other");
    ranges.push_back(range);
  }
  return ranges;
}

std::string digest_of(const ReplayOrder& order) {
  std::ostringstream text;
  const auto list = [&text](std::vector<std::string> values) {
    std::ranges::sort(values);
    for (const auto& value : values) text << value.size() << ':' << value;
    text << '\n';
  };
  list({order.from});
  list({order.to});
  list({order.since});
  list({order.until});
  list(order.offsets);
  for (const auto* values : {&order.filter.users, &order.filter.sessions, &order.filter.types,
                             &order.filter.correlations})
    list(*values);
  text << order.new_timestamps << order.whole;
  return wire::name_uuid(wire::Uuid{}, text.str()).text();
}

std::string name_of_digest(const std::string& digest) {
  constexpr std::size_t kLength = 13;  // two groups of a UUID
  return digest.substr(0, kLength);
}

std::string name_fault(const std::string& name) {
  constexpr std::size_t kLengthMax = 100;
  const bool fits = !name.empty() && name.size() <= kLengthMax &&
                    name.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789._-") == std::string::npos;
  return fits ? "" : "give a name of up to 100 letters, digits, dots, dashes and underscores";
}

}  // namespace penstock::ctl
