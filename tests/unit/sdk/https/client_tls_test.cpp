// Goal: the gateway is who the settings say, and so are we; and where a setting cannot be meant, it
// says so at create. Method: real TLS servers, with certificates made for the test.
#include "https/client_tls.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tls_trust.hpp"

namespace penstock::https {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ClientTlsTest : public TlsTrustTest {};

// --- Authorities --------------------------------------------------------------------------------

TEST_F(ClientTlsTest, AuthoritiesMayComeFromMemory) {
  settings_.ca_file.clear();
  settings_.ca_pem = "words before\n" + content_of(certificate_.ca_file()) + "and behind\n";
  EXPECT_EQ(post().status, 200);
}

TEST_F(ClientTlsTest, AFileAndMemoryAreTrustedBoth) {
  settings_.ca_pem = content_of(certificate_.ca_file());
  settings_.ca_file = TestCertificate(folder("other")).ca_file();
  EXPECT_EQ(post().status, 200);
  settings_.ca_pem = content_of(TestCertificate(folder("third")).ca_file());
  settings_.ca_file = certificate_.ca_file();
  EXPECT_EQ(post().status, 200);
}

TEST_F(ClientTlsTest, WhatIsNoAuthorityIsNamed) {
  const std::string good = content_of(certificate_.ca_file());
  for (const std::string& pem :
       {std::string("hello"), good.substr(0, good.size() / 2),
        good + good.substr(0, good.size() / 2), std::string(5 << 20, 'x')}) {
    settings_.ca_pem = pem;
    EXPECT_THAT(refusal(), HasSubstr("ca_pem cannot be used"));
  }
  settings_.ca_pem.clear();
  settings_.ca_file = folder("a-folder");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("ca_file"), HasSubstr("not a regular file")));
  settings_.ca_file = directory_ / "pipe";
  ASSERT_EQ(mkfifo(settings_.ca_file.c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("not a regular file")) << "and it does not wait for a writer";
}

// --- Client certificates ------------------------------------------------------------------------

class ClientCertificateTest : public ClientTlsTest {
 protected:
  ClientCertificateTest() {
    chmod(client_.key_file().c_str(), 0600);
    settings_.client_certificate_file = client_.certificate_file();
    settings_.client_key_file = client_.key_file();
    gateway_.require_client_certificate(client_.ca_file());
  }

  TestCertificate client_{folder("client"), CertificateKind::kClient};
};

TEST_F(ClientCertificateTest, AGatewayThatAsksForOneGetsIt) { EXPECT_EQ(post().status, 200); }

TEST_F(ClientCertificateTest, WithoutOneOrWithAStrangersTheGatewayRefuses) {
  const TestCertificate stranger(folder("stranger"), CertificateKind::kClient);
  chmod(stranger.key_file().c_str(), 0600);
  settings_.client_certificate_file = stranger.certificate_file();
  settings_.client_key_file = stranger.key_file();
  EXPECT_EQ(post().status, 0);
  settings_.client_certificate_file.clear();
  settings_.client_key_file.clear();
  EXPECT_EQ(post().status, 0);
  EXPECT_EQ(gateway_.request_count(), 0u);
}

TEST_F(ClientCertificateTest, WhatIsNoPairIsRefused) {
  settings_.client_key_file = certificate_.key_file();
  chmod(settings_.client_key_file.c_str(), 0600);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("client_key_file"), HasSubstr("is not the key of")));
  settings_.client_key_file = client_.certificate_file();
  chmod(settings_.client_key_file.c_str(), 0600);
  EXPECT_THAT(refusal(), HasSubstr("no private key"));
  chmod(client_.key_file().c_str(), 0644);
  settings_.client_key_file = client_.key_file();
  EXPECT_THAT(refusal(), AllOf(HasSubstr("client_key_file"), HasSubstr("chmod 600")));
  settings_.client_key_file = directory_ / "missing.key";
  EXPECT_THAT(refusal(), HasSubstr("No such file"));
  settings_.client_certificate_file = directory_ / "missing.pem";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("client_certificate_file"), HasSubstr("No such file")));
}

// --- Sessions -----------------------------------------------------------------------------------

TEST_F(ClientTlsTest, ASessionVerifiesUnlessToldNotTo) {
  auto tls = ClientTls::create(settings_);
  ASSERT_TRUE(tls) << tls.status().message();
  std::string error;
  const SslHandle careful = (*tls)->new_session(TlsPeer::kServer, error);
  ASSERT_TRUE(careful) << error;
  EXPECT_EQ(SSL_get_verify_mode(careful.get()), SSL_VERIFY_PEER);
  EXPECT_EQ(SSL_get_min_proto_version(careful.get()), TLS1_2_VERSION);

  settings_.dangerously_disable_tls_verification = true;
  tls = ClientTls::create(settings_);
  ASSERT_TRUE(tls) << tls.status().message();
  const SslHandle careless = (*tls)->new_session(TlsPeer::kServer, error);
  ASSERT_TRUE(careless) << error;
  EXPECT_EQ(SSL_get_verify_mode(careless.get()), SSL_VERIFY_NONE);
  EXPECT_EQ(SSL_get_min_proto_version(careless.get()), TLS1_2_VERSION);
}

TEST_F(ClientCertificateTest, OneThatTrustsAndIsTheSameIsToldFromOthers) {
  const auto made = [this] { return *ClientTls::create(settings_); };
  const std::shared_ptr<ClientTls> tls = made();
  EXPECT_TRUE(made()->same_as(*tls));
  settings_.authorization = "Bearer another";
  settings_.connect_timeout = std::chrono::milliseconds(1);
  EXPECT_TRUE(made()->same_as(*tls));

  const Settings same = settings_;
  settings_.dangerously_disable_tls_verification = true;
  EXPECT_FALSE(made()->same_as(*tls));
  settings_ = same;
  settings_.ca_file.clear();
  EXPECT_FALSE(made()->same_as(*tls));
  settings_ = same;
  settings_.ca_file = client_.ca_file();
  EXPECT_FALSE(made()->same_as(*tls));
  settings_ = same;
  settings_.pinned_public_keys = {"sha256/" + std::string(43, 'A') + "=",
                                  "sha256/" + std::string(42, 'A') + "Q="};
  EXPECT_FALSE(made()->same_as(*tls));
  settings_ = same;
  settings_.client_certificate_file.clear();
  EXPECT_FALSE(made()->same_as(*tls));
}

TEST_F(ClientCertificateTest, OnlyTheServerGetsToSeeTheClientsCertificate) {
  const auto tls = ClientTls::create(settings_);
  ASSERT_TRUE(tls) << tls.status().message();
  std::string error;
  const SslHandle with_server = (*tls)->new_session(TlsPeer::kServer, error);
  ASSERT_TRUE(with_server) << error;
  EXPECT_NE(SSL_get_certificate(with_server.get()), nullptr);
  EXPECT_NE(SSL_get_privatekey(with_server.get()), nullptr);
  const SslHandle with_proxy = (*tls)->new_session(TlsPeer::kProxy, error);
  ASSERT_TRUE(with_proxy) << error;
  EXPECT_EQ(SSL_get_certificate(with_proxy.get()), nullptr);
  EXPECT_EQ(SSL_get_privatekey(with_proxy.get()), nullptr);
}

}  // namespace
}  // namespace penstock::https
