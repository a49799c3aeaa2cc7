#include "letter_stats.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "record_view.hpp"
#include "wire/timestamp.hpp"

namespace penstock::ctl {
namespace {

constexpr std::string_view kOthers = "(others)", kNone = "(none)";
constexpr std::size_t kValueWidth = 44, kCountWidth = 10, kShareWidth = 9, kTimeWidth = 19;
constexpr std::int64_t kMinuteMs = 60'000;

std::string time_text(std::int64_t time_ms) {
  std::string text(wire::kTimestampBytes, ' ');
  wire::format_timestamp(time_ms, text.data());
  return text;
}

// 2024-12-08 12:34:56
std::string short_time(std::int64_t time_ms) {
  std::string text = time_text(time_ms).substr(0, kTimeWidth);
  text[10] = ' ';
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  const auto tenths = (1000 * part + whole / 2) / whole;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " %";
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return result;
}

std::string row(std::string_view value, const std::string& count, const std::string& share,
                const std::string& first, const std::string& last) {
  return "  " + to_width(value, kValueWidth) + right(count, kCountWidth) +
         right(share, kShareWidth) + "  " + first + "  " + last + '\n';
}

}  // namespace

void LetterStats::Count::add(std::int64_t time_ms) noexcept {
  first_ms = letters == 0 ? time_ms : std::min(first_ms, time_ms);
  last_ms = letters == 0 ? time_ms : std::max(last_ms, time_ms);
  ++letters;
}

void LetterStats::add(const DeadLetter& letter) {
  const std::array<const std::string*, kGroups> values = {
      &letter.code, &letter.pointer, &letter.key_id, &letter.event_type, &letter.user_id};
  for (std::size_t i = 0; i < kGroups; ++i) {
    const std::string value = values[i]->empty() ? std::string(kNone) : *values[i];
    const bool full = groups_[i].size() >= kValuesMax && !groups_[i].contains(value);
    groups_[i][full ? std::string(kOthers) : value].add(letter.time_ms);
  }
  ++total_;
  whole_.add(letter.time_ms);
  ++minutes_[letter.time_ms / kMinuteMs];
}

std::vector<const LetterStats::Group::value_type*> LetterStats::most_frequent(
    const Group& group) const {
  std::vector<const Group::value_type*> sorted;
  for (const auto& each : group) sorted.push_back(&each);
  std::ranges::stable_sort(sorted, [](const auto* left, const auto* right) {
    return left->second.letters > right->second.letters;
  });
  return sorted;
}

std::string LetterStats::group_text(std::size_t group, std::size_t rows_max) const {
  const auto sorted = most_frequent(groups_[group]);
  std::string text =
      "\n" + row(upper(kNames[group]), "LETTERS", "SHARE", to_width("FIRST", kTimeWidth), "LAST");
  std::uint64_t shown = 0;
  for (std::size_t i = 0; i < std::min(rows_max, sorted.size()); ++i) {
    const auto& [value, count] = *sorted[i];
    text += row(plain(value), std::to_string(count.letters), percent(count.letters, total_),
                short_time(count.first_ms), short_time(count.last_ms));
    shown += count.letters;
  }
  if (sorted.size() > rows_max) {
    text += "  and " + std::to_string(sorted.size() - rows_max) + " more with " +
            std::to_string(total_ - shown) + " letters; see --rows\n";
  }
  return text;
}

std::int64_t LetterStats::bar_ms() const noexcept {
  constexpr std::size_t kBarsMax = 24;
  constexpr std::int64_t kHour = 60 * kMinuteMs, kDay = 24 * kHour;
  for (const std::int64_t width : {kMinuteMs, 5 * kMinuteMs, 10 * kMinuteMs, 30 * kMinuteMs, kHour,
                                   3 * kHour, 6 * kHour, 12 * kHour, kDay, 7 * kDay}) {
    if (static_cast<std::size_t>(whole_.last_ms / width - whole_.first_ms / width) < kBarsMax)
      return width;
  }
  return 30 * kDay;
}

std::vector<LetterStats::Bar> LetterStats::bars() const {
  std::vector<Bar> all;
  if (total_ == 0) return all;
  const std::int64_t width = bar_ms();
  // Also those without letters, but not without end: a letter may be of any time.
  constexpr std::size_t kBarsMax = 1000;
  const std::int64_t last = whole_.last_ms / width;
  for (std::int64_t at = whole_.first_ms / width; at <= last && all.size() < kBarsMax; ++at)
    all.push_back({at * width, 0});
  for (const auto& [minute, letters] : minutes_) {
    const auto place =
        static_cast<std::size_t>(minute * kMinuteMs / width - whole_.first_ms / width);
    if (place < all.size()) all[place].letters += letters;
  }
  return all;
}

std::string LetterStats::histogram() const {
  constexpr std::uint64_t kBarWidth = 50;
  const auto all = bars();
  std::uint64_t most = 1;
  for (const Bar& bar : all) most = std::max(most, bar.letters);
  const std::int64_t minutes = bar_ms() / kMinuteMs;
  std::string text = "\n  OVER TIME, " +
                     (minutes == 1 ? "a minute" : std::to_string(minutes) + " minutes") +
                     " each (UTC)\n";
  for (const Bar& bar : all) {
    text += "  " + short_time(bar.from_ms).substr(0, 16) + "  ";
    const std::uint64_t blocks = (bar.letters * kBarWidth + most - 1) / most;
    for (std::uint64_t i = 0; i < blocks; ++i) text += "█";
    text += (blocks == 0 ? "" : " ") + std::to_string(bar.letters) + '\n';
  }
  return text;
}

std::string LetterStats::to_text(std::size_t rows_max) const {
  if (total_ == 0) return "no dead letters\n";
  std::string text = std::to_string(total_) + " dead letters, " + short_time(whole_.first_ms) +
                     " to " + short_time(whole_.last_ms) + " UTC\n";
  for (std::size_t group = 0; group < kGroups; ++group) text += group_text(group, rows_max);
  return text + histogram();
}

std::string LetterStats::to_json() const {
  nlohmann::ordered_json json{{"letters", total_}};
  if (total_ != 0) {
    json["first"] = time_text(whole_.first_ms);
    json["last"] = time_text(whole_.last_ms);
  }
  for (std::size_t group = 0; group < kGroups; ++group) {
    auto& rows = json["by"][std::string(kNames[group])] = nlohmann::ordered_json::array();
    for (const auto* each : most_frequent(groups_[group])) {
      rows.push_back({{"value", each->first},
                      {"letters", each->second.letters},
                      {"first", time_text(each->second.first_ms)},
                      {"last", time_text(each->second.last_ms)}});
    }
  }
  json["overTime"] = nlohmann::ordered_json::array();
  for (const Bar& bar : bars()) {
    json["overTime"].push_back({{"from", time_text(bar.from_ms)},
                                {"minutes", bar_ms() / kMinuteMs},
                                {"letters", bar.letters}});
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace penstock::ctl
