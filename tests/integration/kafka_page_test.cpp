// Goal: who follows docs/operating/kafka.md gets topics and rights that the gateway can work with.
// Method: run the page's commands with Kafka's own tools against a real broker with ACLs, then the
// real gateway with the page's configuration. Only names and the number of brokers are replaced.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gateway_fixture.hpp"
#include "support/kafka_admin.hpp"
#include "support/tree.hpp"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

using Replacements = std::vector<std::pair<std::string, std::string>>;

// The fenced blocks of that language, in the order of the page.
std::vector<std::string> blocks_of(const std::string& language) {
  std::ifstream page(source_tree() / "docs/operating/kafka.md");
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + "\n";
    } else if (line == "```" + language) {
      inside = true;
      blocks.emplace_back();
    }
  }
  return blocks;
}

// Every replacement must find something, or the page has changed and this test with it.
std::string replaced(std::string text, const Replacements& replacements) {
  for (const auto& [from, to] : replacements) {
    auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in\n" << text;
    for (; at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

class KafkaPageTest : public GatewayTest {
 protected:
  void run_command(const std::string& command) const {
    const auto script = directory_ / "command.sh";
    const auto output = directory_ / "output";
    std::ofstream(script) << "set -eu\nPATH=" << directory_.path().string() << ":$PATH\n"
                          << command;
    ChildProcess shell({.arguments = {"/bin/bash", script}, .environment = {}, .output = output});
    const auto status = shell.wait(std::chrono::seconds(120));
    std::ostringstream said;
    said << std::ifstream(output).rdbuf();
    ASSERT_EQ(status, 0) << command << said.str();
  }

  TempDirectory directory_;
};

TEST_F(KafkaPageTest, ItsCommandsAndItsConfigurationLeadToAcknowledgedEvents) {
  const KafkaBroker broker(KafkaBroker::Access::kByAcl);
  KafkaBroker::write_tools(directory_.path());
  const auto commands = blocks_of("sh");
  ASSERT_THAT(commands, SizeIs(2));
  run_command(replaced(commands[0], {{"kafka-1.example.com:9092", broker.bootstrap()},
                                     {"--replication-factor 3", "--replication-factor 1"},
                                     {"min.insync.replicas=2", "min.insync.replicas=1"}}));
  run_command(replaced(commands[1],
                       {{"kafka-1.example.com:9092", broker.bootstrap()},
                        {"User:penstock-gateway", std::string("User:") + KafkaBroker::kUser}}));

  const auto configurations = blocks_of("yaml");
  ASSERT_THAT(configurations, SizeIs(2));
  GatewayOptions options;
  options.environment["KAFKA_PASSWORD"] = KafkaBroker::kPassword;
  options.kafka = replaced(
      configurations[1], {{"kafka-1.example.com:9093,kafka-2.example.com:9093", broker.secured()},
                          {"  topic_prefix: staging.\n", ""},
                          {"SASL_SSL", "SASL_PLAINTEXT"},
                          {"SCRAM-SHA-512", "PLAIN"},
                          {"username: penstock-gateway", std::string("username: ") + broker.kUser},
                          {"/etc/penstock/tls/kafka-ca.crt", broker.ca_file().string()}});
  KafkaAdmin(broker.bootstrap()).set_config("user-activity", "max.message.bytes", "20000");
  start(options);

  const Json bad = {{"type", "UserActivity"}};
  const auto answer = post(batch_of({click(1), approval(2, "record-1"), bad}).dump());
  ASSERT_EQ(answer.status, 200) << answer.body << gateway_->log();
  EXPECT_EQ(Json::parse(answer.body).at("accepted"), 2) << answer.body;
  for (const auto* topic : {"user-activity", "db-changes", "dead-letter"})
    EXPECT_THAT(read_topic(broker.bootstrap(), topic), SizeIs(1)) << topic;
  // Only with the right DescribeConfigs is that known before Kafka refuses the record.
  auto large = click(3);
  large["details"] = {{"note", std::string(30'000, 'x')}};
  const auto refused = post(batch_of({large}).dump());
  ASSERT_EQ(refused.status, 200) << refused.body << gateway_->log();
  EXPECT_THAT(refused.body, HasSubstr("record_too_large"));
}

TEST_F(KafkaPageTest, EachConfigurationPassesTheCheckAsItStands) {
  const TestCertificate certificate(directory_.path());
  const auto file = directory_ / "gateway.yaml";
  for (const auto& configuration : blocks_of("yaml")) {
    auto whole = "listen: {address: 127.0.0.1}\nkeys:\n  - {id: app, digest: \"" +
                 digest_of("key") + "\"}\n" + configuration;
    if (const auto ca_file = std::string("/etc/penstock/tls/kafka-ca.crt");
        whole.find(ca_file) != std::string::npos)
      whole = replaced(whole, {{ca_file, certificate.ca_file().string()}});
    std::ofstream(file) << whole;
    const auto run = run_gateway({"--config", file, "--check"}, {{"KAFKA_PASSWORD", "secret"}});
    EXPECT_EQ(run.exit_code, 0) << whole << run.output;
  }
}

}  // namespace
}  // namespace penstock::test
