// Goal: the gateway is who the settings say, and so are we; and where a setting cannot be meant, it
// says so at create. Method: real TLS servers, with certificates made for the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "https/client.hpp"
#include "https/system_roots.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock::https {
namespace {

using test::CertificateKind;
using test::TestCertificate;
using test::TestGateway;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Request kRequest = {.path = "/v1/events", .body = R"({"events":[1]})"};
constexpr const char* kOtherPin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string pin_of(const std::filesystem::path& certificate_file) {
  const std::string pem = content_of(certificate_file);
  BIO* reader = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(reader, nullptr, nullptr, nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(certificate), &der);
  unsigned char digest[SHA256_DIGEST_LENGTH], text[45];
  SHA256(der, static_cast<std::size_t>(size), digest);
  EVP_EncodeBlock(text, digest, sizeof digest);
  OPENSSL_free(der);
  X509_free(certificate);
  BIO_free(reader);
  return "sha256/" + std::string(reinterpret_cast<const char*>(text));
}

class TlsTrustTest : public ::testing::Test {
 protected:
  TlsTrustTest() {
    settings_.endpoint = gateway_.endpoint();
    settings_.authorization = "Bearer wk_very-secret";
    settings_.ca_file = certificate_.ca_file();
  }

  Answer post() {
    auto client = Client::create(settings_, wait_);
    EXPECT_TRUE(client) << client.status().message();
    return client ? (*client)->send(kRequest) : Answer();
  }
  std::string refusal() {
    const auto made = Client::create(settings_, wait_);
    EXPECT_EQ(made.status().code(), StatusCode::kInvalidOption);
    return made.status().message();
  }
  std::filesystem::path folder(const std::string& name) {
    std::filesystem::create_directories(directory_ / name);
    return directory_ / name;
  }

