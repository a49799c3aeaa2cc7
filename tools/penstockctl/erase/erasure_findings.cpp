#include "erasure_findings.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "run_control.hpp"
#include "wire/timestamp.hpp"

namespace penstock::ctl {
namespace {

std::string time_text(std::int64_t unix_ms) {
  std::array<char, wire::kTimestampBytes> text;
  wire::format_timestamp(unix_ms, text.data());
  return {text.data(), text.size()};
}

std::string day_of(std::int64_t unix_ms) {
  constexpr std::size_t kDay = 10;
  return time_text(unix_ms).substr(0, kDay);
}

}  // namespace

ErasureFindings::ErasureFindings(std::map<std::string, TopicPolicy> policies)
    : policies_(std::move(policies)) {}

void ErasureFindings::add(const Record& record, bool own, bool is_tombstone) {
  const Place place{record.topic, record.partition};
  const auto policy = policies_.find(record.topic);
  if (record.key && policy != policies_.end() && policy->second.compacted) {
    const std::pair<Place, std::string> key{place, *record.key};
    if (own && !is_tombstone)
      newest_is_own_[key] = true;
    else if (const auto known = newest_is_own_.find(key); known != newest_is_own_.end())
      known->second = false;
  }
  if (!own || is_tombstone) return;
  ++records_;
  Found& found = found_[place];
  if (found.records++ == 0) {
    found.first_offset = record.offset;
    found.first_ms = found.last_ms = record.timestamp_ms;
  }
  found.last_offset = record.offset;
  found.first_ms = std::min(found.first_ms, record.timestamp_ms);
  found.last_ms = std::max(found.last_ms, record.timestamp_ms);
}

std::vector<Tombstone> ErasureFindings::tombstones() const {
  std::vector<Tombstone> all;
  for (const auto& [key, own] : newest_is_own_)
    if (own) all.push_back({key.first.first, key.first.second, key.second});
  return all;
}

std::optional<std::int64_t> ErasureFindings::gone_at(const Place& place, const Found& found) const {
  const auto policy = policies_.find(place.first);
  if (policy == policies_.end() || !policy->second.retention_ms) return std::nullopt;
  return found.last_ms + *policy->second.retention_ms;
}

bool ErasureFindings::something_stays() const {
  return std::ranges::any_of(found_, [&](const auto& one) {
    const auto policy = policies_.find(one.first.first);
    const bool compacted = policy != policies_.end() && policy->second.compacted;
    return !compacted && !gone_at(one.first, one.second);
  });
}

std::string ErasureFindings::fate_of(const Place& place, const Found& found, bool done) const {
  const auto policy = policies_.find(place.first);
  if (policy == policies_.end() || !policy->second.known)
    return "this Kafka does not say until when";
  if (policy->second.compacted)
    return done ? "tombstones written: Kafka's cleaner takes them" : "would get tombstones";
  const auto gone = gone_at(place, found);
  return gone ? "until " + day_of(*gone) : "FOR EVER: the topic has no retention";
}

std::string ErasureFindings::to_text(bool done) const {
  if (found_.empty()) return "nothing of them lies in these topics\n";
  constexpr std::size_t kPlace = 30, kOffsets = 24;
  std::string text = counted(records_, "record") + "\n\n   RECORDS  " +
                     to_width("PARTITION", kPlace) + to_width("OFFSETS", kOffsets) +
                     "LAST ONE    REMAINS\n";
  for (const auto& [place, found] : found_) {
    const std::string count = with_commas(found.records);
    text +=
        std::string(10 - std::min<std::size_t>(count.size(), 10), ' ') + count + "  " +
        to_width(plain(place.first) + '[' + std::to_string(place.second) + ']', kPlace) +
        to_width(std::to_string(found.first_offset) + " to " + std::to_string(found.last_offset),
                 kOffsets) +
        day_of(found.last_ms) + "  " + fate_of(place, found, done) + '\n';
  }
  return text;
}

std::string ErasureFindings::to_json(bool done) const {
  nlohmann::ordered_json json = {{"applied", done},
                                 {"records", records_},
                                 {"tombstones", tombstones().size()},
                                 {"somethingStays", something_stays()},
                                 {"found", nlohmann::ordered_json::array()}};
  for (const auto& [place, found] : found_) {
    const auto gone = gone_at(place, found);
    json["found"].push_back({{"topic", place.first},
                             {"partition", place.second},
                             {"records", found.records},
                             {"firstOffset", found.first_offset},
                             {"lastOffset", found.last_offset},
                             {"lastTime", time_text(found.last_ms)},
                             {"until", gone ? nlohmann::ordered_json(time_text(*gone)) : nullptr},
                             {"fate", fate_of(place, found, done)}});
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace penstock::ctl
