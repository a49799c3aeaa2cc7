#include "https/client.hpp"

#include <httplib.h>

#include <chrono>
#include <cstring>
#include <utility>

#include "https/answer_head.hpp"
#include "https/channel.hpp"
#include "https/client_tls.hpp"
#include "https/proxy_choice.hpp"
#include "https/tls_gate.hpp"
#include "https/tunnel.hpp"

namespace penstock::https {
namespace {

// Interim answers and chunks take some, too.
constexpr std::size_t kAnswerBytesMax = kAnswerBodyBytesMax + 4 * kAnswerHeadBytesMax;

// httplib reads an answer byte by byte and writes a request in pieces: this gathers both, so that a
// small exchange is one write and one read of the system (and one TLS record each).
class ExchangeStream final : public httplib::Stream {
 public:
  explicit ExchangeStream(Channel& channel) : channel_(channel) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  socket_t socket() const override { return INVALID_SOCKET; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}

  ssize_t write(const char* data, std::size_t bytes) override {
    outgoing_.append(data, bytes);
    return static_cast<ssize_t>(bytes);
  }

  ssize_t read(char* out, std::size_t bytes_max) override {
    if (!answered_ && !ask()) return -1;
    if (next_ == incoming_.size()) {
      next_ = 0;
      incoming_.resize(4096);
      const auto bytes = channel_.read(incoming_.data(), incoming_.size());
      incoming_.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
      if (bytes <= 0) return bytes;
    }
    const std::size_t bytes = std::min(bytes_max, incoming_.size() - next_);
    std::memcpy(out, incoming_.data() + next_, bytes);
    next_ += bytes;
    return static_cast<ssize_t>(bytes);
  }

  int status() const noexcept { return status_; }
  // A 2xx is worth nothing then: it came before the request was there.
  bool request_was_cut() const noexcept { return request_was_cut_; }
  bool has_leftovers() const noexcept { return next_ != incoming_.size(); }

 private:
  bool ask() {
    answered_ = true;
    const bool sent = channel_.write(outgoing_.data(), outgoing_.size());
    const std::string why = channel_.error();
    AnswerHead head;
    // A server that does not want the rest of a request answers, closes, and thereby breaks our
    // write: what it said is there nevertheless.
    if (!read_answer_head(channel_, head)) return !sent && channel_.fail(why);
    request_was_cut_ = !sent;
    status_ = head.status;
    // A line of our own: httplib has a regular expression read it, which must not meet strangers'
    // text. A 304 tells the length of a body that does not come: httplib knows that of a 204 only.
    incoming_ = head.http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
    incoming_ += std::to_string(status_ == 304 ? 204 : status_) + "\r\n";
    incoming_ += head.headers + head.beyond;
    return true;
  }

  Channel& channel_;
  std::string outgoing_, incoming_;
  std::size_t next_ = 0;  // in incoming_
  bool answered_ = false, request_was_cut_ = false;
  int status_ = 0;
};

// An exchange with nobody. httplib makes static objects on their first use, and what is made after
// the first open() is destroyed by exit() before the handler that ends the sender.
class Rehearsal final : private httplib::Stream, private httplib::ClientImpl {
 public:
  Rehearsal() : ClientImpl("localhost") {
    httplib::Request request;
    request.method = "POST";
    request.path = "/";
    request.body = "{}";
    httplib::Response response;
    httplib::Error error = httplib::Error::Success;
    process_request(*this, request, response, /*close_connection=*/true, error);
  }

