// Goal: each of librdkafka's reasons becomes one that names its cure, and a broker that dies is not
// taken for a wrong setting. Method: texts as librdkafka 2.15 writes them.
#include "sink/connection_fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

namespace penstock::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ConnectionFaultTest, ABrokerThatDiesIsNoWrongSetting) {
  for (const char* text :
       {"ssl://b:9093/1: Disconnected: SSL connection closed by peer (after 81234ms in state UP)",
        "b:9092/1: Send failed: Broken pipe (after 5120ms in state UP)",
        "b:9092/1: Receive failed: Connection reset by peer (after 7ms in state UP)"})
    EXPECT_THAT(connection_fault(text, 0), Not(HasSubstr("security.protocol"))) << text;
  EXPECT_EQ(connection_fault("b:9092/1: Send failed: Broken pipe (after 5120ms in state UP)", 0),
            "b:9092: Send failed: Broken pipe");
}

TEST(ConnectionFaultTest, WhatIsOnlyLikelyIsSaidAsSuch) {
  EXPECT_THAT(
      connection_fault(
          "ssl://b:9093/bootstrap: SSL handshake failed: Disconnected: SSL connection closed by "
          "peer: connecting to a PLAINTEXT broker listener? (after 2ms in state SSL_HANDSHAKE)",
          0),
      HasSubstr("if that port has no TLS"));
  EXPECT_THAT(
      connection_fault("b:9092/bootstrap: Send failed: Broken pipe (after 0ms in state UP)", 0),
      HasSubstr("if that port wants TLS or SASL"));
}

TEST(ConnectionFaultTest, ACertificateIsRefusedForItsOwnReason) {
  const std::string text =
      "[thrd:ssl://b:9093/bootstrap]: ssl://b:9093/bootstrap: SSL handshake failed: "
      "error:0A000086:SSL routines::certificate verify failed: … (after 9ms in state "
      "SSL_HANDSHAKE)";
  EXPECT_THAT(connection_fault(text, X509_V_ERR_HOSTNAME_MISMATCH),
              HasSubstr("b:9093: the broker's certificate is not for this name"));
  EXPECT_THAT(connection_fault(text, X509_V_ERR_CERT_HAS_EXPIRED), HasSubstr("has expired"));
  EXPECT_THAT(connection_fault(text, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN),
              HasSubstr("ssl.ca.location"));
}

}  // namespace
}  // namespace penstock::gateway
