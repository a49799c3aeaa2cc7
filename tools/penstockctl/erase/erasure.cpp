#include "erasure.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "erasure_subjects.hpp"
#include "range_reader.hpp"
#include "run_control.hpp"
#include "topic_admin.hpp"
#include "topic_creation.hpp"
#include "transaction.hpp"
#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/timestamp.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

bool is_tombstone(const rd_kafka_message_t& message) { return message.payload == nullptr; }

std::string now_text() {
  std::array<char, wire::kTimestampBytes> text;
  wire::format_timestamp(std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count(),
                         text.data());
  return {text.data(), text.size()};
}

class Erasure {
 public:
  explicit Erasure(const ErasureSettings& settings) : settings_(settings) {}

  ErasureFindings run() {
    const ErasureSubjects subjects(settings_.users, installs());
    const auto topics = topics_to_read();
    ErasureFindings findings(policies_of(topics));
    search(topics, subjects, findings);
    if (settings_.apply) apply(subjects, findings);
    return findings;
  }

 private:
  std::string topic(std::string_view name) const { return kafka_.topic_prefix + std::string(name); }

  // Those of the command line, and those who have asked.
  std::set<std::string> installs() const {
    std::set<std::string> all = settings_.installs;
    if (!settings_.requests) return all;
    RangeReader reader(kafka_);
    reader.start(reader.whole(topic(wire::kTopicErasureRequests)));
    while (!reader.finished()) {
      for (const auto& message : reader.next()) {
        const auto request = wire::parse_bounded<nlohmann::json>(to_record(*message).value);
        const auto at = request.is_object() ? request.find(wire::field::kInstallId) : request.end();
        if (at != request.end() && at->is_string()) all.insert(at->get<std::string>());
      }
    }
    return all;
  }

  std::vector<std::string> topics_to_read() const {
    std::vector<std::string> names(wire::kTopics.begin(), wire::kTopics.end());
    names.emplace_back(wire::kTopicQuarantine);
    RangeReader reader(kafka_);
    std::vector<std::string> found;
    for (const auto& name : names)
      if (reader.shape(topic(name))) found.push_back(topic(name));
    for (const auto& name : settings_.topics) {
      static_cast<void>(reader.whole(name));  // throws if there is none
      found.push_back(name);
    }
    if (found.empty())
      throw std::runtime_error("Kafka at " + kafka_.brokers +
                               " has none of the gateway's topics; see --topic-prefix");
    return found;
  }

  std::map<std::string, TopicPolicy> policies_of(const std::vector<std::string>& topics) const {
    std::map<std::string, TopicPolicy> policies;
    try {
      for (const auto& found : TopicAdmin(kafka_).read(topics).topics) {
        TopicPolicy policy;
        const auto value = [&](const char* name) {
          const auto at = found.config.find(name);
          return at == found.config.end() ? std::string() : at->second.value;
        };
        const std::string cleanup = value("cleanup.policy"), retention = value("retention.ms");
        policy.known = !cleanup.empty();
        policy.compacted = cleanup.find("compact") != std::string::npos;
        std::int64_t ms = -1;
        std::from_chars(retention.data(), retention.data() + retention.size(), ms);
        if (cleanup.find("delete") != std::string::npos && ms >= 0) policy.retention_ms = ms;
        policies[found.name] = policy;
      }
    } catch (const std::runtime_error& fault) {
      std::cerr << "penstockctl: " << fault.what() << "; what remains until when is not known\n";
    }
    return policies;
  }

  void search(const std::vector<std::string>& topics, const ErasureSubjects& subjects,
              ErasureFindings& findings) const {
    RangeReader reader(kafka_);
    std::vector<Range> ranges;
    for (const auto& name : topics) {
      const auto whole = reader.whole(name);
      ranges.insert(ranges.end(), whole.begin(), whole.end());
    }
    RunControl control(0);
    reader.start(ranges);
    while (!reader.finished()) {
      for (const auto& message : reader.next()) {
        const Record record = to_record(*message);
        findings.add(record, subjects.own(record), is_tombstone(*message));
      }
      control.tell(reader.done(), reader.total());
      if (interrupted()) throw Interrupted{"stopped; nothing has been written"};
    }
  }

  // The tombstones and what tells of them, together.
  void apply(const ErasureSubjects& subjects, const ErasureFindings& findings) const {
    const std::string audit = topic(wire::kTopicErasureAudit);
    const std::string id = topic("penstockctl-erase");
    const TopicShape shape =
        RangeReader(kafka_).shape(topic(wire::kTopicDeadLetter)).value_or(TopicShape{1, 1});
    create_topic_if_missing(kafka_, {audit, 1, shape.replication, {{"retention.ms", "-1"}}});
    nlohmann::ordered_json record = {{"at", now_text()}, {"subjects", subjects.digests()}};
    record["result"] = nlohmann::ordered_json::parse(findings.to_json(true));
    TransactionalProducer producer(kafka_, id);
    producer.begin();
    for (const Tombstone& one : findings.tombstones())
      producer.send_tombstone(one.topic, one.partition, one.key);
    producer.send(audit, 0, std::nullopt, record.dump(), {}, 0);
    producer.commit();
    TransactionalProducer::wait_until_visible(kafka_, id);
  }

  const ErasureSettings& settings_;
  const KafkaAccess& kafka_ = settings_.kafka;
};

}  // namespace

ErasureFindings erase(const ErasureSettings& settings) { return Erasure(settings).run(); }

}  // namespace penstock::ctl
