// Goal: without a setting the machine's own authorities are trusted, as the environment names them,
// and where there are none the text says what was tried. Method: files and folders of the test's
// own.
#include "https/system_roots.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "tls_trust.hpp"

namespace penstock::https {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SystemRootsTest : public TlsTrustTest {
 protected:
  ~SystemRootsTest() override {
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
  }

  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                                   SSL_CTX_free};
};

TEST_F(SystemRootsTest, TheSystemsAuthoritiesAreThoseThatTheEnvironmentNames) {
  settings_.ca_file.clear();
  setenv("SSL_CERT_FILE", certificate_.ca_file().c_str(), 1);
  EXPECT_EQ(post().status, 200);
  setenv("SSL_CERT_FILE", (directory_ / "missing.pem").c_str(), 1);
  setenv("SSL_CERT_DIR", folder("empty").c_str(), 1);
  EXPECT_THAT(post().error, AllOf(HasSubstr("no certificate authorities"), HasSubstr("missing.pem"),
                                  HasSubstr("/empty"), HasSubstr("SSL_CERT_FILE")));
  EXPECT_EQ(gateway_.request_count(), 1u);
}

TEST_F(SystemRootsTest, AuthoritiesThatAreInstalledLaterNeedNoRestart) {
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

TEST_F(SystemRootsTest, AFolderNeedsNamesAsOpensslLooksThemUp) {
  const SystemRoots roots("/nowhere/cert.pem", "/nowhere/certs:" + directory_.path().string(),
                          true);
  EXPECT_THAT(roots.load_into(context_.get()), HasSubstr("/nowhere/certs"));
  std::filesystem::copy_file(certificate_.ca_file(), directory_ / "0123abcd.0");
  EXPECT_EQ(roots.load_into(context_.get()), "");
}

TEST_F(SystemRootsTest, AFileAloneIsEnoughAndOneWithoutCertificatesIsNone) {
  const SystemRoots roots(certificate_.ca_file(), "/nowhere/certs", true);
  EXPECT_EQ(roots.load_into(context_.get()), "");
  std::ofstream(directory_ / "text.pem") << "hello";
  const SystemRoots text(directory_ / "text.pem", "", true);
  EXPECT_THAT(text.load_into(context_.get()), HasSubstr("text.pem"));
}

TEST_F(SystemRootsTest, ARelativeNameMeansWhereTheProgramWasWhenItWasRead) {
  const auto before = std::filesystem::current_path();
  setenv("SSL_CERT_FILE", "ca.pem", 1);
  setenv("SSL_CERT_DIR", folder("empty").c_str(), 1);
  std::filesystem::current_path(directory_.path());
  const SystemRoots roots = SystemRoots::from_environment();
  std::filesystem::current_path(before);
  EXPECT_EQ(roots.load_into(context_.get()), "");
  EXPECT_THAT(SystemRoots::from_environment().load_into(context_.get()), HasSubstr("ca.pem"));
}

}  // namespace
}  // namespace penstock::https
