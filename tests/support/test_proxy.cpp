#include "support/test_proxy.hpp"

#include <netdb.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace penstock::test {
namespace {

constexpr const char* kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
constexpr const char* kAskForPassword =
    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n"
    "Content-Length: 0\r\n\r\n";

std::string base64(const std::string& text) {
  std::string out(4 * (text.size() / 3 + 1) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

int connect_to(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return -1;
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = socket >= 0 && connect(socket, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (connected) return socket;
  close(socket);
  return -1;
}

void relay(ServerStream& client, int client_socket, int target) {
  for (;;) {
    pollfd watched[2] = {{client_socket, POLLIN, 0}, {target, POLLIN, 0}};
    if (!client.has_pending() && poll(watched, 2, -1) < 0) return;
    std::string bytes;
    if (client.has_pending() || watched[0].revents != 0) {
      if (!client.read(bytes)) return;
      if (send(target, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return;
    } else {
      char buffer[16 * 1024];
      const auto more = recv(target, buffer, sizeof buffer, 0);
      if (more <= 0 || !client.write({buffer, static_cast<std::size_t>(more)})) return;
    }
  }
}

bool read_until(ServerStream& stream, std::string& bytes, std::size_t size) {
  while (bytes.size() < size) {
    if (!stream.read(bytes)) return false;
  }
  return true;
}

}  // namespace

TestProxy::TestProxy(const TestCertificate* certificate) {
  if (certificate != nullptr) tls_ = server_context(*certificate);
  listener_ = listen_locally(port_);
  acceptor_ = std::thread([this] { accept_connections(); });
}

TestProxy::~TestProxy() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  cut_connections();
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
  SSL_CTX_free(tls_);
}

void TestProxy::require(const std::string& user, const std::string& password) {
  const std::lock_guard lock(mutex_);
  user_ = user;
  password_ = password;
}

void TestProxy::answer_connect_with(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  connect_answer_ = bytes;
}

void TestProxy::cut_connections() {
  const std::lock_guard lock(mutex_);
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
}

std::string TestProxy::address(const std::string& credentials) const {
  return (credentials.empty() ? "" : credentials + "@") + "localhost:" + std::to_string(port_);
}

std::vector<std::string> TestProxy::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

void TestProxy::remember(const std::string& head) {
  const std::lock_guard lock(mutex_);
  heads_.push_back(head);
}

void TestProxy::accept_connections() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    if (!silent_) threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void TestProxy::serve(int socket) {
  ServerStream client(tls_, socket);
  std::string bytes;
  if (client.handshake() && client.read(bytes)) {
    bytes[0] == 5 ? serve_socks(client, socket, bytes) : serve_http(client, socket, bytes);
  }
  shutdown(socket, SHUT_RDWR);
}

void TestProxy::serve_http(ServerStream& client, int socket, std::string bytes) {
  std::size_t end = std::string::npos;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
    if (!client.read(bytes)) return;
  }
  const std::string head = bytes.substr(0, end);
  remember(head);
  const bool is_connect = head.starts_with("CONNECT ");
  std::string credentials, connect_answer;
  {
    const std::lock_guard lock(mutex_);
    if (!user_.empty())
      credentials = "Proxy-Authorization: Basic " + base64(user_ + ":" + password_);
    connect_answer = connect_answer_;
  }
  if (head.find(credentials) == std::string::npos) {
    client.write(kAskForPassword);
    return;
  }
  if (is_connect && !connect_answer.empty()) {
    client.write(connect_answer);
    return;
  }
  const std::size_t begin = is_connect ? 8 : head.find("://") + 3;
  const std::size_t colon = head.find(':', begin);
  const std::size_t path = head.find_first_of(" /", colon);
  const std::string method = head.substr(0, head.find(' '));
  forward(client, socket, head.substr(begin, colon - begin), std::stoi(head.substr(colon + 1)),
          is_connect ? kEstablished : "", is_connect ? "" : method + " " + bytes.substr(path));
}

void TestProxy::serve_socks(ServerStream& client, int socket, std::string bytes) {
  std::string user, password;
  {
    const std::lock_guard lock(mutex_);
    user = user_;
    password = password_;
  }
  if (!read_until(client, bytes, 2 + static_cast<std::size_t>(bytes[1]))) return;
  if (!user.empty()) {
    if (bytes.find('\2', 2) == std::string::npos) {
      client.write("\5\xff");
      return;
    }
    client.write("\5\2");
    const std::string expected = std::string("\1") + static_cast<char>(user.size()) + user +
                                 static_cast<char>(password.size()) + password;
    bytes.clear();
    if (!client.read(bytes)) return;  // they come in one piece
    client.write(bytes == expected ? std::string("\1\0", 2) : "\1\1");
    if (bytes != expected) return;
  } else {
    client.write(std::string("\5\0", 2));
  }
  bytes.clear();
  if (!read_until(client, bytes, 5)) return;
  if (bytes[3] != 3) return;  // a name is what the tests ask for
  const auto size = std::size_t{static_cast<unsigned char>(bytes[4])};
  if (!read_until(client, bytes, 5 + size + 2)) return;
  const int port = static_cast<unsigned char>(bytes[5 + size]) * 256 +
                   static_cast<unsigned char>(bytes[6 + size]);
  remember("SOCKS5 " + bytes.substr(5, size) + ":" + std::to_string(port));
  forward(client, socket, bytes.substr(5, size), port, std::string("\5\0\0\1\0\0\0\0\0\0", 10), "");
}

void TestProxy::forward(ServerStream& client, int socket, const std::string& host, int port,
                        const std::string& answer, const std::string& request) {
  const int target =
      port_for_all_ != 0 ? connect_to("127.0.0.1", port_for_all_) : connect_to(host, port);
  if (target < 0) {
    client.write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    sockets_.push_back(target);
  }
  client.write(answer);
  if (!request.empty()) send(target, request.data(), request.size(), MSG_NOSIGNAL);
  relay(client, socket, target);
  shutdown(target, SHUT_RDWR);
}

}  // namespace penstock::test
