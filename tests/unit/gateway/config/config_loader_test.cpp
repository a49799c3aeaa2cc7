// Goal: a configuration is read as it is written, and whatever is wrong with one is named with its
// place and its cure, all at once, without showing a secret. Method: texts and made-up environments
// through parse_config(); the example file through load_config().
#include "config/config_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "config/config_check.hpp"
#include "config/setting_table.hpp"
#include "support/temp_directory.hpp"
#include "support/tree.hpp"

namespace penstock::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

LoadedConfig parsed(const std::string& yaml, const Environment& environment = {}) {
  return parse_config(yaml, "gateway.yaml", environment);
}

TEST(ConfigLoaderTest, NothingSetIsTheDefaults) {
  const auto loaded = parsed("");
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config.listen.port, 8443);
  EXPECT_EQ(loaded.config.admission.body_bytes, wire::kBodyBytesMax);
  EXPECT_FALSE(loaded.config.kafka.create_topics) << "a typo in topic_prefix would make three";
}

TEST(ConfigLoaderTest, SectionsWithNothingBelowThemAreTheDefaults) {
  EXPECT_THAT(parsed("limits:\nkafka:\n  properties:\nkeys:\n").errors, IsEmpty());
}

TEST(ConfigLoaderTest, ValuesAreReadWithTheirUnits) {
  const auto [config, errors, notes, places] = parsed(
      "listen: {address: 127.0.0.1, port: 9000, tls: {min_version: 1.3}}\n"
      "limits: {body_bytes: 64KiB, body_timeout: 500ms, idle_timeout: 5m, depth: 8}\n"
      "privacy: {remove_fields: [nickname, notes], detect_phones: false}\n"
      "log: {level: warning, format: text}\n");
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(config.listen.address, "127.0.0.1");
  EXPECT_EQ(config.listen.port, 9000);
  EXPECT_TRUE(config.listen.tls.tls13_only);
  EXPECT_EQ(config.admission.body_bytes, 65536U);
  EXPECT_EQ(config.http.body_timeout, milliseconds(500));
  EXPECT_EQ(config.http.idle_timeout, milliseconds(300000));
  EXPECT_EQ(config.decode.depth, 8U);
  EXPECT_THAT(config.privacy.remove_fields, ElementsAre("nickname", "notes"));
  EXPECT_FALSE(config.privacy.detect[privacy::Kind::kPhone]);
  EXPECT_EQ(config.log.least, LogSeverity::kWarning);
  EXPECT_FALSE(config.log.json);
}

TEST(ConfigLoaderTest, KeysAndLibrdkafkaPropertiesAreRead) {
  const auto [config, errors, notes, places] = parsed(
      "keys:\n"
      "  - {id: a, digest: 'sha256:1', requests_per_second: 2.5, burst_seconds: 3}\n"
      "  - {id: b, digest: 'sha256:2'}\n"
      "kafka: {properties: {client.id: gateway-1}}\n");
  EXPECT_THAT(errors, IsEmpty());
  ASSERT_EQ(config.keys.size(), 2U);
  EXPECT_EQ(config.keys[0].id, "a");
  EXPECT_DOUBLE_EQ(config.keys[0].requests_per_second, 2.5);
  EXPECT_DOUBLE_EQ(config.keys[0].burst_seconds, 3);
  EXPECT_EQ(config.keys[1].digest, "sha256:2");
  EXPECT_THAT(config.kafka.properties, ElementsAre(Pair("client.id", "gateway-1")));
}

TEST(ConfigLoaderTest, AnUnknownSettingIsNamedWithItsPlaceAndTheNearestOne) {
  EXPECT_THAT(parsed("limits:\n  body_byte: 3\n").errors,
              ElementsAre("gateway.yaml:2:3: limits.body_byte: unknown; did you mean body_bytes?"));
}

