// Goal: a trusted gateway gets our data only if its chain has one of the pinned keys, and what is
// no pin is refused at create. Method: real TLS servers, with certificates made for the test.
#include "https/public_key_pins.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "tls_trust.hpp"

namespace penstock::https {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PublicKeyPinsTest : public TlsTrustTest {
 protected:
  static constexpr const char* kOtherPin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  static std::string pin_of(const std::filesystem::path& certificate_file) {
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
};

TEST_F(PublicKeyPinsTest, APinnedKeyAnywhereInTheChainLetsThrough) {
  settings_.pinned_public_keys = {kOtherPin, pin_of(certificate_.certificate_file())};
  EXPECT_EQ(post().status, 200);
  settings_.pinned_public_keys = {pin_of(certificate_.ca_file()), kOtherPin};
  EXPECT_EQ(post().status, 200);
}

TEST_F(PublicKeyPinsTest, ATrustedGatewayWithoutAPinnedKeyGetsNoByte) {
  const TestCertificate other(folder("other"));
  settings_.pinned_public_keys = {kOtherPin, pin_of(other.certificate_file())};
  EXPECT_THAT(post().error,
              AllOf(HasSubstr("pinned_public_keys"), HasSubstr(gateway_.endpoint().substr(8)),
                    HasSubstr(pin_of(certificate_.certificate_file()))));
  EXPECT_EQ(gateway_.plain_bytes(), 0u);
}

TEST_F(PublicKeyPinsTest, PinsDoNotReplaceVerification) {
  settings_.pinned_public_keys = {kOtherPin, pin_of(certificate_.certificate_file())};
  settings_.ca_file = TestCertificate(folder("other")).ca_file();
  EXPECT_THAT(post().error, HasSubstr("not trusted"));
}

TEST_F(PublicKeyPinsTest, OnePinOrOneThatIsNoneIsRefused) {
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
    EXPECT_THAT(refusal(), HasSubstr("is not a pin")) << bad;
  }
}

TEST_F(PublicKeyPinsTest, WithoutPinsEverythingPassesAndNothingIsPinnedByAccident) {
  const auto none = PublicKeyPins::parse({});
  ASSERT_TRUE(none);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> no_chain(SSL_new(context.get()), SSL_free);
  EXPECT_EQ(none->problem_with(no_chain.get()), "");
  const auto two = PublicKeyPins::parse({kOtherPin, pin_of(certificate_.certificate_file())});
  ASSERT_TRUE(two) << two.status().message();
  EXPECT_THAT(two->problem_with(no_chain.get()), HasSubstr("pinned_public_keys"));
}

}  // namespace
}  // namespace penstock::https
