// Goal: a gateway that is configured wrongly does not start: it ends with 2 and says which setting
// is wrong, where, and what to do, so that it is mended without looking into a manual.
// Method: run the real program with one flaw each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/gateway_process.hpp"
#include "support/tree.hpp"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class GatewaySettingsTest : public ::testing::Test {
 protected:
  static std::string good() {
    return "listen: {address: 127.0.0.1, port: 0}\n"
           "admin: {port: 0}\n"
           "keys:\n"
           "  - id: my-app\n"
           "    digest: \"sha256:" +
           std::string(64, 'a') + "\"\n";
  }
  GatewayRun run_with(const std::string& settings,
                      const std::map<std::string, std::string>& environment = {}) const {
    std::ofstream(file()) << settings;
    return run_gateway({"--config", file(), "--check"}, environment);
  }
  // All of them are found before anything is opened, so --check is the same as a start.
  void expect_refused(const std::string& settings, const std::string& setting,
                      const std::string& cure) const {
    std::ofstream(file()) << settings;
    const auto run = run_gateway({"--config", file()});
    EXPECT_EQ(run.exit_code, 2) << settings;
    EXPECT_THAT(run.output, AllOf(HasSubstr(setting), HasSubstr(cure)));
  }
  static std::string with_tls(const TestCertificate& certificate) {
    return "listen: {address: 127.0.0.1, port: 0, tls: {certificate: " +
           certificate.certificate_file().string() +
           ", private_key: " + certificate.key_file().string() + "}}\n" +
           good().substr(good().find("admin:"));
  }
  std::string file() const { return (directory_ / "gateway.yaml").string(); }

  TempDirectory directory_;
};

TEST_F(GatewaySettingsTest, GoodOnesAreSaidToBeGood) {
  const auto run = run_with(good());
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("ok"));
}

TEST_F(GatewaySettingsTest, TheExampleIsGoodAsItStands) {
  const auto run =
      run_gateway({"--config", source_tree() / "gateway/gateway.example.yaml", "--check"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
}

TEST_F(GatewaySettingsTest, SlipIsNamedWithItsPlaceAndTheNearestName) {
  expect_refused(good() + "kafka: {broker: \"localhost:9092\"}\n", "gateway.yaml:6:9: kafka.broker",
                 "did you mean brokers?");
  const auto run = run_with(good(), {{"PENSTOCK_KAFKA_BROKER", "localhost:9092"}});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.output, AllOf(HasSubstr("PENSTOCK_KAFKA_BROKER"), HasSubstr("BROKERS")));
}

TEST_F(GatewaySettingsTest, ValueThatDoesNotFitIsNamedWithWhatDoes) {
  expect_refused(good() + "limits: {body_bytes: plenty}\n", "limits.body_bytes", "expected");
  expect_refused(good() + "limits: {body_bytes: 2MiB}\n", "limits.body_bytes", "1");
  expect_refused(good() + "kafka: {properties: {acks: \"1\"}}\n", "kafka.properties.acks", "acks");
}

// As a start would say, without waiting for it.
TEST_F(GatewaySettingsTest, WhatLibrdkafkaWouldNotStartWithIsRefused) {
  const auto properties = [](const std::string& pairs) {
    return good() + "kafka: {brokers: \"127.0.0.1:9\", properties: {" + pairs + "}}\n";
  };
  const std::string sasl = "security.protocol: SASL_SSL, sasl.mechanisms: ";
  expect_refused(properties(sasl + "PLAIN"), "gateway.yaml:6:33: kafka.properties",
                 "sasl.username");
  expect_refused(properties(sasl + "GSSAPI"), "kafka.properties", "GSSAPI");
  expect_refused(properties(sasl + "SCRAM-SHA-99, sasl.username: u, sasl.password: s3cret"),
                 "kafka.properties", "SCRAM-SHA-99");
  expect_refused(properties("max.in.flight: 9"), "kafka.properties", "<= 5");
  for (const std::string name :
       {"ssl.ca.location", "ssl.certificate.location", "ssl.key.location"}) {
    expect_refused(properties("security.protocol: ssl, " + name + ": /none.pem"),
                   "kafka.properties." + name + ": \"/none.pem\"", "does not exist");
  }
  const auto run =
      run_with(properties(sasl + "SCRAM-SHA-99, sasl.username: u, sasl.password: s3cret"));
  EXPECT_THAT(run.output, Not(HasSubstr("s3cret")));
}

TEST_F(GatewaySettingsTest, SchemasThatCannotBeUsedAreNamedWithTheirFile) {
  const auto schemas = directory_ / "schemas";
  const std::string settings = good() + "event_types: {schemas: " + schemas.string() + "}\n";
  expect_refused(settings, "gateway.yaml:6:15: event_types.schemas: ", "check the path");
  std::filesystem::create_directory(schemas);
  std::ofstream(schemas / "Purchase.v1.json") << R"({"properties": {"note": {"pattern": "a+"}}})";
  std::ofstream(schemas / "purchase.json") << "{}";
  expect_refused(settings, "Purchase.v1.json\" /properties/note/pattern: not supported",
                 "purchase.json\" is no name of a schema");
  std::filesystem::remove(schemas / "purchase.json");
  std::ofstream(schemas / "Purchase.v1.json") << R"({"properties": {"pattern": {}}})";
  EXPECT_EQ(run_with(settings).exit_code, 0);
}

TEST_F(GatewaySettingsTest, AllThatIsWrongIsSaidInOneGoEachWithItsPlace) {
  const TempDirectory elsewhere;
  const TestCertificate mine(directory_.path()), other(elsewhere.path());
  const auto run =
      run_with("listen:\n  port: 0\n  tls:\n    certificate: " + mine.certificate_file().string() +
               "\n    private_key: " + other.key_file().string() +
               "\nkeys:\n  - id: my-app\n    digest: "
               "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
               "kafka:\n  partitions: 0\n  properties:\n    max.in.flight: 9\n");
  EXPECT_EQ(run.exit_code, 2);
  for (const char* part :
       {":3:3: listen.tls: ", "does not belong to the certificate", ":8:5: keys[0].digest: ",
        "empty key", ":10:3: kafka.partitions: ", ":11:3: kafka.properties: ", "max.in.flight"})
    EXPECT_THAT(run.output, HasSubstr(part));
}

// What follows from a setting that is refused is not refused again.
TEST_F(GatewaySettingsTest, OneFaultIsOneError) {
  const auto run = run_with(good() + "memory_max: 1MiB\n");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.output, HasSubstr("memory_max: 1048576 is too little"));
  EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 1) << run.output;
}

