// Goal: the log callback says what has become of sending, without a payload or a key, and cannot
// hang the sender. Method: the public API against a real TLS server in this process.
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::kPatience;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_very-secret";
    options_.ca_file = certificate_.ca_file();
    options_.batch_age_max = 1ms;
    options_.retry_delay_min = options_.retry_delay_max = 1ms;
    options_.log = [this](LogLevel level, std::string_view code, std::string_view text) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(code) + ": " +
                       std::string(text));
    };
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  std::mutex mutex_;
  std::vector<std::string> lines_;
  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  test::TestGateway gateway_{&certificate_};
  Options options_;
};

TEST_F(LogTest, AGatewayThatIsAwayAndComesBackIsToldOnceEach) {
  gateway_.answer_in_turn({test::reply(503), test::reply(503), test::reply(503)});
  Client client = open();
  ASSERT_TRUE(client.track(Event::page_view("secret-page")));
  ASSERT_TRUE(eventually([&] { return client.stats().acknowledged == 1; }));
  ASSERT_TRUE(eventually([&] { return lines().size() == 2; }));
  EXPECT_THAT(lines()[0], AllOf(StartsWith("1 retrying: "), HasSubstr("503"),
                                HasSubstr("the events are kept")));
  EXPECT_THAT(lines()[1], AllOf(StartsWith("0 sending: "), HasSubstr("takes events again")));
  EXPECT_THAT(lines(), Each(Not(AnyOf(HasSubstr("secret-page"), HasSubstr("very-secret")))));
}

TEST_F(LogTest, ARefusalSaysWhatToDo) {
  gateway_.answer_in_turn({test::reply(401)});
  Client client = open();
  ASSERT_TRUE(client.track(Event::page_view("home")));
  EXPECT_EQ(client.flush(kPatience).code(), StatusCode::kRefused);
  EXPECT_TRUE(eventually([&] { return lines().size() == 1; }));
  EXPECT_THAT(lines()[0],
              AllOf(StartsWith("2 refused: "), HasSubstr("401"), Not(HasSubstr("very-secret"))));
}

TEST_F(LogTest, RejectedAndDroppedEventsAreTold) {
  gateway_.answer_in_turn(
      {test::reply(200, R"({"accepted":0,"rejected":[{"index":0,"code":"x","message":"x"}]})"),
       test::reply(413)});
  Client client = open();
  ASSERT_TRUE(client.track(Event::page_view("home")));
  ASSERT_TRUE(client.flush(kPatience));
  ASSERT_TRUE(client.track(Event::page_view("home")));
  ASSERT_TRUE(client.flush(kPatience));
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_THAT(lines(), Contains(StartsWith("1 rejected: ")));
  EXPECT_THAT(lines(), Contains(StartsWith("1 dropped: 1 event was given up: too large")));
}

TEST_F(LogTest, ACallbackThatCallsBackIsRefusedInsteadOfHanging) {
  std::atomic<Client*> opened{nullptr};
  std::atomic<int> flushed{-1}, closed{-1}, tracked{-1};
  options_.log = [&](LogLevel, std::string_view, std::string_view) {
    if (!eventually([&] { return opened.load() != nullptr; })) return;
    tracked = static_cast<int>(opened.load()->track(Event::error("logged")).code());
    flushed = static_cast<int>(opened.load()->flush(1h).code());
    closed = static_cast<int>(opened.load()->close(1h).code());
  };
  gateway_.answer_in_turn({test::reply(503)});
  Client client = open();
  opened = &client;
  ASSERT_TRUE(client.track(Event::page_view("home")));
  EXPECT_TRUE(eventually([&] { return closed != -1; }));
  EXPECT_EQ(tracked, static_cast<int>(StatusCode::kOk));
  EXPECT_EQ(flushed, static_cast<int>(StatusCode::kMisuse));
  EXPECT_EQ(closed, static_cast<int>(StatusCode::kMisuse));
  ASSERT_TRUE(client.close(kPatience));
  EXPECT_EQ(client.stats().acknowledged, client.stats().recorded);
  EXPECT_GE(client.stats().misused, 2u);
}

}  // namespace
}  // namespace penstock
