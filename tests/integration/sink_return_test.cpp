// Goal: brokers that did not answer for a while are used again soon after they do, and a broker
// that stays away takes nothing from the others. librdkafka waits 30 s for a connection by itself.
// Method: real brokers, behind a way that can be cut, stopped by a signal, or dead as a machine
// without power is. Each case prints how long the sink took, and fails at half of those 30 s.
#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>

#include "support/cut_proxy.hpp"
#include "support/free_port.hpp"
#include "support/kafka_admin.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "unit/gateway/sink/batch_builder.hpp"
#include "unit/gateway/sink/sink_runner.hpp"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using test::BatchBuilder;
using test::KafkaAdmin;
using test::KafkaBroker;
using test::SinkRunner;

class SinkReturnTest : public ::testing::Test {
 protected:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kSoon = 15s;

  static KafkaSettings settings(std::string brokers) {
    KafkaSettings settings;
    settings.create_topics = true;
    settings.brokers = std::move(brokers);
    settings.delivery_timeout = 2s;
    return settings;
  }
  static std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

  // Nobody answers, until librdkafka has given up an attempt to connect, which it logs as
  // `given_up`.
  static void wait_for_silence(SinkRunner& runner, std::string_view given_up) {
    const auto answer = runner.deliver(BatchBuilder().event("meanwhile").build());
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 503);
    EXPECT_TRUE(test::eventually([&] { return runner.lines_with(given_up) > 0; }, kSoon));
    EXPECT_FALSE(runner.sink().available());
  }

  // From now until a batch is taken again.
  static void expect_back_soon(SinkRunner& runner) {
    const auto begin = Clock::now();
    EXPECT_TRUE(runner.wait_available());
    EXPECT_TRUE(runner.deliver_until_taken(BatchBuilder().event("meanwhile").build()));
    expect_soon(begin);
  }
  static void expect_soon(Clock::time_point begin) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    std::cout << "taken again after " << took.count() << " ms\n";
    EXPECT_LT(took, kSoon);
  }

  // Events of so many users that each of the 4 partitions has some.
  static std::shared_ptr<Batch> of_all_partitions() {
    BatchBuilder batch;
    for (int i = 0; i < 64; ++i) batch.event(std::to_string(i), "user-" + std::to_string(i));
    return batch.build();
  }
};

TEST_F(SinkReturnTest, AfterACutOfTheNetworkItIsBackSoon) {
  const auto port = test::free_port();
  KafkaBroker broker(KafkaBroker::Access::kAnybody, port);
  test::CutProxy way(port, broker.port());
  SinkRunner runner(settings(local(port)));
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(runner.deliver(BatchBuilder().event("before").build()).has_value());

  way.cut();
  wait_for_silence(runner, "setup timed out in state CONNECT");
  way.restore();
  expect_back_soon(runner);
}

TEST_F(SinkReturnTest, AfterAPauseOfTheBrokerItIsBackSoon) {
  KafkaBroker broker;
  SinkRunner runner(settings(broker.bootstrap()));
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(runner.deliver(BatchBuilder().event("before").build()).has_value());

  ASSERT_EQ(::kill(broker.pid(), SIGSTOP), 0);
  wait_for_silence(runner, "Timed out ApiVersionRequest");
  ASSERT_EQ(::kill(broker.pid(), SIGCONT), 0);
  expect_back_soon(runner);
}

// As a machine that has lost its power: nobody refuses a connection to it.
TEST_F(SinkReturnTest, ADeadBrokerOfTwoIsDoneWithout) {
  KafkaBroker first;
  const auto port = test::free_port();
  auto second = KafkaBroker::join(first, port);
  test::CutProxy way(port, second->port());
  for (const char* topic : {"user-activity", "db-changes", "dead-letter"})
    KafkaAdmin(first.bootstrap()).create_topic(topic, 4, {}, 2);
  const std::string both = local(port) + "," + first.bootstrap();
  SinkRunner runner(settings(both));
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(runner.deliver(of_all_partitions()).has_value());

  way.cut();
  second->kill();
  const auto begin = Clock::now();
  EXPECT_TRUE(runner.deliver_until_taken(of_all_partitions()));
  expect_soon(begin);

  SinkRunner late(settings(both));  // started meanwhile
  expect_back_soon(late);
}

}  // namespace
}  // namespace penstock::gateway