TEST_F(GatewaySettingsTest, APathThatRestsOnTheWorkingDirectoryIsAWarning) {
  const TestCertificate certificate(directory_.path());
  const auto relative = std::filesystem::relative(certificate.certificate_file());
  const auto run = run_with("listen: {port: 0, tls: {certificate: " + relative.string() +
                            ", private_key: " + certificate.key_file().string() + "}}\n" +
                            good().substr(good().find("admin:")));
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("warning: listen.tls.certificate: "));
  EXPECT_THAT(run.output, Not(HasSubstr("warning: listen.tls.private_key: ")));
}

TEST_F(GatewaySettingsTest, WhatWouldNotBeSafeIsRefused) {
  expect_refused("listen: {port: 0}\n" + good().substr(good().find("admin:")),
                 "listen.tls.certificate", "listen.allow_plain");
  expect_refused(good().substr(0, good().find("keys:")), "keys", "digest");
}

TEST_F(GatewaySettingsTest, ExpiredCertificateIsNamedWithItsFile) {
  const TestCertificate expired(directory_.path(), CertificateKind::kExpired);
  expect_refused(with_tls(expired), expired.certificate_file().string(), "expired");
}

TEST_F(GatewaySettingsTest, PrivateKeyThatOthersMayReadIsToldLoudly) {
  const TestCertificate certificate(directory_.path());
  EXPECT_THAT(run_with(with_tls(certificate)).output, Not(HasSubstr("warning")));
  ASSERT_EQ(::chmod(certificate.key_file().c_str(), 0644), 0);
  const auto run = run_with(with_tls(certificate));
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.output, AllOf(HasSubstr("warning: " + certificate.key_file().string()),
                                HasSubstr("chmod 600")));
}

TEST_F(GatewaySettingsTest, KeyThatStandsThereInsteadOfItsDigestIsNotRepeated) {
  const auto run = run_with("keys: [{id: my-app, digest: pk_live_very_secret}]\n");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.output, AllOf(HasSubstr("digest"), Not(HasSubstr("very_secret"))));
}

TEST_F(GatewaySettingsTest, APortThatIsTakenIsToldInOneLineWithTheCure) {
  const GatewayProcess other{GatewayOptions()};
  const auto with = [](std::uint16_t port, std::uint16_t admin_port) {
    return "listen: {address: 127.0.0.1, port: " + std::to_string(port) +
           "}\nadmin: {port: " + std::to_string(admin_port) + "}\nlog: {level: error}\n" +
           good().substr(good().find("keys:"));
  };
  for (const auto& [settings, setting] : {std::pair{with(other.port(), 0), "listen"},
                                          std::pair{with(0, other.admin_port()), "admin"}}) {
    std::ofstream(file()) << settings;
    const auto run = run_gateway({"--config", file()});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.output,
                AllOf(HasSubstr(std::string("penstock-gateway: ") + setting +
                                ": cannot listen on 127.0.0.1:"),
                      HasSubstr("another process listens there"), Not(HasSubstr("hpp"))));
  }
}

TEST_F(GatewaySettingsTest, WrongFlagsAndMissingFilesEndItWith2) {
  EXPECT_EQ(run_gateway({}).exit_code, 2);
  EXPECT_EQ(run_gateway({"--confg", "x"}).exit_code, 2);
  const auto run = run_gateway({"--config", file()});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.output, HasSubstr(file()));
  EXPECT_EQ(run_gateway({"--version"}).exit_code, 0);
}

}  // namespace
}  // namespace penstock::test
