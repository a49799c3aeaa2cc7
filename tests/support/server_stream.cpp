#include "support/server_stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <stdexcept>

namespace penstock::test {
namespace {

void block_sigpipe() {  // of the server only: that the client copes is what is tested
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

ServerStream::ServerStream(SSL_CTX* context, int socket)
    : socket_(socket), tls_(context != nullptr ? SSL_new(context) : nullptr) {
  block_sigpipe();
  if (tls_ != nullptr) SSL_set_fd(tls_, socket);
}

ServerStream::~ServerStream() { SSL_free(tls_); }

bool ServerStream::handshake() { return tls_ == nullptr || SSL_accept(tls_) == 1; }

bool ServerStream::write(const std::string& bytes) {
  if (bytes.empty()) return true;
  if (tls_ != nullptr) return SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

bool ServerStream::read(std::string& out) {
  char buffer[16 * 1024];
  const auto bytes = tls_ != nullptr ? SSL_read(tls_, buffer, sizeof buffer)
                                     : static_cast<int>(recv(socket_, buffer, sizeof buffer, 0));
  if (bytes <= 0) return false;
  out.append(buffer, static_cast<std::size_t>(bytes));
  return true;
}

SSL_CTX* server_context(const TestCertificate& certificate) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, certificate.certificate_file().c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, certificate.key_file().c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("the test certificate cannot be used");
  }
  return context;
}

int listen_locally(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || bind(listener, generic, size) != 0 || listen(listener, 16) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    throw std::runtime_error("the test's server cannot listen");
  }
  port = ntohs(address.sin_port);
  return listener;
}

}  // namespace penstock::test
