// Goal: "acknowledged means in Kafka": a batch is answered well only when all its records are
// there, with what consumers need in their headers; else it is refused in bounded time, and the way
// back needs no restart. Method: a real sink against librdkafka's mock cluster, which speaks
// Kafka's protocol and can be told to fail. (Against Apache Kafka:
// tests/integration/sink_test.cpp.)
#include "sink/kafka_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "batch_builder.hpp"
#include "mock_kafka.hpp"
#include "sink_runner.hpp"
#include "support/kafka_reader.hpp"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using test::BatchBuilder;
using test::MockKafka;
using test::SinkRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class KafkaSinkTest : public ::testing::Test {
 protected:
  KafkaSettings settings() {
    KafkaSettings settings;
    settings.brokers = kafka_.bootstrap();
    settings.compression = "none";
    return settings;
  }
  std::vector<test::KafkaRecord> records(const std::string& topic) {
    return test::read_topic(kafka_.bootstrap(), topic);
  }
  // The first occurrences of each value, as a consumer that dedupes sees them.
  std::vector<int> distinct_numbers(const std::string& topic) {
    std::vector<int> numbers;
    std::set<std::string> seen;
    for (const auto& record : records(topic))
      if (seen.insert(record.value).second) numbers.push_back(std::stoi(record.value));
    return numbers;
  }
  static std::vector<int> count_to(int end) {
    std::vector<int> numbers;
    for (int i = 0; i < end; ++i) numbers.push_back(i);
    return numbers;
  }

  MockKafka kafka_;
};

TEST_F(KafkaSinkTest, AcceptedEventsAreInTheirTopicsWithKeyAndHeadersWhenTheAnswerComes) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  const auto batch = BatchBuilder()
                         .traceparent("00-11111111111111111111111111111111-2222222222222222-01")
                         .event("one", "user-1")
                         .event("two", "record-9", "db-changes")
                         .build();

  ASSERT_FALSE(runner.deliver(batch).has_value());

  const auto activity = records("user-activity");
  ASSERT_THAT(activity, SizeIs(1));
  EXPECT_EQ(activity[0].value, "one");
  EXPECT_EQ(activity[0].key, "user-1");
  EXPECT_THAT(
      activity[0].headers,
      ElementsAre(Pair("eventId", batch->events[0].event_id.text()),
                  Pair("correlationId", "flow-1"), Pair("schema", "UserActivity/1"),
                  Pair("traceparent", "00-11111111111111111111111111111111-2222222222222222-01")));
  const auto changes = records("db-changes");
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].key, "record-9");
}

TEST_F(KafkaSinkTest, RejectedEventsAreInTheDeadLetterTopicWithTheReason) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  const auto batch =
      BatchBuilder()
          .context(R"({"app":"A"})")
          .event("good")
          .rejected("bad", {wire::RejectCode::kWrongType, "/seq", "expected a number"})
          .build();

  ASSERT_FALSE(runner.deliver(batch).has_value());

  EXPECT_THAT(records("user-activity"), SizeIs(1));
  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].value, "bad");
  EXPECT_EQ(letters[0].header("code"), "wrong_type");
  EXPECT_EQ(letters[0].header("pointer"), "/seq");
  EXPECT_EQ(letters[0].header("message"), "expected a number");
  EXPECT_EQ(letters[0].header("index"), "1");
  EXPECT_EQ(letters[0].header("rejectedAt"), "2024-12-08T12:34:56.789Z");
  EXPECT_EQ(letters[0].header("keyId"), "test-key");
  EXPECT_EQ(letters[0].header("originalTopic"), "user-activity");
  EXPECT_EQ(letters[0].header("context"), R"({"app":"A"})");
  EXPECT_EQ(letters[0].header("eventId"), batch->events[1].event_id.text());
}

TEST_F(KafkaSinkTest, NoAnswerComesBeforeTheBrokerHasAcknowledged) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  kafka_.down();

  auto answer = runner.start(BatchBuilder().numbered(0, 10).build());
  // It has been taken, so it was not refused at once.
  ASSERT_EQ(runner.sink().stats().events_in_flight, 10u);
  EXPECT_EQ(answer.wait_for(0s), std::future_status::timeout);

  kafka_.up();
  EXPECT_FALSE(answer.get().has_value());
  EXPECT_EQ(distinct_numbers("user-activity"), count_to(10));
}