 private:
  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  socket_t socket() const override { return INVALID_SOCKET; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  ssize_t write(const char*, std::size_t bytes) override { return static_cast<ssize_t>(bytes); }
  ssize_t read(char* out, std::size_t bytes_max) override {
    const std::size_t bytes = std::min(bytes_max, answer_.size());
    std::memcpy(out, answer_.data(), bytes);
    answer_.remove_prefix(bytes);
    return static_cast<ssize_t>(bytes);
  }

  std::string_view answer_ = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
};

}  // namespace

// Of ClientImpl only process_request() is used: the socket is the channel's.
class Client::Connection final : private httplib::ClientImpl {
 public:
  Connection(Endpoint server, std::shared_ptr<ClientTls> tls, ProxyChoice proxies,
             const Settings& settings, SocketWait& wait)
      : ClientImpl(server.host, server.port),
        server_(std::move(server)),
        name_(server_.host_and_port()),
        tls_(std::move(tls)),
        proxies_(std::move(proxies)),
        channel_(wait),
        wait_(wait),
        connect_timeout_(settings.connect_timeout),
        request_timeout_(settings.request_timeout),
        authorization_(settings.authorization),
        user_agent_(settings.user_agent) {
    set_decompress(
        false);  // we ask for no encoding; an answer that has one all the same is refused
    set_url_encode(false);
  }

  Answer send(const Request& request, WhileWaiting* duty);
  const std::string& name() const noexcept { return name_; }

 private:
  bool open();
  bool open_route(const Proxy* proxy, Clock::time_point deadline);
  bool start_tls(TlsPeer peer, const Endpoint& address);
  httplib::Request make_request(const Request& request, Answer& answer) const;
  bool exchange(const Request& request, Answer& answer);

