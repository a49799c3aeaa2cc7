// Goal: SIGHUP takes over keys, certificate and log level while requests go on, all of them or
// nothing, and whatever it does is said in the log and in the metrics. Method: the real program;
// its files are changed under it.
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "gateway_fixture.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class GatewayReloadTest : public GatewayTest {
 protected:
  void SetUp() override { start(); }

  int status_of(const std::string& key) const {
    return post(batch_of({click(1)}).dump(), {{"Authorization", "Bearer " + key}}).status;
  }
  std::string settings() const {
    std::ifstream file(gateway_->settings_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
  }
  // A further key, and `changed` in the settings.
  std::string with_key(const std::string& key) const {
    return replaced(settings(), "kafka:\n",
                    "  - id: second\n    digest: " + digest_of(key) + "\nkafka:\n");
  }
  std::string metric(const std::string& name) const {
    const std::string text = "\n" + admin("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  // Reads `settings` again, and waits until it says so.
  void reload(const std::string& settings) {
    std::ofstream(gateway_->settings_file()) << settings;
    const auto counted = [this] {
      return metric(R"(penstock_config_reloads_total{result="applied"})") + "+" +
             metric(R"(penstock_config_reloads_total{result="refused"})");
    };
    const auto before = counted();
    gateway_->hang_up();
    ASSERT_TRUE(eventually([&] { return counted() != before; })) << gateway_->log();
  }
};

TEST_F(GatewayReloadTest, KeysComeAndGoAndTheConnectionsStay) {
  const HttpClient open(gateway_->base_url(), gateway_->ca_file());
  const auto status = [&](const std::string& key) {
    const auto headers = headers_for(*gateway_, {{"Authorization", "Bearer " + key}});
    return open.post("/v1/events", batch_of({click(1)}).dump(), headers).status;
  };
  EXPECT_EQ(status("second-key"), 401);
  const std::string before = settings();
  reload(with_key("second-key"));
  EXPECT_EQ(status("second-key"), 200);
  EXPECT_EQ(status(gateway_->write_key()), 200);
  reload(replaced(before, digest_of(gateway_->write_key()), digest_of("third-key")));
  EXPECT_EQ(status("second-key"), 401);
  EXPECT_EQ(status(gateway_->write_key()), 401);
  EXPECT_EQ(status("third-key"), 200);
  EXPECT_THAT(gateway_->log(), HasSubstr("reloaded keys=2"));
}

TEST_F(GatewayReloadTest, ANewKeyComesWithItsPrivacyRulesWhichStayUntilARestart) {
  const auto with_rule = [this, before = settings()](const std::string& rule) {
    return replaced(before, "kafka:\n",
                    "  - id: second\n    digest: " + digest_of("second-key") +
                        "\n    privacy: {rules: [" + rule + "]}\nkafka:\n");
  };
  reload(with_rule("userId replace first"));
  ASSERT_EQ(status_of("second-key"), 200);
  reload(with_rule("userId replace other"));
  EXPECT_THAT(gateway_->log(), HasSubstr("keys[1].privacy (second)"));
  ASSERT_EQ(status_of("second-key"), 200);
  ASSERT_EQ(status_of(gateway_->write_key()), 200);
  std::vector<std::string> users;
  for (const Json& event : events("user-activity")) users.push_back(event["userId"]);
  EXPECT_THAT(users, ::testing::UnorderedElementsAre("first", "first", "user-4711"));
}

TEST_F(GatewayReloadTest, ANewKeyWhosePrivacyRulesNeedARestartIsRefused) {
  const auto secret = gateway_->settings_file().parent_path() / "k1";
  std::ofstream(secret) << std::string(32, 'k');
  const std::string key =
      with_key("second-key") + "privacy: {pseudonym_keys: [k1 " + secret.string() + "]}\n";
  reload(replaced(key, "kafka:\n", "    privacy: {rules: [userId pseudonym k1]}\nkafka:\n"));
  EXPECT_THAT(gateway_->log(), AllOf(HasSubstr("reload refused"), HasSubstr("needs the key"),
                                     HasSubstr("if the new one differs, restart")));
  EXPECT_EQ(status_of("second-key"), 401);
}

TEST_F(GatewayReloadTest, NoRequestFailsWhileItIsReadAgainAndAgain) {
  std::atomic<bool> done{false};
  std::atomic<int> good{0}, bad{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!done) ++(post(batch_of({click(1)}).dump()).status == 200 ? good : bad);
    });
  }
  const std::string one = settings(), two = with_key("second-key");
  for (int i = 0; i < 10; ++i) reload(i % 2 == 0 ? two : one);
  EXPECT_TRUE(eventually([&] { return good > 20; }));
  done = true;
  for (auto& client : clients) client.join();
  EXPECT_EQ(bad, 0);
}