TEST(ConfigLoaderTest, AnUnknownSettingThatIsNearNothingListsWhatIsKnown) {
  EXPECT_THAT(parsed("drain: {zzz: 1}\n").errors,
              ElementsAre(HasSubstr("drain.zzz: unknown; known here are delay, timeout")));
}

TEST(ConfigLoaderTest, AValueOfTheWrongKindSaysWhatIsExpectedWithAnExample) {
  EXPECT_THAT(
      parsed("limits:\n  body_timeout: 30\n").errors,
      ElementsAre("gateway.yaml:2:17: limits.body_timeout: expected a duration with its unit, "
                  "for example 500ms, 30s or 5m, found \"30\""));
}

TEST(ConfigLoaderTest, AllErrorsAreReportedAtOnce) {
  const auto errors = parsed(
                          "limits: {depth: deep}\n"
                          "listen: [1]\n"
                          "logs: {}\n"
                          "threads:\n"
                          "project: [a, b]\n",
                          {{"PENSTOCK_ADMIN_PORT", "70000"}})
                          .errors;
  EXPECT_THAT(errors, ElementsAre(HasSubstr("limits.depth"), HasSubstr("listen: expected settings"),
                                  HasSubstr("logs: unknown; did you mean log?"),
                                  HasSubstr("threads: expected a whole number"),
                                  HasSubstr("project: expected text"),
                                  HasSubstr("PENSTOCK_ADMIN_PORT: expected a port")));
}

TEST(ConfigLoaderTest, ASettingThatStandsTwiceIsAnError) {
  EXPECT_THAT(parsed("threads: 1\nthreads: 2\n").errors,
              ElementsAre("gateway.yaml:2:1: threads: set twice; keep one"));
}

TEST(ConfigLoaderTest, TextThatIsNoYamlIsNamedWithItsPlace) {
  EXPECT_THAT(parsed("a: [\nb").errors, ElementsAre(HasSubstr("gateway.yaml:2:1: not YAML: ")));
}

TEST(ConfigLoaderTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(load_config("/nowhere/gateway.yaml", {}).errors,
              ElementsAre("/nowhere/gateway.yaml: does not exist; check the path"));
}

TEST(ConfigLoaderTest, AnEmptyFileAndAFolderAreNamedForWhatTheyAre) {
  const test::TempDirectory folder;
  const auto file = folder / "gateway.yaml";
  for (const auto* text : {"", " \n\t\n"}) {
    std::ofstream(file) << text;
    EXPECT_THAT(load_config(file, {}).errors, ElementsAre(HasSubstr("gateway.yaml: is empty; ")));
  }
  EXPECT_THAT(load_config(folder.path(), {}).errors, ElementsAre(HasSubstr("is a folder")));
}

// yaml-cpp makes documents of it without end.
TEST(ConfigLoaderTest, StrayPunctuationIsAnErrorAndNoEndlessLoop) {
  for (const char* text : {",", "]", "}", ", , ,", "- a\n,", "log:\n,", "---\n]", "{,"})
    EXPECT_THAT(parsed(text).errors, Not(IsEmpty())) << text;
}

TEST(ConfigLoaderTest, ASecondDocumentIsNotPassedOverInSilence) {
  EXPECT_THAT(parsed("log: {level: info}\n---\nlisten: {port: 1}\n").errors,
              ElementsAre(HasSubstr("gateway.yaml:2:1: this file: a second document begins")));
  EXPECT_THAT(parsed("---\nlog: {level: info}\n").errors, IsEmpty());
}

TEST(ConfigLoaderTest, AVariableInAValueIsReadFromTheEnvironment) {
  const Environment environment{{"BROKERS", "a:9092"}, {"WORD", "hunter2"}, {"_1", ""}};
  const auto [config, errors, notes, places] = parsed(
      "kafka: {brokers: '${BROKERS},b:9092', properties: {sasl.password: 'x${WORD}${_1}y', "
      "client.id: '$${WORD}$5'}}\n"
      "privacy: {remove_fields: ['${WORD}']}\n",
      environment);
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(config.kafka.brokers, "a:9092,b:9092");
  EXPECT_THAT(config.kafka.properties,
              ElementsAre(Pair("client.id", "${WORD}$5"), Pair("sasl.password", "xhunter2y")));
  EXPECT_THAT(config.privacy.remove_fields, ElementsAre("hunter2"));
}