  test::TempDirectory directory_;
  TestCertificate certificate_{directory_.path()};
  TestGateway gateway_{&certificate_};
  Settings settings_;
  SocketWait wait_;
};

// --- Authorities --------------------------------------------------------------------------------

TEST_F(TlsTrustTest, AuthoritiesMayComeFromMemory) {
  settings_.ca_file.clear();
  settings_.ca_pem = "words before\n" + content_of(certificate_.ca_file()) + "and behind\n";
  EXPECT_EQ(post().status, 200);
}

TEST_F(TlsTrustTest, AFileAndMemoryAreTrustedBoth) {
  settings_.ca_pem = content_of(certificate_.ca_file());
  settings_.ca_file = TestCertificate(folder("other")).ca_file();
  EXPECT_EQ(post().status, 200);
  settings_.ca_pem = content_of(TestCertificate(folder("third")).ca_file());
  settings_.ca_file = certificate_.ca_file();
  EXPECT_EQ(post().status, 200);
}

TEST_F(TlsTrustTest, WhatIsNoAuthorityIsNamed) {
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

TEST_F(TlsTrustTest, TheSystemsAuthoritiesAreThoseThatTheEnvironmentNames) {
  settings_.ca_file.clear();
  setenv("SSL_CERT_FILE", certificate_.ca_file().c_str(), 1);
  EXPECT_EQ(post().status, 200);
  setenv("SSL_CERT_FILE", (directory_ / "missing.pem").c_str(), 1);
  setenv("SSL_CERT_DIR", folder("empty").c_str(), 1);
  EXPECT_THAT(post().error, AllOf(HasSubstr("no certificate authorities"), HasSubstr("missing.pem"),
                                  HasSubstr("/empty"), HasSubstr("SSL_CERT_FILE")));
  EXPECT_EQ(gateway_.request_count(), 1u);
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
}

TEST_F(TlsTrustTest, AuthoritiesThatAreInstalledLaterNeedNoRestart) {
  settings_.ca_file.clear();
  const auto file = directory_ / "later.pem";
  setenv("SSL_CERT_FILE", file.c_str(), 1);
  setenv("SSL_CERT_DIR", folder("empty").c_str(), 1);
  auto client = Client::create(settings_, wait_);
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
  ASSERT_TRUE(client);
  const auto post_again = [&] { return (*client)->send(kRequest); };
  EXPECT_THAT(post_again().error, HasSubstr("no certificate authorities"));
  std::ofstream(file) << content_of(TestCertificate(folder("other")).ca_file());
  EXPECT_THAT(post_again().error, HasSubstr("not trusted"));
  std::ofstream(file) << content_of(certificate_.ca_file());
  EXPECT_EQ(post_again().status, 200);
}

TEST(SystemRootsTest, AFolderNeedsNamesAsOpensslLooksThemUp) {
  test::TempDirectory directory;
  const TestCertificate certificate(directory.path());
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  const SystemRoots roots("/nowhere/cert.pem", "/nowhere/certs:" + directory.path().string(), true);
  EXPECT_THAT(roots.load_into(context.get()), HasSubstr("/nowhere/certs"));
  std::filesystem::copy_file(certificate.ca_file(), directory / "0123abcd.0");
  EXPECT_EQ(roots.load_into(context.get()), "");
}

// --- Pins ---------------------------------------------------------------------------------------

TEST_F(TlsTrustTest, APinnedKeyAnywhereInTheChainLetsThrough) {
  settings_.pinned_public_keys = {kOtherPin, pin_of(certificate_.certificate_file())};
  EXPECT_EQ(post().status, 200);
  settings_.pinned_public_keys = {pin_of(certificate_.ca_file()), kOtherPin};
  EXPECT_EQ(post().status, 200);
}

TEST_F(TlsTrustTest, ATrustedGatewayWithoutAPinnedKeyGetsNoByte) {
  const TestCertificate other(folder("other"));
  settings_.pinned_public_keys = {kOtherPin, pin_of(other.certificate_file())};
  EXPECT_THAT(post().error,
              AllOf(HasSubstr("pinned_public_keys"), HasSubstr(gateway_.endpoint().substr(8)),
                    HasSubstr(pin_of(certificate_.certificate_file()))));
  EXPECT_EQ(gateway_.plain_bytes(), 0u);
}

TEST_F(TlsTrustTest, PinsDoNotReplaceVerification) {
  settings_.pinned_public_keys = {kOtherPin, pin_of(certificate_.certificate_file())};
  settings_.ca_file = TestCertificate(folder("other")).ca_file();
  EXPECT_THAT(post().error, HasSubstr("not trusted"));
}

TEST_F(TlsTrustTest, OnePinOrOneThatIsNoneIsRefused) {
  const std::string good = pin_of(certificate_.certificate_file());
  settings_.pinned_public_keys = {good};
  EXPECT_THAT(refusal(), AllOf(HasSubstr("pinned_public_keys"), HasSubstr("backup")));
  settings_.pinned_public_keys = {good, good};
  EXPECT_THAT(refusal(), HasSubstr("backup"));
  for (const std::string& bad :
       {std::string(), std::string("sha256/"), good.substr(7), "sha1/" + good.substr(7),
        good.substr(0, good.size() - 1), good + "=", std::string("sha256/") + std::string(44, '*'),
        "sha256/" + std::string(44, 'A')}) {
    settings_.pinned_public_keys = {good, bad};
    EXPECT_THAT(refusal(), HasSubstr("no pin")) << bad;
  }
}

// --- Client certificates ------------------------------------------------------------------------

class ClientCertificateTest : public TlsTrustTest {
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
  settings_.client_key_file = directory_ / "missing.key";
  EXPECT_THAT(refusal(), HasSubstr("No such file"));
  settings_.client_certificate_file = directory_ / "missing.pem";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("client_certificate_file"), HasSubstr("No such file")));
}

TEST_F(ClientCertificateTest, AKeyThatOthersCanReadIsRefused) {
  for (const mode_t mode : {0644U, 0604U, 0620U, 0602U}) {
    chmod(client_.key_file().c_str(), mode);
    EXPECT_THAT(refusal(), HasSubstr("chmod 600")) << std::oct << mode;
  }
  for (const mode_t mode : {0400U, 0640U, 0440U}) {
    chmod(client_.key_file().c_str(), mode);
    EXPECT_TRUE(Client::create(settings_, wait_)) << std::oct << mode;
  }
}

TEST_F(ClientCertificateTest, AnEncryptedKeyIsRefusedAndNobodyIsAsked) {
  const std::string pem = content_of(client_.key_file());
  BIO* reader = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(reader, nullptr, nullptr, nullptr);
  FILE* out = fopen(client_.key_file().c_str(), "w");
  char passphrase[] = "s3cret";
  PEM_write_PKCS8PrivateKey(out, key, EVP_aes_128_cbc(), passphrase, 6, nullptr, nullptr);
  fclose(out);
  EVP_PKEY_free(key);
  BIO_free(reader);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("not encrypted"), HasSubstr("client_key_file")));
}

}  // namespace
}  // namespace penstock::https
