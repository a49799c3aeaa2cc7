#include "transport/https_client.hpp"

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "penstock/version.h"
#include "transport/channel.hpp"
#include "transport/tls_context.hpp"
#include "wire/field_names.hpp"

namespace penstock::transport {
namespace {

// httplib reads an answer byte by byte and writes a request in pieces: this gathers both, so that a
// small exchange is one write and one read of the system (and one TLS record each).
class BufferedStream final : public httplib::Stream {
 public:
  explicit BufferedStream(Channel& channel) : channel_(channel) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  socket_t socket() const override { return channel_.socket(); }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}

  ssize_t write(const char* data, std::size_t bytes) override {
    outgoing_.append(data, bytes);
    return static_cast<ssize_t>(bytes);
  }

  ssize_t read(char* out, std::size_t bytes_max) override {
    if (!outgoing_.empty()) {
      if (!channel_.write(outgoing_.data(), outgoing_.size())) return -1;
      outgoing_.clear();
    }
    if (next_ == end_) {
      const auto bytes = channel_.read(incoming_.data(), incoming_.size());
      if (bytes <= 0) return bytes;
      next_ = 0;
      end_ = static_cast<std::size_t>(bytes);
    }
    const std::size_t bytes = std::min(bytes_max, end_ - next_);
    std::memcpy(out, incoming_.data() + next_, bytes);
    next_ += bytes;
    return static_cast<ssize_t>(bytes);
  }

 private:
  Channel& channel_;
  std::string outgoing_;
  std::array<char, 4096> incoming_;
  std::size_t next_ = 0, end_ = 0;
};

}  // namespace

class HttpsClient::Connection final : public httplib::ClientImpl {
 public:
  Connection(Endpoint endpoint, TlsContext tls, const penstock::Options& options, SocketWait& wait)
      : ClientImpl(endpoint.host, endpoint.port),
        endpoint_(std::move(endpoint)),
        name_(endpoint_.host_and_port()),
        tls_(std::move(tls)),
        channel_(endpoint_, tls_.get(), wait),
        wait_(wait),
        connect_timeout_(options.connect_timeout),
        request_timeout_(options.request_timeout),
        authorization_("Bearer " + options.write_key) {
    set_keep_alive(true);
    set_decompress(
        false);  // we ask for no encoding; an answer that comes in one is not a gateway's
  }
  ~Connection() override { channel_.close(true); }  // before the base class closes the socket

  HttpAnswer post(std::string_view path, std::string_view body, std::string_view content_encoding);
  const std::string& name() const noexcept { return name_; }

 private:
  // Called by httplib for each request on a connection that is not alive.
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    socket.sock = channel_.open(Clock::now() + connect_timeout_);
    fresh_ = true;
    if (socket.is_open()) return true;
    error = httplib::Error::Connection;
    return false;
  }
  // Called by httplib before it closes the socket. Its `ssl` stays empty: TLS is the channel's.
  void shutdown_ssl(Socket&, bool gracefully) override { channel_.close(gracefully); }

  bool process_socket(const Socket&, std::function<bool(httplib::Stream&)> exchange) override {
    channel_.begin_exchange(Clock::now() + request_timeout_,
                            kAnswerHeadBytesMax + kAnswerBodyBytesMax);
    BufferedStream stream(channel_);
    return exchange(stream);
  }

  httplib::Request make_request(std::string_view path, std::string_view body,
                                std::string_view content_encoding, HttpAnswer& answer) const;
  bool exchange(std::string_view path, std::string_view body, std::string_view content_encoding,
                HttpAnswer& answer);

  const Endpoint endpoint_;
  const std::string name_;
  const TlsContext tls_;
  Channel channel_;
  SocketWait& wait_;
  const std::chrono::milliseconds connect_timeout_, request_timeout_;
  const std::string authorization_;
  bool fresh_ = false;  // this exchange opened the connection
};

httplib::Request HttpsClient::Connection::make_request(std::string_view path, std::string_view body,
                                                       std::string_view content_encoding,
                                                       HttpAnswer& answer) const {
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  request.headers = {
      {"Host", name_},
      {"Authorization", authorization_},
      {"Content-Type", std::string(wire::kContentTypeJson)},
      {"User-Agent", "penstock-cpp/" PENSTOCK_VERSION},
  };
  if (!content_encoding.empty()) request.headers.emplace("Content-Encoding", content_encoding);
  request.content_receiver = [&answer](const char* data, std::size_t bytes, std::uint64_t,
                                       std::uint64_t) {
    if (answer.body.size() + bytes > kAnswerBodyBytesMax) return false;
    answer.body.append(data, bytes);
    return true;
  };
  return request;
}

bool HttpsClient::Connection::exchange(std::string_view path, std::string_view body,
                                       std::string_view content_encoding, HttpAnswer& answer) {
  answer = {};
  fresh_ = false;
  if (is_socket_open() && !channel_.alive()) stop();  // closes it: nothing is in flight
  httplib::Request request = make_request(path, body, content_encoding, answer);
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  if (!send(request, response, error)) return false;
  answer.status = response.status;
  answer.content_type = response.get_header_value("Content-Type");
  answer.retry_after = response.get_header_value("Retry-After");
  return true;
}

HttpAnswer HttpsClient::Connection::post(std::string_view path, std::string_view body,
                                         std::string_view content_encoding) {
  HttpAnswer answer;
  bool done = exchange(path, body, content_encoding, answer);
  const bool gateway_had_closed =
      !done && !fresh_ && channel_.bytes_read() == 0 && !channel_.timed_out();
  if (gateway_had_closed && !wait_.cancelled())
    done = exchange(path, body, content_encoding, answer);
  if (done) return answer;

  HttpAnswer failure;
  failure.error = channel_.error();
  if (failure.error.empty()) {
    failure.error = "the answer of " + name_ + " is no HTTP, or longer than " +
                    std::to_string(kAnswerBodyBytesMax) + " bytes; is the endpoint a gateway?";
  }
  return failure;
}

HttpsClient::HttpsClient(std::unique_ptr<Connection> connection) noexcept
    : connection_(std::move(connection)) {}
HttpsClient::~HttpsClient() = default;

Result<std::unique_ptr<HttpsClient>> HttpsClient::create(const Options& options, SocketWait& wait) {
  auto endpoint = parse_endpoint(options.endpoint);
  if (!endpoint) return endpoint.status();
  TlsContext tls;
  if (endpoint->tls) {
    auto made = make_tls_context(options);
    if (!made) return made.status();
    tls = *std::move(made);
  }
  auto connection =
      std::make_unique<Connection>(*std::move(endpoint), std::move(tls), options, wait);
  return std::unique_ptr<HttpsClient>(new HttpsClient(std::move(connection)));
}

HttpAnswer HttpsClient::post(std::string_view path, std::string_view body,
                             std::string_view content_encoding) {
  return connection_->post(path, body, content_encoding);
}

const std::string& HttpsClient::host_and_port() const noexcept { return connection_->name(); }

}  // namespace penstock::transport
