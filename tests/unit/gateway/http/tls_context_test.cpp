// Goal: wrong certificate files are named at start, with the cure; a client gets TLS 1.2 or 1.3 and
// nothing less. Method: certificates made by the test, and OpenSSL's own client.
#include "http/tls_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "http_fixture.hpp"
#include "support/temp_directory.hpp"

namespace penstock::gateway {
namespace {

using penstock::test::CertificateKind;
using penstock::test::TempDirectory;
using penstock::test::TestCertificate;
using test::Client;
using test::post;
using test::Server;
using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsContextTest : public ::testing::Test {
 protected:
  std::string error_of(const std::string& certificate, const std::string& key) {
    try {
      const TlsContext context({certificate, key});
      return "none";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
  std::string path(const std::string& name) { return (directory_ / name).string(); }
  std::string certificate() { return certificate_.certificate_file().string(); }
  std::string key() { return certificate_.key_file().string(); }

  TempDirectory directory_;
  TestCertificate certificate_{directory_.path()};
};

TEST_F(TlsContextTest, AGoodPairIsTaken) { EXPECT_EQ(error_of(certificate(), key()), "none"); }

TEST_F(TlsContextTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(error_of(path("no.pem"), key()), HasSubstr("no.pem: does not exist; check the path"));
  EXPECT_THAT(error_of(certificate(), path("no.key")), HasSubstr("no.key: does not exist"));
}

TEST_F(TlsContextTest, AnEmptyFileAndAFolderAreToldApart) {
  std::ofstream(path("empty.pem")).flush();
  EXPECT_THAT(error_of(path("empty.pem"), key()), HasSubstr("empty.pem: is empty"));
  EXPECT_THAT(error_of(directory_.path().string(), key()), HasSubstr(": is a folder"));
  EXPECT_THAT(error_of(certificate() + "/x", key()), HasSubstr("a part of its path is a file"));
}

TEST_F(TlsContextTest, AFileThatIsNoPemIsNamed) {
  std::ofstream(path("text.pem")) << "not a certificate\n";
  EXPECT_THAT(error_of(path("text.pem"), key()),
              AllOf(HasSubstr("text.pem"), HasSubstr("-----BEGIN CERTIFICATE-----")));
  EXPECT_THAT(error_of(certificate(), path("text.pem")),
              AllOf(HasSubstr("text.pem"), HasSubstr("is not a private key")));
}

TEST_F(TlsContextTest, FilesInTheWrongPlaceAreNamed) {
  EXPECT_THAT(error_of(key(), certificate()),
              HasSubstr("server.key: is a private key where the certificate belongs"));
  EXPECT_THAT(error_of(certificate(), certificate()),
              HasSubstr("server.pem: is a certificate where its private key belongs"));
}

TEST_F(TlsContextTest, EachCertificateMustHaveSignedTheOneAboveIt) {
  const auto appended = [&](const std::string& first, const std::string& second) {
    const auto file = path("chain.pem");
    std::ofstream(file) << std::ifstream(first).rdbuf() << std::ifstream(second).rdbuf();
    return file;
  };
  EXPECT_EQ(error_of(appended(certificate(), certificate_.ca_file().string()), key()), "none");
  std::filesystem::create_directory(directory_ / "other");
  const TestCertificate other(directory_ / "other");
  EXPECT_THAT(error_of(appended(certificate(), other.ca_file().string()), key()),
              AllOf(HasSubstr("chain.pem: certificate 2 in it did not sign the one above it"),
                    HasSubstr("put the server's own first")));
}

TEST_F(TlsContextTest, TheFirstEndOfItsCertificatesIsKnown) {
  const auto left = TlsContext({certificate(), key()}).valid_until() -
                    std::chrono::system_clock::now().time_since_epoch();
  EXPECT_GT(left, std::chrono::hours(23));  // made for a day
  EXPECT_LT(left, std::chrono::hours(25));
}

TEST_F(TlsContextTest, AKeyOfAnotherCertificateIsRefused) {
  std::filesystem::create_directory(directory_ / "other");
  const TestCertificate other(directory_ / "other");
  EXPECT_THAT(error_of(certificate(), other.key_file().string()),
              AllOf(HasSubstr("other/server.key: does not belong"), HasSubstr(certificate())));
}

TEST_F(TlsContextTest, AnExpiredCertificateIsRefusedWithItsDate) {
  const TestCertificate expired(directory_.path(), CertificateKind::kExpired);
  EXPECT_THAT(error_of(expired.certificate_file().string(), expired.key_file().string()),
              AllOf(HasSubstr("expired on 20"), HasSubstr("renew it")));
}

TEST_F(TlsContextTest, AnEncryptedKeyIsRefusedWithoutAskingForItsPassphrase) {
  std::ofstream(path("encrypted.key"))
      << "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
         "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
         "-----END RSA PRIVATE KEY-----\n";
  EXPECT_THAT(error_of(certificate(), path("encrypted.key")), HasSubstr("openssl pkey -in"));
}

class TlsTest : public TlsContextTest {
 protected:
  std::shared_ptr<const TlsContext> context_of_files() {
    return std::make_shared<const TlsContext>(TlsSettings{certificate(), key()});
  }

  CurrentTls tls_{context_of_files()};
  Server server_{{}, 2, &tls_};
  test::TlsClientContext client_context_{certificate_};
};

TEST_F(TlsTest, RequestsPassOverTls13AndTls12) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_min_proto_version(client_context_.context, version);
    SSL_CTX_set_max_proto_version(client_context_.context, version);
    Client client(server_.listener.port(), client_context_.context);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(SSL_version(client.ssl()), version);
    EXPECT_EQ(client.ask(post("hello")).body, "hello");
    EXPECT_EQ(client.ask(post("again")).body, "again");
  }
}

TEST_F(TlsTest, OlderVersionsAreRefused) {
  SSL_CTX_set_security_level(client_context_.context, 0);
  SSL_CTX_set_min_proto_version(client_context_.context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(client_context_.context, TLS1_1_VERSION);
  EXPECT_FALSE(Client(server_.listener.port(), client_context_.context).connected());
}

TEST_F(TlsTest, Tls13CanBeDemanded) {
  const CurrentTls strict(
      std::make_shared<const TlsContext>(TlsSettings{certificate(), key(), true}));
  const Server server({}, 1, &strict);
  SSL_CTX_set_max_proto_version(client_context_.context, TLS1_2_VERSION);
  EXPECT_FALSE(Client(server.listener.port(), client_context_.context).connected());
}

TEST_F(TlsTest, CiphersWithoutForwardSecrecyAreRefused) {
  SSL_CTX_set_max_proto_version(client_context_.context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(client_context_.context, "AES128-SHA:AES256-GCM-SHA384");
  EXPECT_FALSE(Client(server_.listener.port(), client_context_.context).connected());
}

TEST_F(TlsTest, Http11IsNegotiatedAndHttp2AloneRefused) {
  const unsigned char both[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(client_context_.context, both, sizeof both - 1);
  Client client(server_.listener.port(), client_context_.context);
  ASSERT_TRUE(client.connected());
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(client.ssl(), &chosen, &length);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), length), "http/1.1");
  SSL_CTX_set_alpn_protos(client_context_.context, both, 3);
  EXPECT_FALSE(Client(server_.listener.port(), client_context_.context).connected());
}

TEST_F(TlsTest, ASecondConnectionResumesTheFirst) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(client_context_.context, version);
    Client first(server_.listener.port(), client_context_.context);
    ASSERT_EQ(first.ask(post("x")).status, 200);  // TLS 1.3 sends its tickets behind the handshake
    SSL_SESSION* session = SSL_get1_session(first.ssl());
    Client second(server_.listener.port(), client_context_.context, session);
    SSL_SESSION_free(session);
    ASSERT_TRUE(second.connected());
    EXPECT_EQ(SSL_session_reused(second.ssl()), 1) << SSL_get_version(second.ssl());
    EXPECT_EQ(second.ask(post("y")).body, "y");
  }
}