  const Endpoint server_;
  const std::string name_;
  const std::shared_ptr<ClientTls> tls_;
  const ProxyChoice proxies_;
  Channel channel_;
  SocketWait& wait_;
  const std::chrono::milliseconds connect_timeout_, request_timeout_;
  const std::string authorization_, user_agent_;
  // Of a plain server behind an HTTP proxy, on the connection that is open: the proxy's address and
  // who asks it go into each request.
  std::string path_prefix_, proxy_authorization_;
  bool fresh_ = false;  // this exchange opened the connection
};

// --- The way to the server ---------------------------------------------------------------------

bool Client::Connection::open() {
  const auto deadline = Clock::now() + connect_timeout_;
  path_prefix_.clear();
  proxy_authorization_.clear();
  const auto proxy = proxies_.next();
  if (!proxy) return channel_.fail(proxy.status().message());
  if (open_route(*proxy ? &**proxy : nullptr, deadline)) return true;
  channel_.close(false);
  return false;
}

bool Client::Connection::open_route(const Proxy* proxy, Clock::time_point deadline) {
  const Endpoint& first = proxy != nullptr ? proxy->address : server_;
  if (!channel_.connect(first, deadline)) return false;
  if (proxy != nullptr) {
    if (first.tls && !start_tls(TlsPeer::kProxy, first)) return false;
    const bool forwards = !server_.tls && proxy->kind == Proxy::Kind::kHttp;
    if (!forwards && !open_tunnel(channel_, *proxy, server_, user_agent_)) return false;
    if (forwards) path_prefix_ = "http://" + name_;
    if (forwards && proxy->has_credentials) proxy_authorization_ = proxy->authorization();
  }
  return !server_.tls || start_tls(TlsPeer::kServer, server_);
}

bool Client::Connection::start_tls(TlsPeer peer, const Endpoint& address) {
  std::string problem;
  SslHandle session = tls_->new_session(peer, problem);
  if (!session) return channel_.fail(std::move(problem));
  if (!channel_.start_tls(std::move(session), address)) {
    tls_->forget_system_roots();
    return false;
  }
  if (peer == TlsPeer::kServer) problem = tls_->pin_problem(channel_.tls());
  return problem.empty() || channel_.fail(name_ + " is not the gateway it should be: " + problem);
}

// --- One exchange -------------------------------------------------------------------------------

httplib::Request Client::Connection::make_request(const Request& request, Answer& answer) const {
  httplib::Request made;
  made.method = "POST";
  made.path = path_prefix_;
  made.path += request.path;
  made.body = request.body;
  made.headers = {{"Host", name_}};
  const auto add = [&made](const char* name, std::string_view value) {
    if (!value.empty()) made.headers.emplace(name, value);
  };
  add("Authorization", authorization_);
  add("User-Agent", user_agent_);
  add("Content-Type", request.content_type);
  add("Content-Encoding", request.content_encoding);
  add("Idempotency-Key", request.idempotency_key);
  add("Proxy-Authorization", proxy_authorization_);
  made.content_receiver = [&answer](const char* data, std::size_t bytes, std::uint64_t,
                                    std::uint64_t) {
    if (answer.body.size() + bytes > kAnswerBodyBytesMax) return false;
    answer.body.append(data, bytes);
    return true;
  };
  return made;
}

bool Client::Connection::exchange(const Request& request, Answer& answer) {
  answer = {};
  if (channel_.is_open() && !channel_.alive()) channel_.close(true);  // nothing is in flight
  fresh_ = !channel_.is_open();
  if (fresh_ && !open()) return false;

  channel_.begin_exchange(Clock::now() + request_timeout_, kAnswerBytesMax);
  ExchangeStream stream(channel_);
  httplib::Request asked = make_request(request, answer);
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  bool done = process_request(stream, asked, response, /*close_connection=*/false, error);
  answer.status = stream.status();
  if (done && stream.request_was_cut() && answer.status <= 299) {
    done = channel_.fail(name_ + " answered before it had the whole request");
  }
  const bool reusable = done && !stream.request_was_cut() && !stream.has_leftovers() &&
                        response.version == "HTTP/1.1" &&
                        response.get_header_value("Connection") != "close";
  if (!reusable) channel_.close(done);
  answer.content_type = response.get_header_value("Content-Type");
  answer.retry_after = response.get_header_value("Retry-After");
  return done;
}

Answer Client::Connection::send(const Request& request, WhileWaiting* duty) {
  wait_.set_while_waiting(duty);
  Answer answer;
  bool done = exchange(request, answer);
  const bool server_had_closed =
      !done && !fresh_ && channel_.bytes_read() == 0 && !channel_.timed_out();
  if (server_had_closed && !wait_.cancelled()) done = exchange(request, answer);
  if (done) return answer;

  Answer failure;
  failure.error = channel_.error();
  if (failure.error.empty()) {
    failure.error = "the answer of " + name_ + " is not valid HTTP, or longer than " +
                    std::to_string(kAnswerBodyBytesMax) + " bytes; is the endpoint a gateway?";
  }
  return failure;
}

// ------------------------------------------------------------------------------------------------

Client::Client(std::unique_ptr<Connection> connection) noexcept
    : connection_(std::move(connection)) {}
Client::~Client() {
  const InsideTls inside;
  connection_.reset();
}

Result<std::unique_ptr<Client>> Client::create(const Settings& settings, SocketWait& wait) {
  auto tls = ClientTls::create(settings);  // also for plain HTTP: a proxy may want it
  if (!tls) return tls.status();
  return create(settings, *std::move(tls), wait);
}

Result<std::unique_ptr<Client>> Client::create(const Settings& settings,
                                               std::shared_ptr<ClientTls> tls, SocketWait& wait) {
  [[maybe_unused]] static const bool rehearsed = (Rehearsal(), true);
  auto endpoint = parse_endpoint(settings.endpoint);
  if (!endpoint) return endpoint.status();
  auto proxies = ProxyChoice::create(settings, *endpoint);
  if (!proxies) return proxies.status();
  auto connection = std::make_unique<Connection>(*std::move(endpoint), std::move(tls),
                                                 *std::move(proxies), settings, wait);
  return std::unique_ptr<Client>(new Client(std::move(connection)));
}

Answer Client::send(const Request& request, WhileWaiting* duty) {
  const InsideTls inside;
  return connection_->send(request, duty);
}

const std::string& Client::host_and_port() const noexcept { return connection_->name(); }

}  // namespace penstock::https
