// Goal: the broker that the other tests rest on is a real one, and keeps what it acknowledged when
// it is killed. Method: produce with librdkafka, read back, kill -9, start again, read again.
#include "support/kafka_broker.hpp"

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "support/kafka_admin.hpp"
#include "support/kafka_reader.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;

class KafkaBrokerTest : public ::testing::Test {
 protected:
  // Returns once the broker has acknowledged it.
  void produce(const std::string& topic, int partition, const std::string& key,
               const std::string& value) {
    rd_kafka_conf_t* settings = rd_kafka_conf_new();
    rd_kafka_conf_set(settings, "bootstrap.servers", broker_.bootstrap().c_str(), nullptr, 0);
    rd_kafka_conf_set(settings, "acks", "all", nullptr, 0);
    const std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> producer(
        rd_kafka_new(RD_KAFKA_PRODUCER, settings, nullptr, 0), &rd_kafka_destroy);
    ASSERT_NE(producer, nullptr);
    rd_kafka_vu_t parts[5] = {};
    parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[0].u.cstr = topic.c_str();
    parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[1].u.i32 = partition;
    parts[2].vtype = RD_KAFKA_VTYPE_KEY;
    parts[2].u.mem = {const_cast<char*>(key.data()), key.size()};
    parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[3].u.mem = {const_cast<char*>(value.data()), value.size()};
    parts[4].vtype = RD_KAFKA_VTYPE_HEADER;
    parts[4].u.header = {"color", "blue", 4};
    ASSERT_EQ(rd_kafka_produceva(producer.get(), parts, std::size(parts)), nullptr);
    ASSERT_EQ(rd_kafka_flush(producer.get(), 60'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  std::vector<KafkaRecord> read(const std::string& topic) const {
    return read_topic(broker_.bootstrap(), topic);
  }

  KafkaBroker& broker_ = KafkaBroker::shared();
};

auto record(int partition, int offset, const std::string& key, const std::string& value) {
  return AllOf(Field(&KafkaRecord::partition, partition), Field(&KafkaRecord::offset, offset),
               Field(&KafkaRecord::key, key), Field(&KafkaRecord::value, value));
}

TEST_F(KafkaBrokerTest, GivesBackWhatWasProducedByPartitionAndOffset) {
  broker_.create_topic("produced", 3);
  produce("produced", 2, "a", "one");
  produce("produced", 0, "b", "two");
  produce("produced", 2, "a", "three");

  EXPECT_EQ(KafkaAdmin(broker_.bootstrap()).partitions("produced"), 3);
  const auto records = read("produced");
  EXPECT_THAT(records, ElementsAre(record(0, 0, "b", "two"), record(2, 0, "a", "one"),
                                   record(2, 1, "a", "three")));
  ASSERT_FALSE(records.empty());
  EXPECT_THAT(records.front().headers, ElementsAre(Pair("color", "blue")));
  EXPECT_EQ(records.front().topic, "produced");
}

TEST_F(KafkaBrokerTest, ATopicThatIsEmptyOrMissingHoldsNothing) {
  broker_.create_topic("empty", 1);

  EXPECT_THAT(read("empty"), IsEmpty());
  EXPECT_THAT(read("missing"), IsEmpty());
}

TEST_F(KafkaBrokerTest, KeepsWhatItAcknowledgedWhenItIsKilled) {
  broker_.create_topic("kept", 1);
  produce("kept", 0, "a", "before");
  broker_.kill();
  broker_.restart();
  produce("kept", 0, "a", "after");

  EXPECT_THAT(read("kept"), ElementsAre(record(0, 0, "a", "before"), record(0, 1, "a", "after")));
}

TEST_F(KafkaBrokerTest, KeepsEverythingWhenItIsStopped) {
  broker_.create_topic("stopped", 1);
  produce("stopped", 0, "a", "before");
  broker_.stop();
  broker_.restart();

  EXPECT_THAT(read("stopped"), ElementsAre(record(0, 0, "a", "before")));
}

}  // namespace
}  // namespace penstock::test