TEST_F(KafkaSinkTest, KeylessEventsAreTakenToo) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());

  ASSERT_FALSE(runner.deliver(BatchBuilder().event("one", "").build()).has_value());

  EXPECT_EQ(records("user-activity").at(0).key, std::nullopt);
}

TEST_F(KafkaSinkTest, BrokerDownIsNoticedAndTheWayBackNeedsNoRestartAndNoTraffic) {
  auto quick = settings();
  quick.delivery_timeout = 2s;
  SinkRunner runner(quick);
  ASSERT_TRUE(runner.wait_available());

  kafka_.down();
  ASSERT_TRUE(test::eventually([&] { return !runner.sink().available(); }));
  EXPECT_THAT(runner.sink().reason(), Not(IsEmpty()));
  const auto refused = runner.deliver(BatchBuilder().event("one").build());
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->code, "kafka_unavailable");
  EXPECT_TRUE(refused->retry_after_s.has_value());
  EXPECT_EQ(runner.sink().stats().events_in_flight, 0u);

  kafka_.up();
  ASSERT_TRUE(runner.wait_available());
  EXPECT_THAT(runner.sink().reason(), IsEmpty());
  EXPECT_FALSE(runner.deliver(BatchBuilder().event("one").build()).has_value());
}

TEST_F(KafkaSinkTest, WhatIsInFlightWhenKafkaStaysAwayIsAnsweredAndComesLaterOnceInOrder) {
  auto quick = settings();
  quick.delivery_timeout = 500ms;
  SinkRunner runner(quick);
  ASSERT_TRUE(runner.wait_available());
  const auto batch = BatchBuilder().numbered(0, 100).build();
  kafka_.down();

  const auto answer = runner.deliver(batch);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, "kafka_unavailable");
  // The records are let go of, although nobody took them.
  EXPECT_TRUE(test::eventually([&] { return runner.sink().stats().events_in_flight == 0; }));
  EXPECT_EQ(batch.use_count(), 1);

  kafka_.up();
  ASSERT_TRUE(runner.deliver_until_taken(batch));
  EXPECT_EQ(distinct_numbers("user-activity"), count_to(100));
}

TEST_F(KafkaSinkTest, StartsWithKafkaAwayUnreadyAndBecomesReadyOnceItIsThere) {
  kafka_.down();
  SinkRunner runner(settings());
  EXPECT_FALSE(runner.sink().available());
  EXPECT_THAT(runner.sink().reason(), Not(IsEmpty()));
  ASSERT_TRUE(runner.deliver(BatchBuilder().event("one").build()).has_value());

  kafka_.up();
  EXPECT_TRUE(runner.wait_available());
}

TEST_F(KafkaSinkTest, RecordThatTheBrokerRefusesStopsTheOnesBehindItAndTheProducerIsMadeAnew) {
  auto small = settings();
  small.properties["batch.num.messages"] = "10";  // so that a batch travels in many requests
  // What is on its way behind the refused one, a broker refuses as out of order. The mock looks at
  // sequence numbers of transactions alone, and would take it.
  small.properties["max.in.flight"] = "1";
  SinkRunner runner(small);
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(runner.deliver(BatchBuilder().numbered(0, 10).build()).has_value());
  kafka_.fail_produce({RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  const auto batch = BatchBuilder().numbered(10, 90).build();

  const auto answer = runner.deliver(batch);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, "kafka_unavailable");
  const auto so_far = distinct_numbers("user-activity");
  EXPECT_EQ(so_far, count_to(static_cast<int>(so_far.size())));  // a beginning, without a gap
  EXPECT_LT(so_far.size(), 100u);
  EXPECT_TRUE(test::eventually([&] { return runner.lines_with("does not tell the limit") == 1; }));

  ASSERT_TRUE(runner.deliver_until_taken(batch));
  EXPECT_EQ(distinct_numbers("user-activity"), count_to(100));
  EXPECT_EQ(runner.sink().stats().replacements, 1u);
}

// librdkafka counts such a record as written: a later answer said so, or Kafka called it a
// duplicate. Of a producer that is new to a partition Kafka says both without having the record, so
// only an offset is proof.
TEST_F(KafkaSinkTest, RecordWithoutAnOffsetIsNotAcknowledgedAndIsThereOnceItIsSentAgain) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  kafka_.fail_produce({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  const auto batch = BatchBuilder().numbered(0, 10).build();

  const auto answer = runner.deliver(batch);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->code, "kafka_unavailable");
  EXPECT_TRUE(answer->retry_after_s.has_value());
  EXPECT_EQ(runner.lines_with("may have missed records for topic user-activity"), 1u);

  EXPECT_TRUE(runner.deliver_until_taken(batch));
  EXPECT_EQ(distinct_numbers("user-activity"), count_to(10));
}

// The first records of several partitions are in doubt: no user's later one overtakes them.
TEST_F(KafkaSinkTest, RecordsKeepTheirOrderWhenAPartitionDoesNotTakeTheFirst) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  kafka_.fail_produce(std::vector(3, RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER));
  BatchBuilder builder;
  for (int i = 0; i < 90; ++i) builder.event(std::to_string(i), "user-" + std::to_string(i % 9));
  const auto batch = builder.build();

  EXPECT_TRUE(runner.deliver(batch).has_value());
  EXPECT_TRUE(runner.deliver_until_taken(batch));

  std::map<int, int> last;  // of each user
  const auto numbers = distinct_numbers("user-activity");
  for (const int number : numbers) {
    const auto [user, first] = last.try_emplace(number % 9, number);
    EXPECT_TRUE(first || user->second < number) << number;
    user->second = number;
  }
  EXPECT_EQ(numbers.size(), 90u);
}

