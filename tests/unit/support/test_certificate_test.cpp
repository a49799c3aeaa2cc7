// Goal: the certificates which the tests of TLS rest on are what they say.
// Method: OpenSSL's verification, as a client does it.
#include "support/test_certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

#include "support/temp_directory.hpp"

namespace penstock::test {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate read_certificate(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"),
                                                             &std::fclose);
  return {PEM_read_X509(file.get(), nullptr, nullptr, nullptr), &X509_free};
}

// X509_V_OK, or why a client that trusts `ca_file` and calls `host` refuses `server_file`.
int verification(const std::filesystem::path& ca_file, const std::filesystem::path& server_file,
                 const std::string& host) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> trusted(X509_STORE_new(),
                                                                        &X509_STORE_free);
  X509_STORE_load_file(trusted.get(), ca_file.c_str());
  const auto server = read_certificate(server_file);
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(
      X509_STORE_CTX_new(), &X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), trusted.get(), server.get(), nullptr);
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context.get()), host.c_str(), 0);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

int verification(const TestCertificate& certificate) {
  return verification(certificate.ca_file(), certificate.certificate_file(), "localhost");
}

TEST(TestCertificateTest, ValidOneIsTrustedByWhoTrustsItsAuthority) {
  const TempDirectory directory;
  EXPECT_EQ(verification(TestCertificate(directory.path())), X509_V_OK);
}

TEST(TestCertificateTest, ExpiredOneIsExpiredAndNothingElse) {
  const TempDirectory directory;
  EXPECT_EQ(verification(TestCertificate(directory.path(), CertificateKind::kExpired)),
            X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST(TestCertificateTest, WrongHostIsTheWrongHostAndNothingElse) {
  const TempDirectory directory;
  EXPECT_EQ(verification(TestCertificate(directory.path(), CertificateKind::kWrongHost)),
            X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST(TestCertificateTest, AnotherAuthorityIsNotTrusted) {
  const TempDirectory ours;
  const TempDirectory theirs;
  const TestCertificate server(ours.path());
  const TestCertificate stranger(theirs.path());

  EXPECT_NE(verification(stranger.ca_file(), server.certificate_file(), "localhost"), X509_V_OK);
}

}  // namespace
}  // namespace penstock::test