TEST_F(GatewayReloadTest, ANewCertificateIsShownToNewConnections) {
  const std::string until = metric("penstock_certificate_expiry_timestamp_seconds");
  EXPECT_NE(until, "");
  const TempDirectory elsewhere;
  std::filesystem::copy(gateway_->ca_file(), elsewhere / "old.pem");
  // Over the old files, as certbot and cert-manager do.
  const TestCertificate renewed(gateway_->settings_file().parent_path());
  const auto answers_to = [&](const std::filesystem::path& ca) {
    return HttpClient(gateway_->base_url(), ca)
               .post("/v1/events", batch_of({click(1)}).dump(), headers_for(*gateway_))
               .status == 200;
  };
  EXPECT_TRUE(answers_to(elsewhere / "old.pem"));  // not before it is told
  reload(settings());
  EXPECT_TRUE(answers_to(renewed.ca_file()));
  EXPECT_FALSE(answers_to(elsewhere / "old.pem"));
}

TEST_F(GatewayReloadTest, WhatIsWrongAnywhereChangesNothing) {
  const auto expect_refused = [&](const std::string& with, const std::string& error) {
    const auto said = gateway_->log().size();
    reload(with);
    const auto log = gateway_->log().substr(said);
    EXPECT_THAT(log, AllOf(HasSubstr("error "), HasSubstr("reload refused, all stays as it was"),
                           HasSubstr(error), Not(HasSubstr("reloaded"))));
    EXPECT_EQ(metric("penstock_config_last_reload_successful"), "0");
    EXPECT_EQ(status_of("second-key"), 401);
    EXPECT_EQ(status_of(gateway_->write_key()), 200);
  };
  const std::string next = with_key("second-key");
  expect_refused(next + "nonsense: 1\n", "nonsense");
  expect_refused(replaced(next, "private_key: ", "private_key: /none"), "does not exist");
  {
    const TempDirectory elsewhere;
    const TestCertificate other(elsewhere.path());
    expect_refused(
        replaced(next, gateway_->certificate().key_file().string(), other.key_file().string()),
        "does not belong to the certificate");
    const TestCertificate expired(elsewhere.path(), CertificateKind::kExpired);
    expect_refused(replaced(next, gateway_->certificate().certificate_file().string(),
                            expired.certificate_file().string()),
                   "expired on");
  }
  expect_refused(replaced(next, "threads: 2", "threads: 1000"), "threads: at most 256");
  std::filesystem::remove(gateway_->settings_file());
  gateway_->hang_up();
  EXPECT_TRUE(eventually(
      [&] { return gateway_->log().find("gateway.yaml: does not exist") != std::string::npos; }));
  reload(next);
  EXPECT_EQ(metric("penstock_config_last_reload_successful"), "1");
  EXPECT_EQ(status_of("second-key"), 200);
}

TEST_F(GatewayReloadTest, WhatNeedsARestartIsNamedAndTheRestIsTakenOver) {
  reload(replaced(replaced(with_key("second-key"), "project: test", "project: other"), "threads: 2",
                  "threads: 3") +
         "  level: debug\n");
  EXPECT_EQ(status_of("second-key"), 200);
  EXPECT_THAT(
      gateway_->log(),
      AllOf(HasSubstr("needs a restart; the old value stays until then setting=\"project\""),
            HasSubstr("setting=\"threads\""), Not(HasSubstr("setting=\"log.level\"")),
            Not(HasSubstr("setting=\"keys"))));
}

// A limit that is used up is not given anew by a reload.
TEST_F(GatewayReloadTest, WhatAKeyHasUsedStaysUsed) {
  reload(replaced(settings(), "requests_per_second: 0", "requests_per_second: 0.001"));
  EXPECT_EQ(status_of(gateway_->write_key()), 200);
  EXPECT_EQ(status_of(gateway_->write_key()), 429);
  reload(with_key("second-key"));
  EXPECT_EQ(status_of(gateway_->write_key()), 429);
  EXPECT_EQ(status_of("second-key"), 200);
}

TEST_F(GatewayReloadTest, AfterItTheGatewayEndsAsEver) {
  reload(settings());
  gateway_->terminate();
  EXPECT_EQ(gateway_->wait(std::chrono::seconds(30)), 0);
  EXPECT_THAT(gateway_->log(), HasSubstr("ended: every request is answered"));
}

}  // namespace
}  // namespace penstock::test