TEST_F(KafkaSinkTest, BatchBeyondTheQueueIsRefusedAsAWhole) {
  auto small = settings();
  small.queue_events_max = 100;
  SinkRunner runner(small);
  ASSERT_TRUE(runner.wait_available());
  kafka_.down();
  auto waiting = runner.start(BatchBuilder().numbered(0, 60).build());
  ASSERT_EQ(runner.sink().stats().events_in_flight, 60u);

  kafka_.up();  // or the next might be refused because Kafka is away
  ASSERT_FALSE(waiting.get().has_value());
  const auto refused = runner.deliver(BatchBuilder().numbered(1000, 101).build());
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->code, "overloaded");
  EXPECT_TRUE(refused->retry_after_s.has_value());
  // An answer comes a moment before the room of its batch is free again.
  EXPECT_TRUE(runner.deliver_until_taken(BatchBuilder().numbered(60, 100).build()));
  EXPECT_EQ(distinct_numbers("user-activity"), count_to(160));
}

TEST_F(KafkaSinkTest,
       RecordThatNoBrokerWouldTakeIsRejectedAloneAndItsLetterIsCutBetweenCharacters) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  const std::string small(kKafkaBatchBytesMax - 1000, 'x');
  std::string large;
  while (large.size() < kKafkaBatchBytesMax) large += "\u00e9\U0001f600";  // 2 and 4 bytes
  const auto batch =
      BatchBuilder().context(R"({"app":"A"})").event(small, "k").event(large, "k").build();
  runner.sink().fit(*batch);

  EXPECT_FALSE(batch->events[0].reject.has_value());
  ASSERT_TRUE(batch->events[1].reject.has_value());
  EXPECT_EQ(batch->events[1].reject->code, wire::RejectCode::kRecordTooLarge);
  ASSERT_FALSE(runner.deliver(batch).has_value());
  EXPECT_THAT(records("user-activity"), SizeIs(1));
  const auto letters = records("dead-letter");
  ASSERT_THAT(letters, SizeIs(1));
  const auto kept =
      nlohmann::json::parse(letters[0].value).get<std::string>();  // throws at half a character
  EXPECT_TRUE(large.starts_with(kept));
  EXPECT_GT(kept.size(), kKafkaBatchBytesMax - 2000);
  EXPECT_EQ(letters[0].header("truncatedFrom"), std::to_string(large.size()));
  EXPECT_EQ(letters[0].header("code"), "record_too_large");
  EXPECT_EQ(letters[0].header("originalTopic"), "user-activity");
  EXPECT_EQ(letters[0].header("context"), R"({"app":"A"})");
}

