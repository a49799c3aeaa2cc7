// The settings of Kafka's topics, as people write them and as Kafka does. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::ctl {

inline constexpr std::string_view kRetention = "retention.ms";
inline constexpr std::string_view kCleanup = "cleanup.policy";
inline constexpr std::string_view kMinInsync = "min.insync.replicas";

// Kafka's names, and our comforts: "retention" and "cleanup".
const std::vector<std::string>& topic_setting_names();

// "retention.ms" of "retention", "cleanup.policy" of "cleanup", else the same.
std::string kafka_name(const std::string& name);
// The way back, for people.
std::string short_name(const std::string& name);

std::optional<std::int64_t> whole_number(std::string_view text);

struct KafkaValue {
  std::optional<std::string> text;  // as Kafka has it; none: not of this kind
  std::string_view expected;        // completes "expected ...", with an example
};

// 14d, 64MiB, forever and the like become Kafka's numbers; `name` is Kafka's.
KafkaValue to_kafka_value(const std::string& name, const std::string& text);
// The way back, for people: exact, so 90061 ms are 90061ms.
std::string to_short_value(const std::string& name, const std::string& value);

// Whether Kafka makes no difference between them.
bool is_same_value(const std::string& name, const std::string& a, const std::string& b);

}  // namespace penstock::ctl