TEST(ConfigLoaderTest, AVariableThatIsNotSetIsAnErrorAndNeverPassedOn) {
  for (const auto* value : {"${NOBODY}", "${", "${}", "${A B}", "${1A}", "x${NOBODY"}) {
    const auto loaded =
        parsed("kafka: {properties: {sasl.password: '" + std::string(value) + "'}}\n");
    EXPECT_THAT(loaded.errors,
                ElementsAre(HasSubstr("gateway.yaml:1:37: kafka.properties.sasl.password: ")))
        << value;
    EXPECT_THAT(loaded.config.kafka.properties, IsEmpty());
  }
  EXPECT_THAT(parsed("kafka: {brokers: '${NOBODY}'}\n").errors,
              ElementsAre(HasSubstr("the variable NOBODY is not set")));
}

TEST(ConfigLoaderTest, APropertyMayStandInAFileOfItsOwn) {
  const test::TempDirectory folder;
  std::ofstream(folder / "password") << "hunter2\n";
  std::ofstream(folder / "empty") << "\n";
  const auto property = [&](const std::string& file) {
    return parsed("kafka: {properties: {sasl.password_file: " + (folder / file).string() + "}}\n");
  };
  EXPECT_THAT(property("password").config.kafka.properties,
              ElementsAre(Pair("sasl.password", "hunter2")));
  EXPECT_THAT(property("empty").errors, ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(property("nowhere").errors, ElementsAre(HasSubstr("does not exist; check the path")));
  EXPECT_THAT(parsed("kafka: {properties: {sasl.password: a, sasl.password_file: " +
                     (folder / "password").string() + "}}\n")
                  .errors,
              ElementsAre(HasSubstr("set twice")));
}

// Kubernetes sets these for a Service named penstock-admin.
TEST(ConfigLoaderTest, VariablesThatKubernetesSetsForAServiceArePassedOverWithANote) {
  const auto loaded = parsed("", {{"PENSTOCK_ADMIN_PORT", "tcp://10.0.0.1:9464"},
                                  {"PENSTOCK_ADMIN_PORT_9464_TCP", "tcp://10.0.0.1:9464"},
                                  {"PENSTOCK_ADMIN_SERVICE_HOST", "10.0.0.1"},
                                  {"PENSTOCK_ADMIN_SERVICE_PORT", "9464"},
                                  {"PENSTOCK_LISTENER_PORT", "udp://10.0.0.1:1"}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.notes, ElementsAre(HasSubstr("PENSTOCK_ADMIN_PORT")));
  EXPECT_EQ(loaded.config.admin.port, Config().admin.port);
  EXPECT_THAT(parsed("", {{"PENSTOCK_ADMIN_PORT", "x"}}).errors,
              ElementsAre(HasSubstr("expected")));
}

TEST(ConfigLoaderTest, NoErrorShowsADigestOrALibrdkafkaProperty) {
  const auto errors = parsed(
                          "keys:\n"
                          "  - {id: a, digest: [hunter2]}\n"
                          "  - hunter2\n"
                          "kafka: {properties: {sasl.password: [hunter2]}}\n")
                          .errors;
  EXPECT_EQ(errors.size(), 3U);
  EXPECT_THAT(errors, ::testing::Each(Not(HasSubstr("hunter2"))));
}

TEST(ConfigLoaderTest, TheEnvironmentWinsOverTheFile) {
  const auto [config, errors, notes, places] =
      parsed("limits: {body_bytes: 1KiB}\nprivacy: {remove_fields: [a]}\n",
             {{"PENSTOCK_LIMITS_BODY_BYTES", "2KiB"},
              {"PENSTOCK_LISTEN_TLS_CERTIFICATE", "/a.crt"},
              {"PENSTOCK_PRIVACY_REMOVE_FIELDS", "b,c"}});
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(config.admission.body_bytes, 2048U);
  EXPECT_EQ(config.listen.tls.certificate_file, "/a.crt");
  EXPECT_THAT(config.privacy.remove_fields, ElementsAre("b", "c"));
}

TEST(ConfigLoaderTest, AVariableThatIsNearlyASettingIsAnErrorAndAForeignOneIsNot) {
  EXPECT_THAT(
      parsed("", {{"PENSTOCK_LIMITS_DEPHT", "3"},
                  {"PENSTOCK_KAFKA_SERVICE_HOST", "10.0.0.1"},
                  {"PENSTOCK_GATEWAY_PORT", "tcp://10.0.0.1:8443"}})
          .errors,
      ElementsAre(
          "environment: PENSTOCK_LIMITS_DEPHT: unknown; did you mean PENSTOCK_LIMITS_DEPTH?"));
}

struct BadValue {
  const char* yaml;
  const char* expected;
};
class BadValueTest : public ::testing::TestWithParam<BadValue> {};

TEST_P(BadValueTest, IsRefusedAndSaysWhatIsExpected) {
  EXPECT_THAT(parsed(GetParam().yaml).errors, ElementsAre(HasSubstr(GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(
    ConfigLoader, BadValueTest,
    ::testing::Values(BadValue{"listen: {port: 65536}", "expected a port"},
                      BadValue{"listen: {port: -1}", "expected a port"},
                      BadValue{"listen: {allow_plain: yes}", "expected true or false"},
                      BadValue{"listen: {tls: {min_version: 1.1}}", "expected 1.2 or 1.3"},
                      BadValue{"limits: {body_bytes: 1MB}", "expected a size"},
                      BadValue{"limits: {body_bytes: -1}", "expected a size"},
                      BadValue{"limits: {body_bytes: 9999999999GiB}", "expected a size"},
                      BadValue{"limits: {body_bytes: ''}", "expected a size"},
                      BadValue{"drain: {delay: 1d}", "expected a duration"},
                      BadValue{"drain: {delay: 9000h}", "expected a duration"},
                      BadValue{"drain: {delay: 99999999999999999999s}", "expected a duration"},
                      BadValue{"kafka: {partitions: -4}", "expected a whole number"},
                      BadValue{"kafka: {compression: brotli}", "expected none, gzip"},
                      BadValue{"log: {level: loud}", "expected debug, info"},
                      BadValue{"log: {format: xml}", "expected json or text"},
                      BadValue{"keys: [{events_per_second: nan}]", "expected a number from 0"},
                      BadValue{"keys: [{events_per_second: -1}]", "expected a number from 0"}));

TEST(ConfigLoaderTest, TheExampleFileHoldsEverySettingWithItsDefault) {
  const auto [example, errors, notes, places] =
      load_config(test::source_tree() / "gateway/gateway.example.yaml", {});
  EXPECT_THAT(errors, IsEmpty());
  const Config defaults;
  for (const auto& setting : config_settings()) {
    if (setting.path == "listen.address")
      continue;  // without TLS it must be loopback, and the file says so
    EXPECT_TRUE(setting.same(example, defaults)) << setting.path;
  }
  EXPECT_THAT(example.kafka.properties, IsEmpty());
  ASSERT_EQ(example.keys.size(), 1U);
  for (const auto& setting : key_settings()) {
    if (setting.path == "id" || setting.path == "digest") continue;
    EXPECT_TRUE(setting.same(example.keys.front(), KeyConfig())) << setting.path;
  }
  EXPECT_THAT(check_config(example), IsEmpty());
}

}  // namespace
}  // namespace penstock::gateway