TEST_F(KafkaSinkTest, EventAtTheLimitIsTakenAndOneByteMoreIsNot) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  const auto fits = [&](std::size_t bytes) {
    const auto batch = BatchBuilder().event(std::string(bytes, 'x'), "k").build();
    runner.sink().fit(*batch);
    EXPECT_FALSE(runner.deliver(batch).has_value());
    return !batch->events[0].reject.has_value();
  };
  std::size_t least = 0, most = kKafkaBatchBytesMax;  // of what fits, and what does not
  while (most - least > 1) {
    const std::size_t middle = least + (most - least) / 2;
    const auto batch = BatchBuilder().event(std::string(middle, 'x'), "k").build();
    runner.sink().fit(*batch);
    (batch->events[0].reject ? most : least) = middle;
  }
  EXPECT_TRUE(fits(least));
  EXPECT_FALSE(fits(most));
  EXPECT_GT(least, kKafkaBatchBytesMax - 1000);
}

TEST_F(KafkaSinkTest, MissingTopicRefusesItsOwnBatchesOnlySaysSoOnceAndWorksOnceItIsThere) {
  MockKafka kafka({"user-activity", "dead-letter"});
  auto strict = settings();
  strict.brokers = kafka.bootstrap();
  strict.properties["allow.auto.create.topics"] = "false";
  SinkRunner runner(strict);
  ASSERT_TRUE(runner.wait_available());
  const auto change = BatchBuilder().event("one", "record-1", "db-changes").build();

  for (int i = 0; i < 3; ++i) {
    const auto refused = runner.deliver(change);
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 503);
    EXPECT_THAT(refused->detail, Not(HasSubstr("db-changes")));
  }
  EXPECT_FALSE(runner.deliver(BatchBuilder().event("two").build()).has_value());
  EXPECT_EQ(runner.lines_with("--create --topic db-changes"), 1u);
  EXPECT_EQ(runner.sink().stats().replacements, 0u);

  kafka.create_topic("db-changes");
  EXPECT_TRUE(runner.deliver_until_taken(change));
}

TEST_F(KafkaSinkTest, TopicThatMayNotBeWrittenToRefusesItsOwnBatchesOnly) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  kafka_.fail_produce({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});

  ASSERT_TRUE(runner.deliver(BatchBuilder().event("1", "r", "db-changes").build()).has_value());
  ASSERT_TRUE(runner.deliver_until_taken(BatchBuilder().event("2").build()));
  EXPECT_EQ(runner.lines_with("needs the ACLs"), 1u);
  // Opened again by itself.
  EXPECT_TRUE(runner.deliver_until_taken(BatchBuilder().event("1", "r", "db-changes").build()));
}

TEST_F(KafkaSinkTest, FlushWaitsForWhatIsInFlight) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  EXPECT_TRUE(runner.sink().flush(0s));
  kafka_.down();
  auto answer = runner.start(BatchBuilder().event("one").build());
  ASSERT_EQ(runner.sink().stats().events_in_flight, 1u);

  EXPECT_FALSE(runner.sink().flush(10ms));
  kafka_.up();
  EXPECT_TRUE(runner.sink().flush(test::kPatience));
  EXPECT_FALSE(answer.get().has_value());
}

TEST_F(KafkaSinkTest, EndOfTheSinkAnswersWhatIsInFlight) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  kafka_.down();
  const auto batch = BatchBuilder().numbered(0, 100).build();
  auto answer = runner.start(batch);
  ASSERT_EQ(runner.sink().stats().events_in_flight, 100u);

  runner.stop();

  const auto problem = answer.get();
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->status, 503);
  EXPECT_EQ(batch.use_count(), 1);
}

TEST_F(KafkaSinkTest, ManyBatchesAtOnceAreEachAnsweredWhenTheirOwnRecordsAreThere) {
  SinkRunner runner(settings());
  ASSERT_TRUE(runner.wait_available());
  std::vector<std::future<SinkRunner::Answer>> answers;
  for (int batch = 0; batch < 200; ++batch) {
    BatchBuilder builder;
    for (int i = 0; i < 20; ++i)
      builder.event(std::to_string(batch * 20 + i), "user-" + std::to_string(i));
    answers.push_back(runner.start(builder.build()));
  }
  for (auto& answer : answers) EXPECT_FALSE(answer.get().has_value());
  EXPECT_THAT(distinct_numbers("user-activity"), SizeIs(4000));
}

}  // namespace
}  // namespace penstock::gateway
