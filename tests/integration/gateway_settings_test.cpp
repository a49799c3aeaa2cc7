// Goal: a gateway that is configured wrongly does not start: it ends with 2 and says which setting
// is wrong, where, and what to do, so that it is mended without looking into a manual.
// Method: run the real program with one flaw each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "support/gateway_process.hpp"

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
