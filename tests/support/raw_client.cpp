#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

namespace penstock::test {

std::string Response::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

Client::Client(std::uint16_t port, SSL_CTX* tls, SSL_SESSION* resumed, const char* from,
               std::string_view before_tls)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, from, &address.sin_addr);
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (connected_ && !before_tls.empty()) connected_ = send(before_tls);
  if (tls == nullptr || !connected_) return;
  ssl_.reset(SSL_new(tls));
  SSL_set_fd(ssl_.get(), socket_);
  SSL_set1_host(ssl_.get(), "localhost");
  if (resumed != nullptr) SSL_set_session(ssl_.get(), resumed);
  connected_ = SSL_connect(ssl_.get()) == 1;
}

Client::~Client() { ::close(socket_); }

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t written = 0;
    if (ssl_) {
      if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) != 1) return false;
    } else {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      written = static_cast<std::size_t>(sent);
    }
    bytes.remove_prefix(written);
  }
  return true;
}

std::size_t Client::read_some(char* to, std::size_t bytes) {
  if (ssl_) {
    std::size_t got = 0;
    return SSL_read_ex(ssl_.get(), to, bytes, &got) == 1 ? got : 0;
  }
  const auto got = ::recv(socket_, to, bytes, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

bool Client::read_more() {
  char bytes[4096];
  const auto got = read_some(bytes, sizeof bytes);
  received_.append(bytes, got);
  return got > 0;
}

Response Client::receive_head() {
  std::size_t head_end;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more()) return {};
  Response response;
  const std::string head = received_.substr(0, head_end + 2);
  received_.erase(0, head_end + 4);
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto colon = head.find(": ", at);
    std::string name = head.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.headers[name] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  response.status = std::stoi(head.substr(head.find(' ')));
  return response;
}

Response Client::receive() {
  Response response = receive_head();
  const auto length = response.header("content-length");
  const auto body_bytes = length.empty() ? 0 : std::stoul(length);
  while (received_.size() < body_bytes)
    if (!read_more()) return {};
  response.body = received_.substr(0, body_bytes);
  received_.erase(0, body_bytes);
  return response;
}

bool Client::closed() {
  while (read_more()) {
  }
  if (ssl_) {
    const int error = SSL_get_error(ssl_.get(), 0);
    return error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
  }
  char byte;
  return ::recv(socket_, &byte, 1, MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool Client::readable_soon() {
  pollfd waited{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, 5) > 0;
}

void Client::end_sending() { ::shutdown(socket_, SHUT_WR); }

void Client::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(socket_);
  socket_ = -1;
}

std::string post_head(std::size_t body_bytes, std::string_view more_headers) {
  return "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
         std::to_string(body_bytes) + "\r\n" + std::string(more_headers) + "\r\n";
}

std::string post(std::string_view body, std::string_view more_headers) {
  return post_head(body.size(), more_headers) + std::string(body);
}

std::string post_chunked(std::string_view chunks, std::string_view more_headers) {
  return "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" +
         std::string(more_headers) + "\r\n" + std::string(chunks);
}

TlsClientContext::TlsClientContext(const TestCertificate& certificate)
    : context(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_load_verify_locations(context, certificate.ca_file().c_str(), nullptr);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace penstock::test