// What a reload does.
TEST_F(TlsTest, AReplacedCertificateIsForNewConnectionsAndTicketsGoOn) {
  Client before(server_.listener.port(), client_context_.context);
  ASSERT_EQ(before.ask(post("x")).status, 200);
  const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(
      SSL_get1_session(before.ssl()), SSL_SESSION_free);

  const TestCertificate renewed(directory_.path());
  tls_.replace(std::make_shared<const TlsContext>(TlsSettings{certificate(), key()}, *tls_.get()));

  EXPECT_EQ(before.ask(post("y")).body, "y");
  EXPECT_FALSE(Client(server_.listener.port(), client_context_.context).connected());
  const test::TlsClientContext renewed_client(renewed);
  EXPECT_TRUE(Client(server_.listener.port(), renewed_client.context).connected());
  Client resumed(server_.listener.port(), client_context_.context, session.get());
  ASSERT_TRUE(resumed.connected());
  EXPECT_EQ(SSL_session_reused(resumed.ssl()), 1);
}

TEST_F(TlsTest, TicketsResumeForOnePeriodAfterTheirKeyIsReplacedAndNoLonger) {
  using std::chrono::hours;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_min_proto_version(client_context_.context, version);
    SSL_CTX_set_max_proto_version(client_context_.context, version);
    Client first(server_.listener.port(), client_context_.context);
    EXPECT_EQ(first.ask(post("hello")).status, 200);
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(
        SSL_get1_session(first.ssl()), SSL_SESSION_free);
    const auto now = TicketKeys::Clock::now();

    tls_.get()->expire_ticket_keys(now + hours(2));
    Client second(server_.listener.port(), client_context_.context, session.get());
    EXPECT_EQ(second.ask(post("again")).body, "again");
    EXPECT_EQ(SSL_session_reused(second.ssl()), 1) << SSL_get_version(second.ssl());

    tls_.get()->expire_ticket_keys(now + hours(4));
    Client third(server_.listener.port(), client_context_.context, session.get());
    EXPECT_EQ(third.ask(post("again")).body, "again");
    EXPECT_EQ(SSL_session_reused(third.ssl()), 0) << SSL_get_version(third.ssl());
  }
}

