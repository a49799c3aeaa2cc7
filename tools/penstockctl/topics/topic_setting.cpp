#include "topic_setting.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace penstock::ctl {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array<Unit, 5> kTimes = {
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> kSizes = {
    {{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};

// A whole number, as Kafka has it, or one from 0 with its unit.
std::optional<std::string> with_unit(std::string_view text, std::span<const Unit> units) {
  if (const auto value = whole_number(text))
    return *value >= -1 ? std::optional(std::to_string(*value)) : std::nullopt;
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = whole_number(text.substr(0, digits));
  if (!count) return std::nullopt;
  for (const auto& [name, factor] : units) {
    if (text.substr(digits) != name) continue;
    if (*count > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
    return std::to_string(*count * factor);
  }
  return std::nullopt;
}

// The largest unit that leaves no rest.
std::string in_units(std::int64_t value, std::span<const Unit> units) {
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (value != 0 && value % unit->factor == 0)
      return std::to_string(value / unit->factor) + std::string(unit->name);
  }
  return std::to_string(value);
}

std::optional<std::string> cleanup_value(std::string text) {
  std::erase(text, ' ');
  if (text == "delete,compact") return "compact,delete";
  if (text == "delete" || text == "compact" || text == "compact,delete") return text;
  return std::nullopt;
}

std::optional<double> ratio(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

// The settings of a topic in Kafka 4, with those that Kafka 3 had beside them.
const std::vector<std::string>& topic_setting_names() {
  static const std::vector<std::string> names = {"cleanup.policy",
                                                 "compression.gzip.level",
                                                 "compression.lz4.level",
                                                 "compression.type",
                                                 "compression.zstd.level",
                                                 "delete.retention.ms",
                                                 "file.delete.delay.ms",
                                                 "flush.messages",
                                                 "flush.ms",
                                                 "follower.replication.throttled.replicas",
                                                 "index.interval.bytes",
                                                 "leader.replication.throttled.replicas",
                                                 "local.retention.bytes",
                                                 "local.retention.ms",
                                                 "max.compaction.lag.ms",
                                                 "max.message.bytes",
                                                 "message.downconversion.enable",
                                                 "message.timestamp.after.max.ms",
                                                 "message.timestamp.before.max.ms",
                                                 "message.timestamp.difference.max.ms",
                                                 "message.timestamp.type",
                                                 "min.cleanable.dirty.ratio",
                                                 "min.compaction.lag.ms",
                                                 "min.insync.replicas",
                                                 "preallocate",
                                                 "remote.log.copy.disable",
                                                 "remote.log.delete.on.disable",
                                                 "remote.storage.enable",
                                                 "retention.bytes",
                                                 "retention.ms",
                                                 "segment.bytes",
                                                 "segment.index.bytes",
                                                 "segment.jitter.ms",
                                                 "segment.ms",
                                                 "unclean.leader.election.enable",
                                                 "retention",
                                                 "cleanup"};
  return names;
}

std::string kafka_name(const std::string& name) {
  if (name == "retention") return "retention.ms";
  return name == "cleanup" ? "cleanup.policy" : name;
}

std::string short_name(const std::string& name) {
  if (name == kRetention) return "retention";
  return name == kCleanup ? "cleanup" : name;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

KafkaValue to_kafka_value(const std::string& name, const std::string& text) {
  if (name == kRetention) {
    return {text == "forever" ? std::optional<std::string>("-1") : with_unit(text, kTimes),
            "a duration, for example 90s, 30m, 2h or 7d, or forever"};
  }
  if (name.ends_with(".ms"))
    return {with_unit(text, kTimes), "a duration, for example 90s, 30m, 2h or 7d"};
  if (name.ends_with(".bytes"))
    return {with_unit(text, kSizes), "a size, for example 512, 64KiB, 8MiB or 1GiB"};
  if (name == kCleanup) return {cleanup_value(text), "delete, compact, or compact,delete"};
  if (name == kMinInsync) {
    const auto number = whole_number(text);
    const bool right = number && *number >= 1 && *number <= std::numeric_limits<int>::max();
    return {right ? std::optional(std::to_string(*number)) : std::nullopt,
            "a whole number from 1, for example 2"};
  }
  if (name.ends_with(".enable") || name.ends_with(".disable") || name == "preallocate") {
    const bool right = text == "true" || text == "false";
    return {right ? std::optional(text) : std::nullopt, "true or false"};
  }
  return {text.empty() ? std::nullopt : std::optional(text), "a value"};
}

std::string to_short_value(const std::string& name, const std::string& value) {
  const auto number = whole_number(value);
  if (name == kRetention && number == -1) return "forever";
  if (!number || *number < 0) return value;
  // Without its unit: of Kafka's "as long as there are numbers", nobody reads days.
  if (*number == std::numeric_limits<std::int64_t>::max()) return value;
  if (name.ends_with(".ms")) return in_units(*number, kTimes);
  if (name.ends_with(".bytes")) return in_units(*number, kSizes);
  return value;
}

bool is_same_value(const std::string& name, const std::string& a, const std::string& b) {
  if (a == b) return true;
  if (name == kCleanup) return cleanup_value(a) == cleanup_value(b) && cleanup_value(a);
  if (!name.ends_with(".ratio")) return false;
  const auto left = ratio(a), right = ratio(b);
  return left && right && !(*left < *right) && !(*right < *left);
}

}  // namespace penstock::ctl
