// Goal: what was produced before send() goes at once, whatever librdkafka's linger, and what comes
// when it is over waits as ever. Method: the mock cluster, and a linger that no test outlives.
#include "sink/at_once.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sink/kafka_handles.hpp"
#include "support/eventually.hpp"
#include "unit/gateway/sink/mock_kafka.hpp"

namespace penstock::gateway {
namespace {

class AtOnceTest : public ::testing::Test {
 protected:
  AtOnceTest() {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [name, value] : {std::pair{"bootstrap.servers", kafka_.bootstrap()},
                                      std::pair{"linger.ms", std::string("900000")},
                                      std::pair{"message.timeout.ms", std::string("0")}})
      rd_kafka_conf_set(conf, name, value.c_str(), nullptr, 0);
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
    producer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0));
    topic_.reset(rd_kafka_topic_new(producer_.get(), "user-activity", nullptr));
    queue_.reset(rd_kafka_queue_get_main(producer_.get()));
  }
  ~AtOnceTest() override { rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE); }

  void produce() {
    char value = 'x';
    ASSERT_EQ(rd_kafka_produce(topic_.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &value, 1,
                               nullptr, 0, nullptr),
              0);
  }
  bool all_reported() {
    return test::eventually([&] {
      const EventHandle event(rd_kafka_queue_poll(queue_.get(), 1));
      while (event && rd_kafka_event_message_next(event.get()) != nullptr) {
      }
      return rd_kafka_outq_len(producer_.get()) == 0;
    });
  }

  test::MockKafka kafka_;
  KafkaHandle producer_;
  TopicHandle topic_;
  QueueHandle queue_;
};

TEST_F(AtOnceTest, WhatWasProducedBeforeIsSentWithoutALinger) {
  AtOnce at_once(producer_.get());
  for (int i = 0; i < 20; ++i) {
    produce();
    at_once.send();
    EXPECT_TRUE(all_reported()) << i;
  }
}

TEST_F(AtOnceTest, WhatComesWhenItIsOverWaits) {
  AtOnce at_once(producer_.get());
  produce();
  at_once.send();
  EXPECT_TRUE(all_reported());
  at_once.stop();
  produce();
  at_once.send();  // of no effect
  const EventHandle event(rd_kafka_queue_poll(queue_.get(), 50));
  EXPECT_EQ(event, nullptr);
  EXPECT_EQ(rd_kafka_outq_len(producer_.get()), 1);
}

// The first records of a producer are there before its connection is.
TEST_F(AtOnceTest, WhatWaitsForAConnectionGoesAtOnceWhenItIsThere) {
  kafka_.slow_down(200);  // several times as long as it stands in one call
  AtOnce at_once(producer_.get());
  produce();
  at_once.send();
  EXPECT_TRUE(all_reported());
}

TEST_F(AtOnceTest, ItRestsAlthoughRecordsAreOnTheirWay) {
  kafka_.down();
  AtOnce at_once(producer_.get());
  produce();
  at_once.send();
  at_once.rest();
  kafka_.up();
  // Not sent at once, but when it is asked for again.
  at_once.send();
  EXPECT_TRUE(all_reported());
}

TEST_F(AtOnceTest, ItEndsAlthoughKafkaAnswersNothing) {
  kafka_.down();
  AtOnce at_once(producer_.get());
  produce();
  at_once.send();
}

}  // namespace
}  // namespace penstock::gateway
