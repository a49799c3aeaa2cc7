// Goal: what the user has said is obeyed when the call returns, on the disk and on the wire, and in
// later runs; an erasure is asked for until the gateway has taken it. Method: the public API
// against a real TLS server in this process.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::eventually;
using test::kPatience;
using test::ReceivedRequest;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class ConsentTest : public ::testing::Test {
 protected:
  ConsentTest() {
    options_.directory = directory_ / "telemetry";
    options_.endpoint = gateway_.endpoint();
    options_.write_key = "wk_test";
    options_.ca_file = certificate_.ca_file();
    options_.batch_age_max = 0ms;
    options_.retry_delay_min = options_.retry_delay_max = 1ms;
    gateway_.answer_with([this](const ReceivedRequest& request) {
      if (request.start_line.find("/v1/erasure") == std::string::npos)
        return test::accept_all(request);
      return erasure_answers_ ? test::reply(200, R"({"accepted":1})") : test::reply(503);
    });
  }

  Client open() {
    auto client = Client::open(options_);
    EXPECT_TRUE(client.ok()) << client.status().message();
    return *std::move(client);
  }
  void record(Client& client, int events = 1) {
    for (int i = 0; i < events; ++i)
      ASSERT_TRUE(client.track(Event::click("planted-page", "button")).ok());
  }
  void record_and_flush(Client& client, int times) {
    for (int i = 0; i < times; ++i) {
      record(client);
      ASSERT_TRUE(client.flush(kPatience).ok());
    }
  }
  // By a run that reaches no gateway.
  void queue_an_erasure() {
    Options nowhere = options_;
    nowhere.endpoint = "https://127.0.0.1:" + std::to_string(test::free_port());
    auto client = Client::open(nowhere);
    ASSERT_TRUE(client.ok()) << client.status().message();
    ASSERT_TRUE(client->forget().ok());
  }
  static test::Reply knows_no_erasure(const ReceivedRequest& request) {
    const bool knows = request.start_line.find("/v1/events") != std::string::npos;
    return knows ? test::accept_all(request) : test::reply(404);
  }
  bool is_on_disk(const std::string& text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options_.directory)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<nlohmann::json> erasures() const {
    std::vector<nlohmann::json> bodies;
    for (const auto& request : gateway_.requests()) {
      if (request.start_line.find("/v1/erasure") != std::string::npos)
        bodies.push_back(nlohmann::json::parse(request.body));
    }
    return bodies;
  }
  std::size_t queued_erasures() const {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(options_.directory))
      files += entry.path().filename().string().starts_with("erase-") ? 1u : 0u;
    return files;
  }
  std::size_t batches() const { return gateway_.request_count() - erasures().size(); }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  std::atomic<bool> erasure_answers_{true};
  test::TestGateway gateway_{&certificate_};
  Options options_;
};

TEST_F(ConsentTest, WithoutAnAnswerEventsAreKeptOnTheDeviceUntilThereIsOne) {
  options_.without_consent = WithoutConsent::kKeep;
  {
    Client client = open();
    EXPECT_EQ(client.consent(), Consent::kUnknown);
    record(client, 3);
    const Status flushed = client.flush(kPatience);
    EXPECT_EQ(flushed.code(), StatusCode::kNotAllowed);
    EXPECT_THAT(flushed.message(), HasSubstr("set_consent"));
  }
  EXPECT_EQ(gateway_.request_count(), 0u);
  Client client = open();
  EXPECT_EQ(client.stats().pending, 3u);
  ASSERT_TRUE(client.set_consent(Consent::kGranted).ok());
  EXPECT_TRUE(client.flush(kPatience).ok());
  EXPECT_EQ(client.stats().acknowledged, 3u);
}

TEST_F(ConsentTest, WithoutAnAnswerNothingIsRecordedIfSoSet) {
  options_.without_consent = WithoutConsent::kDrop;
  Client client = open();
  EXPECT_EQ(client.track(Event::session_start()).code(), StatusCode::kNotAllowed);
  EXPECT_EQ(client.track_json(R"({"activityType":"Click"})").code(), StatusCode::kNotAllowed);
  EXPECT_EQ(client.stats().dropped_not_allowed, 2u);
  ASSERT_TRUE(client.set_consent(Consent::kGranted).ok());
  record(client);
  EXPECT_TRUE(client.flush(kPatience).ok());
}

