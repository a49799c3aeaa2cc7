// Goal: against Apache Kafka, what the sink has answered well lies in Kafka once each, in the order
// of its key, in the partition where a Java client would have put it, also when the broker is
// killed meanwhile. Method: a real sink and a real broker; read back with librdkafka's consumer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "unit/gateway/sink/batch_builder.hpp"
#include "unit/gateway/sink/sink_runner.hpp"

namespace penstock::gateway {
namespace {

using test::BatchBuilder;
using test::KafkaBroker;
using test::SinkRunner;
using ::testing::SizeIs;

KafkaSettings settings_for(const KafkaBroker& broker, const std::string& prefix) {
  KafkaSettings settings;
  settings.create_topics = true;
  settings.brokers = broker.bootstrap();
  settings.topic_prefix = prefix;
  return settings;
}

TEST(SinkTest, KeysLieInThePartitionsThatJavaClientsChoose) {
  auto& broker = KafkaBroker::shared();
  auto settings = settings_for(broker, "java.");
  settings.partitions = 7;
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());
  // The sink has created its topics as it was told.
  ASSERT_EQ(test::KafkaAdmin(broker.bootstrap()).partitions("java.user-activity"), 7);
  // toPositive(Utils.murmur2(key)) % 7 of kafka-clients 4.1.0.
  const std::map<std::string, int> partition_of{
      {"user-1", 3},
      {"user-4711", 3},
      {"a", 5},
      {"ab", 0},
      {"abc", 4},
      {"abcd", 5},
      {"REQ-1041", 1},
      {"Zoë", 1},
      {"0f8fad5b-d9cb-469f-a165-70867728950e", 4},
      {"user-4711@tenant/with a longer key than most of them are", 4},
  };

  BatchBuilder builder;
  for (const auto& [key, partition] : partition_of) builder.event(key, key, "java.user-activity");
  ASSERT_FALSE(runner.deliver(builder.build()).has_value());

  std::map<std::string, int> found;
  for (const auto& record : test::read_topic(broker.bootstrap(), "java.user-activity"))
    found[record.key.value_or("")] = record.partition;
  EXPECT_EQ(found, partition_of);
}

// A topic that wants two replicas and has one refuses each request, in the midst of others.
TEST(SinkTest, OrderIsKeptAndNothingIsThereTwiceThroughErrorsThatPass) {
  auto& broker = KafkaBroker::shared();
  auto settings = settings_for(broker, "errors.");
  settings.partitions = 1;
  settings.properties["batch.num.messages"] = "10";  // so that several requests are on their way
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());
  test::KafkaAdmin admin(broker.bootstrap());
  const std::string topic = "errors.user-activity";
  const auto batch = [&](int first) {
    BatchBuilder builder;
    for (int i = first; i < first + 50; ++i) builder.event(std::to_string(i), "user-1", topic);
    return builder.build();
  };
  ASSERT_FALSE(runner.deliver(batch(0)).has_value());
  int sent = 50;
  for (int round = 0; round < 10; ++round) {
    std::vector<std::future<SinkRunner::Answer>> answers;
    const auto start = [&] {
      for (int i = 0; i < 5; ++i, sent += 50) answers.push_back(runner.start(batch(sent)));
    };
    start();
    admin.set_config(topic, "min.insync.replicas", "2");
    start();
    admin.set_config(topic, "min.insync.replicas", "1");
    start();
    for (auto& answer : answers) EXPECT_FALSE(answer.get().has_value());
  }

  std::vector<int> numbers;
  for (const auto& record : test::read_topic(broker.bootstrap(), topic))
    numbers.push_back(std::stoi(record.value));
  std::vector<int> expected(static_cast<std::size_t>(sent));
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(numbers, expected);
}

TEST(SinkTest, TopicsThatAreMissingAreNamedAndMadeOnlyWhereThatIsWanted) {
  auto& broker = KafkaBroker::shared();
  const test::KafkaAdmin admin(broker.bootstrap());
  auto settings = settings_for(broker, "typo.");
  settings.create_topics = false;
  {
    SinkRunner runner(settings);
    EXPECT_TRUE(test::eventually([&] { return runner.lines_with("--create --topic typo.") == 3; }));
    EXPECT_FALSE(runner.sink().available());
    EXPECT_EQ(runner.lines_with("--create --topic typo.user-activity"), 1u);
  }
  EXPECT_EQ(admin.partitions("typo.user-activity"), 0);

  settings.create_topics = true;
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());
  for (const auto* topic : {"user-activity", "db-changes", "dead-letter"}) {
    EXPECT_EQ(runner.lines_with(std::string("created Kafka topic typo.") + topic), 1u);
    EXPECT_GT(admin.partitions(std::string("typo.") + topic), 0);
  }
}

