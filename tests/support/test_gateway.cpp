#include "support/test_gateway.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/body_codec.hpp"
#include "support/leaks/leak_search.hpp"

namespace penstock::test {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Of a body that is not what its head says, the bytes.
void look_for_leaks_in(const ReceivedRequest& request) {
  if (!watching_for_leaks()) return;
  std::string text = request.start_line;
  for (const auto& [name, value] : request.headers) text += "\n" + name + ": " + value;
  look_for_leaks("head of a request", text);
  try {
    look_for_leaks("body of a request", request.inflated());
  } catch (const std::exception&) {
    look_for_leaks("body of a request", request.body);
  }
}

}  // namespace

std::string ReceivedRequest::inflated() const {
  const auto encoding = headers.find("content-encoding");
  return inflate(encoding == headers.end() ? "" : encoding->second, body);
}

nlohmann::json ReceivedRequest::batch() const { return nlohmann::json::parse(inflated()); }

nlohmann::json ReceivedRequest::events() const { return batch().at("events"); }

Reply reply(int status, const std::string& body, const std::string& more_headers) {
  return {"HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body};
}

Reply accept_all(const ReceivedRequest& request) {
  const std::size_t events = request.events().size();
  return reply(200, R"({"accepted":)" + std::to_string(events) + R"(,"rejected":[]})",
               "Content-Type: application/json\r\n");
}

Reply close_at_once() { return {"", Reply::Then::kClose}; }
Reply never_answer() { return {"", Reply::Then::kSayNothingMore}; }

TestGateway::TestGateway(const TestCertificate* certificate) : handler_(accept_all) {
  if (certificate != nullptr) tls_ = server_context(*certificate);
  listener_ = listen_locally(port_);
  acceptor_ = std::thread([this] { accept_connections(); });
}

TestGateway::~TestGateway() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  cut_connections();
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
  SSL_CTX_free(tls_);
}

void TestGateway::cut_connections() {
  const std::lock_guard lock(mutex_);
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
}

void TestGateway::answer_after_head(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  after_head_ = bytes;
}

void TestGateway::require_client_certificate(const std::string& ca_file) {
  SSL_CTX_load_verify_file(tls_, ca_file.c_str());
  SSL_CTX_set_verify(tls_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

void TestGateway::answer_with(Handler handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

void TestGateway::answer_in_turn(std::vector<Reply> replies) {
  answer_with([replies = std::move(replies),
               next = std::size_t{0}](const ReceivedRequest& request) mutable {
    return next < replies.size() ? replies[next++] : accept_all(request);
  });
}

void TestGateway::drip(std::string beginning, std::chrono::milliseconds interval) {
  drip_ms_ = static_cast<int>(interval.count());
  answer_with([beginning = std::move(beginning)](const auto&) { return Reply{beginning}; });
}

void TestGateway::speak_at_most(int tls_version) {
  SSL_CTX_set_security_level(tls_, 0);
  SSL_CTX_set_min_proto_version(tls_, 0);
  SSL_CTX_set_max_proto_version(tls_, tls_version);
}

std::string TestGateway::endpoint(const std::string& host) const {
  return (tls_ != nullptr ? "https://" : "http://") + host + ":" + std::to_string(port_);
}

std::vector<ReceivedRequest> TestGateway::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::uint64_t> TestGateway::received_seqs() const {
  std::vector<std::uint64_t> seqs;
  for (const auto& request : requests()) {
    for (const auto& event : request.events()) seqs.push_back(event["seq"]);
  }
  return seqs;
}

void TestGateway::accept_connections() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int connection = ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    if (!silent_) threads_.emplace_back([this, socket, connection] { serve(socket, connection); });
  }
}

void TestGateway::serve(int socket, int connection) {
  ServerStream stream(tls_, socket);
  if (!stream.handshake()) {
    shutdown(socket, SHUT_RDWR);
    return;
  }
  ReceivedRequest request;
  while (read_request(stream, request)) {
    request.connection = connection;
    look_for_leaks_in(request);
    Reply reply;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      reply = handler_(request);
    }
    if (!stream.write(reply.bytes)) break;
    while (drip_ms_ > 0 && stream.write("x"))
      std::this_thread::sleep_for(std::chrono::milliseconds(drip_ms_));
    if (reply.then == Reply::Then::kClose) break;
    std::string ignored;
    while (reply.then == Reply::Then::kSayNothingMore && stream.read(ignored)) {
    }
  }
  shutdown(socket, SHUT_RDWR);
}

bool TestGateway::read_request(ServerStream& stream, ReceivedRequest& request) {
  request = {};
  std::string bytes;
  const auto read_more = [&] {
    const std::size_t before = bytes.size();
    const bool more = stream.read(bytes);
    plain_bytes_ += bytes.size() - before;
    return more;
  };
  std::size_t head_end = std::string::npos;
  while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return false;
  }
  {
    const std::lock_guard lock(mutex_);
    if (after_head_) {
      stream.write(*after_head_);
      return false;
    }
  }
  std::size_t line = bytes.find("\r\n");
  request.start_line = bytes.substr(0, line);
  while (line < head_end) {
    const std::size_t begin = line + 2, end = bytes.find("\r\n", begin),
                      colon = bytes.find(": ", begin);
    request.headers[lower(bytes.substr(begin, colon - begin))] =
        bytes.substr(colon + 2, end - colon - 2);
    line = end;
  }
  const auto length = request.headers.find("content-length");
  const std::size_t body_bytes = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (bytes.size() < head_end + 4 + body_bytes) {
    if (!read_more()) return false;
  }
  request.body = bytes.substr(head_end + 4);
  return true;
}

}  // namespace penstock::test