TEST_F(ConsentTest, ADenialDeletesWhatIsPendingAndHoldsInLaterRunsUntilConsentIsGiven) {
  options_.batch_age_max = 1h;
  {
    Client client = open();
    record(client, 5);
    ASSERT_TRUE(is_on_disk("planted-page"));
    ASSERT_TRUE(client.set_consent(Consent::kDenied).ok());
    EXPECT_FALSE(is_on_disk("planted-page"));
    EXPECT_EQ(client.track(Event::session_start()).code(), StatusCode::kNotAllowed);
    EXPECT_EQ(client.stats().pending, 0u);
    EXPECT_EQ(client.stats().dropped_consent_denied, 5u);
  }
  Client client = open();
  EXPECT_EQ(client.consent(), Consent::kDenied);
  EXPECT_EQ(client.track(Event::session_start()).code(), StatusCode::kNotAllowed);
  EXPECT_EQ(gateway_.request_count(), 0u);
  ASSERT_TRUE(client.set_consent(Consent::kGranted).ok());
  record(client);
  EXPECT_TRUE(client.flush(kPatience).ok());
  EXPECT_EQ(gateway_.received_seqs(), std::vector<std::uint64_t>{6});
  EXPECT_EQ(gateway_.requests().front().batch()["dropped"]["consent_denied"], 5);
}

TEST_F(ConsentTest, ADenialDeletesWhatEarlierRunsLeft) {
  options_.batch_age_max = 1h;
  {
    Client first = open(), second = open();  // of two slots
    record(first);
    record(second);
    static_cast<void>(second.close(0ms));
    static_cast<void>(first.close(0ms));
  }
  options_.without_consent = WithoutConsent::kKeep;
  Client client = open();
  EXPECT_TRUE(eventually([&] { return client.stats().pending == 2; }));
  ASSERT_TRUE(client.set_consent(Consent::kDenied).ok());
  EXPECT_FALSE(is_on_disk("planted-page"));
  EXPECT_EQ(client.stats().pending, 0u);
  EXPECT_EQ(client.stats().dropped_consent_denied, 2u);
}

// As when another process that shares the directory denies while this one is dead.
TEST_F(ConsentTest, WhatAnOpenDeletesForADenialIsCounted) {
  options_.batch_age_max = 1h;
  {
    Client client = open();
    record(client, 3);
    static_cast<void>(client.close(0ms));
  }
  Options elsewhere = options_;
  elsewhere.directory = directory_ / "elsewhere";
  auto denying = Client::open(elsewhere);
  ASSERT_TRUE(denying && denying->set_consent(Consent::kDenied).ok());
  std::filesystem::copy(directory_ / "elsewhere" / "consent", directory_ / "telemetry" / "consent",
                        std::filesystem::copy_options::overwrite_existing);
  const Stats stats = open().stats();
  EXPECT_EQ(stats.adopted, 3u);
  EXPECT_EQ(stats.dropped_consent_denied, 3u);
  EXPECT_EQ(stats.pending, 0u);
}

TEST_F(ConsentTest, ADenialCutsOffTheRequestThatIsUnderWay) {
  gateway_.answer_with([](const ReceivedRequest&) { return test::never_answer(); });
  Client client = open();
  record(client);
  ASSERT_TRUE(eventually([&] { return gateway_.request_count() == 1; }));
  ASSERT_TRUE(client.set_consent(Consent::kDenied).ok());
  EXPECT_EQ(client.stats().pending, 0u);
  gateway_.answer_with([](const ReceivedRequest& request) { return test::accept_all(request); });
  ASSERT_TRUE(client.set_consent(Consent::kGranted).ok());
  record(client);
  EXPECT_TRUE(client.flush(kPatience).ok());
  EXPECT_EQ(client.stats().acknowledged, 1u);
  EXPECT_EQ(client.stats().dropped_consent_denied, 1u);
}

