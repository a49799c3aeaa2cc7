// Goal: a replay to a gateway brings every event there with the eventId that it had, and says what
// the gateway thinks of it. Method: the real program, the real gateway with TLS on the real broker;
// events that the gateway itself has stamped.
#include <fstream>
#include <map>
#include <set>

#include "integration/penstockctl_fixture.hpp"
#include "integration/replay_fixture.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReplayGatewayTest : public PenstockctlTest {
 protected:
  // What the gateway has brought to Kafka is replayed to it again.
  void write(int count) {
    std::vector<Json> batch;
    for (int i = 0; i < count; ++i) batch.push_back(click(i + 1, "user-" + std::to_string(i % 7)));
    ASSERT_EQ(post(batch_of(batch).dump()).status, 200);
  }
  std::string key_file(const std::string& key) const {
    std::ofstream(directory_ / "key") << key << '\n';
    return directory_ / "key";
  }
  std::string replay(const std::vector<std::string>& more, int status = 0) {
    std::filesystem::remove(output_file());
    std::vector<std::string> arguments = {"replay",
                                          "--from",
                                          "user-activity",
                                          "--brokers",
                                          KafkaBroker::shared().bootstrap(),
                                          "--topic-prefix",
                                          prefix(),
                                          "--to-gateway",
                                          gateway_->base_url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run(arguments), status) << output();
    return output();
  }
};

TEST_F(ReplayGatewayTest, BringsEachEventWithItsEventIdOverTls) {
  start();
  write(700);
  const auto before = records("user-activity");
  ASSERT_EQ(before.size(), 700U);
  const auto key = key_file(gateway_->write_key());
  const std::string ca = gateway_->ca_file();
  EXPECT_THAT(replay({"--key-file", key, "--ca-file", ca}), HasSubstr("Nothing has been done"));
  EXPECT_EQ(records("user-activity").size(), 700U);
  EXPECT_THAT(replay({"--key-file", key, "--ca-file", ca, "--apply"}),
              AllOf(HasSubstr("is finished"), HasSubstr("700 records brought")));
  const auto after = records("user-activity");
  EXPECT_EQ(after.size(), 1400U);
  std::multiset<std::string> ids;
  for (const auto& record : after) ids.insert(*record.header("eventId"));
  for (const auto& record : before) EXPECT_EQ(ids.count(*record.header("eventId")), 2U);
  EXPECT_THAT(replay({"--key-file", key, "--ca-file", ca, "--apply"}), HasSubstr("--name"));
  EXPECT_EQ(records("user-activity").size(), 1400U);
}

TEST_F(ReplayGatewayTest, AGatewayThatAsksForTimeGetsIt) {
  auto options = options_here();
  options.requests_per_second = 0.25;  // and 2 at once
  start(options);
  write(700);
  const auto key = key_file(gateway_->write_key());
  EXPECT_THAT(replay({"--key-file", key, "--ca-file", gateway_->ca_file(), "--apply"}),
              HasSubstr("is finished"));
  EXPECT_EQ(records("user-activity").size(), 1400U);
}

TEST_F(ReplayGatewayTest, KilledItGoesOnAndEveryEventComesAtLeastOnce) {
  start();
  write(700);
  const auto key = key_file(gateway_->write_key());
  const std::vector<std::string> slowly = {"replay",
                                           "--from",
                                           "user-activity",
                                           "--to-gateway",
                                           gateway_->base_url(),
                                           "--key-file",
                                           key,
                                           "--ca-file",
                                           gateway_->ca_file(),
                                           "--brokers",
                                           KafkaBroker::shared().bootstrap(),
                                           "--topic-prefix",
                                           prefix(),
                                           "--apply",
                                           "--rate",
                                           "100"};
  const auto first = begin(slowly);
  ASSERT_TRUE(eventually([&] { return records("user-activity").size() > 700; }));
  first->kill();
  EXPECT_THAT(replay({"--key-file", key, "--ca-file", gateway_->ca_file(), "--apply"}),
              AllOf(HasSubstr("goes on with run"), HasSubstr("700 records brought")));
  std::map<std::string, int> found;
  for (const auto& record : records("user-activity")) ++found[*record.header("eventId")];
  EXPECT_EQ(found.size(), 700U);
  for (const auto& [id, count] : found) EXPECT_GE(count, 2) << id;
}

TEST_F(ReplayGatewayTest, EventsThatGetAnotherEventIdAndThoseThatAreRejectedAreCounted) {
  start();
  ASSERT_EQ(post(Json::array({click(1), click(2)}).dump()).status, 200);  // no installId
  ASSERT_EQ(post(R"({"eventType":"UserActivity","userId":"u"})").status, 200);
  const auto key = key_file(gateway_->write_key());
  const std::string ca = gateway_->ca_file();
  EXPECT_THAT(replay({"--key-file", key, "--ca-file", ca, "--apply"}),
              HasSubstr("2 events without installId and seq got another eventId"));
  std::filesystem::remove(output_file());
  EXPECT_EQ(run({"replay", "--from", "dead-letter", "--to-gateway", gateway_->base_url(),
                 "--key-file", key, "--ca-file", ca, "--brokers", KafkaBroker::shared().bootstrap(),
                 "--topic-prefix", prefix(), "--apply"}),
            0);
  EXPECT_THAT(output(), AllOf(HasSubstr("1 event rejected"), HasSubstr("missing_field: 1")));
}

TEST_F(ReplayGatewayTest, WhatTheGatewayRefusesIsSaidAndItsAuthorityIsVerified) {
  start();
  write(3);
  const std::string ca = gateway_->ca_file();
  EXPECT_THAT(replay({"--key-file", key_file("not-the-key"), "--ca-file", ca, "--apply"}, 1),
              HasSubstr("401 unknown_key"));
  EXPECT_THAT(replay({"--key-file", key_file(""), "--ca-file", ca, "--apply"}, 1),
              HasSubstr("holds no write key"));
  EXPECT_THAT(replay({"--apply"}, 2), HasSubstr("--key-file"));
  EXPECT_EQ(records("user-activity").size(), 3U);
}

}  // namespace
}  // namespace penstock::test
