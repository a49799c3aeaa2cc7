// Goal: a TLS connection that never waits, says what it waits for, and goes on only with who it was
// meant for. Method: OpenSSL's own server at the other end of a pair of sockets, in the same
// thread. (One over another: tunnel_test.)
#include "https/tls_session.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "https/client_tls.hpp"
#include "support/server_stream.hpp"
#include "support/temp_directory.hpp"

namespace penstock::https {
namespace {

using ::testing::HasSubstr;

class TlsSessionTest : public ::testing::Test {
 protected:
  TlsSessionTest() {
    Settings settings;
    settings.ca_file = certificate_.ca_file();
    auto made = ClientTls::create(settings);
    EXPECT_TRUE(made) << made.status().message();
    trust_ = *std::move(made);
    SSL_CTX_set_alpn_select_cb(context_.get(), choose_first, nullptr);
  }
  ~TlsSessionTest() override { end(); }

  TlsSession& start(const std::string& host) {
    end();
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets_), 0);
    server_.reset(SSL_new(context_.get()));
    SSL_set_fd(server_.get(), sockets_[1]);
    SSL_set_accept_state(server_.get());
    std::string error;
    session_ = std::make_unique<TlsSession>(trust_->new_session(TlsPeer::kServer, error), host);
    EXPECT_TRUE(session_->over(sockets_[0])) << error;
    return *session_;
  }
  // Both sides in turn; false if ours fails.
  bool shake_hands() {
    for (;;) {
      short wanted = 0;
      const bool done = session_->shake_hands(wanted);
      if (!done && wanted == 0) return false;
      const bool server_done = SSL_do_handshake(server_.get()) == 1;
      if (done && server_done) return true;
    }
  }
  std::string heard_by_server() {
    char buffer[64];
    const int bytes = SSL_read(server_.get(), buffer, sizeof buffer);
    return bytes > 0 ? std::string(buffer, static_cast<std::size_t>(bytes)) : "";
  }
  void end() {
    session_.reset();
    server_.reset();
    for (int& socket : sockets_) {
      if (socket >= 0) close(socket);
      socket = -1;
    }
  }

  static int choose_first(SSL*, const unsigned char** chosen, unsigned char* bytes,
                          const unsigned char* offered, unsigned int, void*) {
    *bytes = offered[0];
    *chosen = offered + 1;
    return SSL_TLSEXT_ERR_OK;
  }

  test::TempDirectory directory_;
  test::TestCertificate certificate_{directory_.path()};
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{
      test::server_context(certificate_), SSL_CTX_free};
  std::shared_ptr<ClientTls> trust_;
  int sockets_[2] = {-1, -1};
  SslHandle server_;
  std::unique_ptr<TlsSession> session_;
};

TEST_F(TlsSessionTest, AHandshakeSaysWhatItWaitsForAndWhomItMeans) {
  TlsSession& session = start("localhost");
  short wanted = 0;
  EXPECT_FALSE(session.shake_hands(wanted));
  EXPECT_EQ(wanted, POLLIN);
  ASSERT_TRUE(shake_hands());
  EXPECT_EQ(session.certificate_problem(), "");
  EXPECT_STREQ(SSL_get_servername(server_.get(), TLSEXT_NAMETYPE_host_name), "localhost");
  const unsigned char* protocol = nullptr;
  unsigned int bytes = 0;
  SSL_get0_alpn_selected(session.handle(), &protocol, &bytes);
  EXPECT_EQ(std::string(protocol, protocol + bytes), "http/1.1");
}

TEST_F(TlsSessionTest, AnAddressIsVerifiedAsOneAndIsNoServerName) {
  start("127.0.0.1");
  EXPECT_TRUE(shake_hands());
  EXPECT_EQ(SSL_get_servername(server_.get(), TLSEXT_NAMETYPE_host_name), nullptr);
  start("127.0.0.2");
  EXPECT_FALSE(shake_hands());
  EXPECT_THAT(session_->certificate_problem(), HasSubstr("give a name that is in the certificate"));
}

TEST_F(TlsSessionTest, AnotherNameIsRefusedWithWhatToDo) {
  for (const char* host : {"other.example", "local", "localhost.example"}) {
    start(host);
    EXPECT_FALSE(shake_hands()) << host;
    EXPECT_THAT(session_->certificate_problem(), HasSubstr("name that is in the certificate"));
    EXPECT_THAT(session_->take_failure(0), HasSubstr("certificate verify failed"));
    EXPECT_EQ(session_->take_failure(0), "") << "it was taken";
  }
}

TEST_F(TlsSessionTest, BytesGoBothWaysUntilTheOtherSideAnnouncesTheEnd) {
  TlsSession& session = start("localhost");
  ASSERT_TRUE(shake_hands());
  short wanted = 0;
  char buffer[64];
  EXPECT_EQ(session.read(buffer, sizeof buffer, wanted), -1);
  EXPECT_EQ(wanted, POLLIN);
  EXPECT_EQ(session.write("question", 8, wanted), 8);
  EXPECT_EQ(heard_by_server(), "question");
  EXPECT_EQ(SSL_write(server_.get(), "answer", 6), 6);
  EXPECT_EQ(session.read(buffer, sizeof buffer, wanted), 6);
  EXPECT_EQ(std::string(buffer, 6), "answer");
  SSL_shutdown(server_.get());
  EXPECT_EQ(session.read(buffer, sizeof buffer, wanted), 0);
}

TEST_F(TlsSessionTest, AnEndThatNobodyAnnouncedIsAFailure) {
  TlsSession& session = start("localhost");
  ASSERT_TRUE(shake_hands());
  close(sockets_[1]);
  sockets_[1] = -1;
  short wanted = POLLIN;
  char byte = 0;
  EXPECT_EQ(session.read(&byte, 1, wanted), -1) << "an attacker can cut an answer so";
  EXPECT_EQ(wanted, 0);
}

TEST_F(TlsSessionTest, AFullSocketMakesAWriteWait) {
  TlsSession& session = start("localhost");
  ASSERT_TRUE(shake_hands());
  const std::string piece(16 * 1024, 'x');
  short wanted = 0;
  while (session.write(piece.data(), piece.size(), wanted) > 0) {
  }
  EXPECT_EQ(wanted, POLLOUT);
}

TEST_F(TlsSessionTest, ItIsQuietUntilSomethingUnaskedComes) {
  TlsSession& session = start("localhost");
  ASSERT_TRUE(shake_hands());
  EXPECT_TRUE(session.quiet()) << "session tickets are nothing unasked";
  EXPECT_EQ(SSL_write(server_.get(), "x", 1), 1);
  EXPECT_FALSE(session.quiet());
  start("localhost");
  ASSERT_TRUE(shake_hands());
  SSL_shutdown(server_.get());
  EXPECT_FALSE(session_->quiet());
}

TEST_F(TlsSessionTest, AFarewellTellsTheOtherSideThatThisIsTheEnd) {
  TlsSession& session = start("localhost");
  ASSERT_TRUE(shake_hands());
  session.say_farewell();
  EXPECT_EQ(heard_by_server(), "");
  EXPECT_NE(SSL_get_shutdown(server_.get()) & SSL_RECEIVED_SHUTDOWN, 0);
}

}  // namespace
}  // namespace penstock::https
