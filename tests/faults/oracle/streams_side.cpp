#include "faults/oracle/streams_side.hpp"

#include <cstdio>
#include <stdexcept>

#include "faults/oracle/report.hpp"
#include "support/eventually.hpp"
#include "support/kafka_admin.hpp"

namespace penstock::oracle {
namespace {

using namespace std::chrono_literals;

constexpr int kPartitions = 4;
constexpr double kStreamsWeight = 18;  // it takes seconds of CPU to come back
constexpr std::chrono::seconds kCountedTimeout{150};
constexpr std::chrono::seconds kBetweenLooks{2};
constexpr StreamWindows kWindows{.activity = 5s,
                                 .clicks = 20s,
                                 .join = 5s,
                                 .session_idle = 20s,
                                 .late_grace = 15s,
                                 .quiet_after = 5s};

std::map<std::string, std::string> stream_settings() {
  const auto text = [](std::chrono::milliseconds time) {
    return std::to_string(time.count()) + "ms";
  };
  return {{"penstock.activity.window", text(kWindows.activity)},
          {"penstock.clicks.window", text(kWindows.clicks)},
          {"penstock.join.window", text(kWindows.join)},
          {"penstock.session.idle", text(kWindows.session_idle)},
          {"penstock.late.grace", text(kWindows.late_grace)},
          {"penstock.quiet.after", text(kWindows.quiet_after)},
          {"penstock.tick.interval", "500ms"}};
}

std::vector<StreamRecord> read_aggregates(const std::string& brokers, const std::string& topic) {
  std::vector<StreamRecord> aggregates;
  for (auto& record : test::read_topic(brokers, topic))
    aggregates.push_back({record.key.value_or(""), nlohmann::json::parse(record.value)});
  return aggregates;
}

LateRecord to_late(const test::KafkaRecord& record) {
  const nlohmann::json headers{{"eventTime", record.header("eventTime").value_or("")},
                               {"watermark", record.header("watermark").value_or("")}};
  return {text_of(nlohmann::json::parse(record.value), "eventId"),
          content_of(record.key.value_or(""), record.value), time_of(headers, "eventTime"),
          time_of(headers, "watermark")};
}

std::vector<StreamEvent> to_events(const std::vector<test::KafkaRecord>& records) {
  std::vector<StreamEvent> events;
  for (const auto& record : records) {
    StreamEvent event = to_stream_event(nlohmann::json::parse(record.value), record.timestamp_ms);
    event.partition = record.partition;
    event.content = content_of(record.key.value_or(""), record.value);
    events.push_back(std::move(event));
  }
  return events;
}

std::string text_of(const char* name, const Counted& counted) {
  return std::string(name) + " " + std::to_string(counted.counted) + " of " +
         std::to_string(counted.expected);
}

std::string text_of(const StreamLedger::Progress& progress) {
  return text_of("activities", progress.activity) + ", " + text_of("clicks", progress.clicks) +
         ", " + text_of("joins", progress.joins) + ", " +
         text_of("events of sessions", progress.sessions);
}

void print(const char* name, const AggregateVerdict& verdict) {
  line(std::string(name) + ": compared", verdict.compared);
  line(std::string(name) + ": MISSING, INVENTED, WRONG", verdict.broken());
}

}  // namespace

StreamsSide::StreamsSide(const std::string& brokers) : brokers_(brokers) {
  test::KafkaAdmin admin(brokers);
  for (const char* topic : {"user-activity", "db-changes"}) admin.create_topic(topic, kPartitions);
  for (const char* instance : {"one", "two"}) {
    instances_.push_back(std::make_unique<test::StreamsProcess>(
        test::StreamsOptions{brokers, instance, stream_settings()}));
  }
}

void StreamsSide::start() {
  for (auto& instance : instances_) instance->start();
  for (auto& instance : instances_) instance->wait_until_ready();
}

std::vector<Prey> StreamsSide::preys() {
  const auto prey = [this](const char* name, test::StreamsProcess& instance) {
    return Prey{name, kStreamsWeight, [this, &instance] { kill(instance); },
                [this, &instance] { restart(instance); }};
  };
  return {prey("streams one", *instances_[0]), prey("streams two", *instances_[1])};
}

void StreamsSide::kill(test::StreamsProcess& instance) {
  if (!instance.running())
    throw std::runtime_error("the instance ended by itself:\n" + instance.log_end());
  instance.kill();
}

void StreamsSide::restart(test::StreamsProcess& instance) {
  if (++kills_ % 2 == 0) {
    instance.lose_state();
    ++states_lost_;
  }
  instance.start();
}

void StreamsSide::require_running() {
  for (auto& instance : instances_) {
    if (!instance->running())
      throw std::runtime_error("an instance of the Streams application ended by itself:\n" +
                               instance->log_end());
  }
}

StreamTopics StreamsSide::read_topics(Joins joins) const {
  StreamTopics topics;
  topics.activity = read_aggregates(brokers_, "aggregated-activity");
  topics.clicks = read_aggregates(brokers_, "aggregated-clicks");
  topics.sessions = read_aggregates(brokers_, "aggregated-sessions");
  if (joins == Joins::kRead) topics.joins = read_aggregates(brokers_, "aggregated-events");
  for (const auto& record : test::read_topic(brokers_, "late-events"))
    topics.late.push_back(to_late(record));
  return topics;
}

// The joins are nearly all that there is to read, and are complete before the last clicks are.
StreamLedger::Progress StreamsSide::look(const StreamLedger& ledger) const {
  auto progress = ledger.progress(read_topics(Joins::kLeaveOut));
  progress.joins.counted = progress.joins.expected;
  const bool others = progress.complete();
  progress.joins.counted = others ? test::read_topic(brokers_, "aggregated-events").size() : 0;
  return progress;
}

void StreamsSide::wait_until_counted(const StreamLedger& ledger) {
  auto next_look = std::chrono::steady_clock::now();
  const bool counted = test::eventually(
      [&] {
        require_running();
        if (std::chrono::steady_clock::now() < next_look) return false;
        const auto progress = look(ledger);
        std::printf("  counted: %s\n", text_of(progress).c_str());
        std::fflush(stdout);
        next_look = std::chrono::steady_clock::now() + kBetweenLooks;
        return progress.complete();
      },
      kCountedTimeout);
  if (!counted) std::puts("  GAVE UP WAITING until all was counted");
}

StreamsSide::Result StreamsSide::judge(const std::vector<test::KafkaRecord>& records) {
  const StreamLedger ledger(to_events(records), kWindows);
  std::puts("waiting until the last windows are closed");
  wait_until_counted(ledger);
  for (auto& instance : instances_) instance->stop();
  const StreamTopics topics = read_topics(Joins::kRead);
  return {states_lost_, ledger.events(), topics.late.size(), ledger.progress(topics),
          ledger.judge(topics)};
}

bool StreamsSide::Result::kept() const noexcept {
  return progress.complete() && verdict.broken() == 0 && verdict.activity.compared != 0 &&
         verdict.clicks.compared != 0 && verdict.joins.compared != 0 &&
         verdict.sessions.compared != 0;
}

void print(const StreamsSide::Result& result) {
  std::puts("\naggregates");
  line("state stores deleted", result.states_lost);
  line("events, each once", result.events);
  line("late events", result.late);
  line("late events that came in time", result.verdict.late_in_vain);
  print("activity windows", result.verdict.activity);
  print("clicks", result.verdict.clicks);
  print("joins", result.verdict.joins);
  print("sessions", result.verdict.sessions);
  line("late events: INVENTED, WRONG", result.verdict.late.broken());
  if (!result.progress.complete())
    std::printf("  ! not all is counted: %s\n", text_of(result.progress).c_str());
  for (const auto& example : result.verdict.examples()) std::printf("  ! %s\n", example.c_str());
}

}  // namespace penstock::oracle