TEST_F(TlsContextTest, AKeyFileThatOthersMayReadOrChangeIsToldWithTheCure) {
  const auto warning = [&](mode_t mode) {
    EXPECT_EQ(::chmod(key().c_str(), mode), 0);
    return private_key_warning(key());
  };
  for (const mode_t safe : {mode_t{0400}, mode_t{0600}, mode_t{0640}, mode_t{0440}}) {
    EXPECT_EQ(warning(safe), "");
  }
  EXPECT_THAT(warning(0644),
              AllOf(HasSubstr("server.key"), HasSubstr("(mode 0644)"), HasSubstr("chmod 600")));
  EXPECT_THAT(warning(0604), HasSubstr("(mode 0604)"));
  EXPECT_THAT(warning(0660), HasSubstr("(mode 0660)"));
}

TEST_F(TlsTest, BodiesLargerThanARecordPass) {
  Client client(server_.listener.port(), client_context_.context);
  const std::string body(300'000, 'x');
  EXPECT_EQ(client.ask(post(body)).body, body);
}

TEST_F(TlsTest, AClientThatSpeaksPlainHttpIsToldSo) {
  Client client(server_.listener.port());
  const auto response = client.ask(post("hello"));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("use an https: URL"));
  EXPECT_TRUE(client.closed());
}

// A reset would overtake the answer.
TEST_F(TlsTest, AClientThatSpeaksPlainHttpMaySendAllOfItFirst) {
  for (int i = 0; i < 20; ++i) {
    Client client(server_.listener.port());
    const auto response = client.ask(post(std::string(1'000'000, 'x')));
    ASSERT_EQ(response.status, 400) << i;
    ASSERT_THAT(response.body, HasSubstr("use an https: URL"));
  }
}

TEST_F(TlsTest, AClientThatDoesNotTrustUsIsNoHarm) {
  std::filesystem::create_directory(directory_ / "other");
  const TestCertificate other(directory_ / "other");
  const test::TlsClientContext distrustful(other);
  EXPECT_FALSE(Client(server_.listener.port(), distrustful.context).connected());
  Client client(server_.listener.port(), client_context_.context);
  EXPECT_EQ(client.ask(post("hello")).status, 200);
}

TEST_F(TlsTest, ClosingSaysGoodbye) {
  Client client(server_.listener.port(), client_context_.context);
  EXPECT_EQ(client.ask(post("x", "Connection: close\r\n")).header("connection"), "close");
  char byte;
  EXPECT_EQ(SSL_get_error(client.ssl(), SSL_read(client.ssl(), &byte, 1)), SSL_ERROR_ZERO_RETURN);
}

}  // namespace
}  // namespace penstock::gateway
