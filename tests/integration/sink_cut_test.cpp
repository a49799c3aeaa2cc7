// Goal: after a network that swallowed everything for a while the sink is back soon, not when TCP happens to ask again.
// Method: a real broker behind a way that can be cut; waits for the first attempt to connect that was given up.
#include <gtest/gtest.h>

#include "support/cut_proxy.hpp"
#include "support/free_port.hpp"
#include "support/kafka_broker.hpp"
#include "support/kafka_reader.hpp"
#include "unit/gateway/sink/batch_builder.hpp"
#include "unit/gateway/sink/sink_runner.hpp"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using test::BatchBuilder;
using test::KafkaBroker;
using test::SinkRunner;

TEST(SinkCutTest, AttemptsToConnectThatNobodyAnswersAreGivenUpSoonAndMadeAgain) {
  const auto port = test::free_port();
  KafkaBroker broker(KafkaBroker::Access::kAnybody, port);
  test::CutProxy way(port, broker.port());
  KafkaSettings settings;
  settings.brokers = "127.0.0.1:" + std::to_string(port);
  settings.delivery_timeout = 2s;
  SinkRunner runner(settings);
  ASSERT_TRUE(runner.wait_available());
  ASSERT_FALSE(runner.deliver(BatchBuilder().event("before").build()).has_value());

  way.cut();
  const auto answer = runner.deliver(BatchBuilder().event("meanwhile").build());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  // Half of librdkafka's default: that one would fail here.
  EXPECT_TRUE(test::eventually(
      [&] { return runner.lines_with("setup timed out in state CONNECT") > 0; }, 15s));
  EXPECT_FALSE(runner.sink().available());

  way.restore();
  ASSERT_TRUE(runner.wait_available());
  EXPECT_TRUE(runner.deliver_until_taken(BatchBuilder().event("meanwhile").build()));
}

}  // namespace
}  // namespace penstock::gateway
