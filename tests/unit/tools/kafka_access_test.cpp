// Goal: every command gets into Kafka in the same way, and says what is wrong with its settings
// without showing a secret.
#include "kafka_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <string>

#include "support/temp_directory.hpp"

namespace penstock::ctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class KafkaAccessTest : public ::testing::Test {
 protected:
  std::string file(const std::string& text) {
    const std::string path = directory_ / "kafka.properties";
    std::ofstream(path) << text;
    return path;
  }
  static KafkaAccess access_of(std::vector<std::string> arguments) {
    CLI::App app;
    KafkaOptions options;
    add_kafka_options(app, options);
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
    return kafka_access(options);
  }
  static std::string fault_of(const std::vector<std::string>& arguments) {
    try {
      access_of(arguments);
    } catch (const std::exception& fault) {
      return fault.what();
    }
    return "";
  }

  test::TempDirectory directory_;
};

TEST_F(KafkaAccessTest, SettingsAreOfTheFileAndTheCommandLineWins) {
  const auto access =
      access_of({"--brokers", "k:9092", "--topic-prefix", "staging.", "--kafka-config",
                 file("# of the cluster\n\nsecurity.protocol = SASL_SSL\r\nsasl.password=a=b#c\n"),
                 "-X", "client.id=me", "-X", "security.protocol=SSL"});
  EXPECT_EQ(access.brokers, "k:9092");
  EXPECT_EQ(access.topic_prefix, "staging.");
  EXPECT_THAT(access.properties,
              UnorderedElementsAre(Pair("security.protocol", "SSL"), Pair("sasl.password", "a=b#c"),
                                   Pair("client.id", "me")));
}

TEST_F(KafkaAccessTest, TheEnvironmentMayNameTheFile) {
  setenv("PENSTOCKCTL_KAFKA_CONFIG", file("sasl.username=me\n").c_str(), 1);
  const auto access = access_of({"--brokers", "k:9092"});
  unsetenv("PENSTOCKCTL_KAFKA_CONFIG");
  EXPECT_THAT(access.properties, UnorderedElementsAre(Pair("sasl.username", "me")));
}

TEST_F(KafkaAccessTest, AWrongLineIsNamedAndNotShown) {
  const auto path = file("a=b\nhunter2\n");
  EXPECT_THAT(fault_of({"--brokers", "k", "--kafka-config", path}),
              AllOf(HasSubstr(path + ":2: expected name=value"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(fault_of({"--brokers", "k", "--kafka-config", file("=hunter2")}),
              AllOf(HasSubstr(":1: "), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(fault_of({"--brokers", "k", "--kafka-config", "/nowhere/k"}),
              HasSubstr("/nowhere/k"));
}

TEST_F(KafkaAccessTest, APropertyWithoutAValueIsAWrongUse) {
  EXPECT_THAT(fault_of({"--brokers", "k", "-X", "nonsense"}), HasSubstr("name=value"));
}

}  // namespace
}  // namespace penstock::ctl