TEST(SinkTest, HeadersAndDeadLettersArriveAsTheyWereMeant) {
  auto& broker = KafkaBroker::shared();
  SinkRunner runner(settings_for(broker, "headers."));
  ASSERT_TRUE(runner.wait_available());
  const auto batch =
      BatchBuilder()
          .event("good", "user-1", "headers.user-activity")
          .rejected("bad", {wire::RejectCode::kMissingField, "/timestamp", "an event needs a time"})
          .build();

  ASSERT_FALSE(runner.deliver(batch).has_value());

  const auto activity = test::read_topic(broker.bootstrap(), "headers.user-activity");
  ASSERT_THAT(activity, SizeIs(1));
  EXPECT_EQ(activity[0].header("eventId"), batch->events[0].event_id.text());
  EXPECT_EQ(activity[0].header("correlationId"), "flow-1");
  EXPECT_EQ(activity[0].header("schema"), "UserActivity/1");
  const auto letters = test::read_topic(broker.bootstrap(), "headers.dead-letter");
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].value, "bad");
  EXPECT_EQ(letters[0].header("code"), "missing_field");
  EXPECT_EQ(letters[0].header("pointer"), "/timestamp");
}

// A client that sends numbered batches under a key of its own, each again until it is taken.
class Install {
 public:
  Install(SinkRunner& runner, std::string name) : runner_(runner), name_(std::move(name)) {}

  // Returns when `stop` is set and the last batch has been taken.
  void run(const std::atomic<bool>& stop) {
    while (!stop) {
      BatchBuilder builder;
      for (int i = 0; i < kBatchEvents; ++i) builder.event(value(next_ + i), name_);
      const auto batch = builder.build();
      const bool at_once = !runner_.deliver(batch).has_value();
      if (!at_once && !runner_.deliver_until_taken(batch)) return;
      for (int i = 0; i < kBatchEvents; ++i)
        if (at_once) once_.insert(value(next_ + i));
      next_ += kBatchEvents;
      taken_ = next_;
    }
  }

  const std::string& name() const { return name_; }
  int taken() const { return taken_; }
  bool was_taken_at_once(const std::string& value) const { return once_.contains(value); }
  std::string value(int number) const { return name_ + "/" + std::to_string(number); }

 private:
  static constexpr int kBatchEvents = 100;

  SinkRunner& runner_;
  const std::string name_;
  int next_ = 0;
  std::atomic<int> taken_{0};
  std::set<std::string> once_;
};

void expect_all_in_order(const Install& install, const std::vector<test::KafkaRecord>& records) {
  std::map<std::string, int> copies;
  std::vector<std::string> first_seen;
  for (const auto& record : records) {
    if (record.key != install.name()) continue;
    if (++copies[record.value] == 1) first_seen.push_back(record.value);
  }
  std::vector<std::string> sent;
  for (int i = 0; i < install.taken(); ++i) sent.push_back(install.value(i));
  EXPECT_EQ(first_seen, sent);
  for (const auto& [value, count] : copies) {
    if (install.was_taken_at_once(value)) {
      EXPECT_EQ(count, 1) << value;
    }
  }
}

TEST(SinkTest, KilledBrokerLosesNothingThatWasAnsweredWellAndKeepsTheOrder) {
  KafkaBroker broker;
  auto settings = settings_for(broker, "");
  settings.delivery_timeout = std::chrono::seconds(2);  // shorter than the broker is away
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());
  std::vector<std::unique_ptr<Install>> installs;
  for (const auto* name : {"install-a", "install-b", "install-c"})
    installs.push_back(std::make_unique<Install>(runner, name));
  const auto progress = [&] {
    int taken = 0;
    for (const auto& install : installs) taken += install->taken();
    return taken;
  };

  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (const auto& install : installs) threads.emplace_back([&] { install->run(stop); });
  for (int kill = 0; kill < 3; ++kill) {
    const int before = progress();
    EXPECT_TRUE(test::eventually([&] { return progress() > before + 1000; }));
    broker.kill();
    EXPECT_TRUE(test::eventually([&] { return !runner.sink().available(); }));
    broker.start();
  }
  const int before = progress();
  EXPECT_TRUE(test::eventually([&] { return progress() > before; }));
  stop = true;
  for (auto& thread : threads) thread.join();

  const auto records = test::read_topic(broker.bootstrap(), "user-activity");
  for (const auto& install : installs) expect_all_in_order(*install, records);
}

}  // namespace
}  // namespace penstock::gateway