TEST_F(ConsentTest, AnotherClientOfTheDirectoryObeysToo) {
  options_.batch_age_max = 1h;
  Client one = open(), other = open();
  ASSERT_TRUE(one.set_consent(Consent::kDenied).ok());
  EXPECT_EQ(other.track(Event::session_start()).code(), StatusCode::kNotAllowed);
  ASSERT_TRUE(one.set_consent(Consent::kGranted).ok());
  record(other);
  EXPECT_TRUE(other.flush(kPatience).ok());
}

TEST_F(ConsentTest, ForgettingErasesHereAsksTheGatewayToAndBeginsANewInstall) {
  Client client = open();
  record(client);
  ASSERT_TRUE(client.flush(kPatience).ok());
  const std::string before = client.stats().install_id;
  ASSERT_TRUE(client.forget().ok());
  EXPECT_FALSE(is_on_disk("planted-page"));
  EXPECT_NE(client.stats().install_id, before);
  ASSERT_TRUE(eventually([&] { return erasures().size() == 1; }));
  EXPECT_EQ(erasures()[0]["installIds"], nlohmann::json::array({before}));
  EXPECT_TRUE(erasures()[0].contains("requestedAt"));

  record(client);
  ASSERT_TRUE(client.flush(kPatience).ok());
  EXPECT_EQ(gateway_.requests().back().batch()["installId"], client.stats().install_id);
  const std::string after = client.stats().install_id;
  {
    Client gone = std::move(client);
  }
  EXPECT_EQ(open().stats().install_id, after);
}

TEST_F(ConsentTest, ARequestForErasureOutlivesTheProcessAndADenial) {
  erasure_answers_ = false;
  options_.batch_age_max = 1h;  // the event is not sent before it is forgotten
  std::string install_id;
  {
    Client client = open();
    record(client);
    install_id = client.stats().install_id;
    ASSERT_TRUE(client.forget().ok());
    ASSERT_TRUE(client.set_consent(Consent::kDenied).ok());
  }
  const std::size_t refused = erasures().size();
  erasure_answers_ = true;
  {
    Client client = open();
    ASSERT_TRUE(eventually([&] { return erasures().size() > refused; }));
    EXPECT_EQ(erasures().back()["installIds"][0], install_id);
    EXPECT_TRUE(eventually([&] { return queued_erasures() == 0; }));
  }
  EXPECT_EQ(batches(), 0u);
}

// The request is queued by a run of its own, since forget() cuts off what is under way, which may
// be the first request for erasure.
TEST_F(ConsentTest, AGatewayThatKnowsNoErasureIsAskedOnceARunAndTakesEvents) {
  queue_an_erasure();
  gateway_.answer_with(knows_no_erasure);
  for (std::size_t run = 1; run <= 2; ++run) {
    Client client = open();
    ASSERT_TRUE(eventually([&] { return erasures().size() == run; }));
    record_and_flush(client, 5);
    EXPECT_EQ(erasures().size(), run);
    EXPECT_EQ(queued_erasures(), 1u);
  }
}

TEST_F(ConsentTest, AGatewayThatKnowsNoErasureIsNotAskedAgainForWhatIsQueuedAfterwards) {
  queue_an_erasure();
  gateway_.answer_with(knows_no_erasure);
  Client client = open();
  ASSERT_TRUE(eventually([&] { return erasures().size() == 1; }));
  record_and_flush(client, 1);  // the answer was read

  ASSERT_TRUE(client.forget().ok());
  record_and_flush(client, 5);
  EXPECT_EQ(erasures().size(), 1);
  EXPECT_EQ(queued_erasures(), 2u);
}

TEST_F(ConsentTest, AnAnswerThatIsNoGatewaysDoesNotEndARequestForErasure) {
  gateway_.answer_with(
      [](const ReceivedRequest&) { return test::reply(200, "<html>login</html>"); });
  Client client = open();
  ASSERT_TRUE(client.forget().ok());
  EXPECT_TRUE(eventually([&] { return erasures().size() > 1; }));
}

}  // namespace
}  // namespace penstock
