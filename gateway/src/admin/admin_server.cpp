#include "admin_server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <memory>
#include <stdexcept>
#include <thread>

#include "listen_fault.hpp"

namespace penstock::gateway {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using net::ip::tcp;
using Response = http::response<http::string_body>;

constexpr auto kNoThrow = net::as_tuple(net::use_awaitable);
constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kProblem = "application/problem+json";

struct Page {
  http::status status = http::status::ok;
  std::string_view content_type = kText;
  std::string body;
};

Page page_at(std::string_view path, const AdminSources& sources) {
  if (path == "/healthz" || path == "/readyz") {
    const auto [ready, reason] = path == "/healthz" ? sources.liveness() : sources.readiness();
    return {ready ? http::status::ok : http::status::service_unavailable, kText, reason + "\n"};
  }
  if (path == "/metrics") return {http::status::ok, "text/plain; version=0.0.4", sources.metrics()};
  if (path == "/version") return {http::status::ok, "application/json", sources.version()};
  return {http::status::not_found, kProblem,
          R"({"type":"about:blank","title":"Not Found","status":404,)"
          R"("detail":"there are /healthz, /readyz, /metrics and /version"})"};
}

bool is_ip_address(std::string_view host) {
  boost::system::error_code error;
  net::ip::make_address(std::string(host), error);
  return !error;
}

// `host` as it stands in the request: with a port, or without.
bool is_known(std::string_view host, const std::vector<std::string>& names) {
  if (host.empty()) return true;  // no browser leaves it out
  if (host.front() == '[') return is_ip_address(host.substr(1, host.find(']') - 1));
  host = host.substr(0, host.rfind(':'));
  if (is_ip_address(host)) return true;
  const auto same = [host](std::string_view name) { return beast::iequals(name, host); };
  return same("localhost") || std::any_of(names.begin(), names.end(), same);
}

template <typename Request>
Response answer(const Request& request, const AdminSettings& settings,
                const AdminSources& sources) {
  const bool head = request.method() == http::verb::head;
  Page page;
  if (!is_known(std::string(request[http::field::host]), settings.hosts)) {
    page = {http::status::misdirected_request, kProblem,
            R"({"type":"about:blank","title":"Misdirected Request","status":421,)"
            R"("detail":"nothing is said to this Host: use an IP address, or add the name to )"
            R"(admin.hosts"})"};
  } else if (head || request.method() == http::verb::get) {
    const std::string_view target(request.target().data(), request.target().size());
    page = page_at(target.substr(0, target.find('?')), sources);
  } else {
    page = {http::status::method_not_allowed, kProblem,
            R"({"type":"about:blank","title":"Method Not Allowed","status":405,)"
            R"("detail":"only GET and HEAD"})"};
  }
  Response response(page.status, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, page.content_type);
  response.set(http::field::cache_control, "no-store");
  if (page.status == http::status::method_not_allowed)
    response.set(http::field::allow, "GET, HEAD");
  response.content_length(page.body.size());
  if (!head) response.body() = std::move(page.body);
  return response;
}

}  // namespace

class AdminServer::Server {
 public:
  Server(AdminSettings settings, AdminSources sources)
      : settings_(std::move(settings)), sources_(std::move(sources)) {
    const tcp::endpoint endpoint(net::ip::make_address(settings_.address), settings_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(net::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    net::co_spawn(context_, accept(), net::detached);
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Server() {
    context_.stop();
    thread_.join();
  }

  std::uint16_t port() const noexcept { return port_; }

 private:
  net::awaitable<void> accept() {
    net::steady_timer pause(context_);
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (!error) {
        // A probe that comes now is served now, whoever keeps the others open.
        if (open_.size() >= settings_.connections_max) {
          open_.front()->close();
          open_.pop_front();
        }
        const auto stream = std::make_shared<beast::tcp_stream>(std::move(socket));
        open_.push_back(stream);
        // What a connection throws ends that connection alone.
        net::co_spawn(context_, serve(*stream),
                      [this, stream](const std::exception_ptr&) { open_.remove(stream); });
        continue;
      }
      // Out of file descriptors, most likely: accepting again at once would only spin.
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(kNoThrow);
    }
  }

  net::awaitable<void> serve(beast::tcp_stream& stream) {
    beast::flat_buffer buffer(settings_.header_bytes + 1);
    for (bool keep_alive = true; keep_alive;) {
      http::request_parser<http::empty_body> parser;
      parser.header_limit(static_cast<std::uint32_t>(settings_.header_bytes));
      parser.body_limit(0);
      stream.expires_after(settings_.timeout);
      const auto [read_error, read] = co_await http::async_read(stream, buffer, parser, kNoThrow);
      if (read_error) break;
      const Response response = answer(parser.get(), settings_, sources_);
      stream.expires_after(settings_.timeout);
      const auto [error, written] = co_await http::async_write(stream, response, kNoThrow);
      keep_alive = !error && response.keep_alive();
    }
    beast::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  AdminSettings settings_;
  AdminSources sources_;
  net::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  std::list<std::shared_ptr<beast::tcp_stream>> open_;  // oldest first; the server's thread only
  std::uint16_t port_ = 0;
  std::thread thread_;
};

AdminServer::AdminServer(const AdminSettings& settings, AdminSources sources) {
  try {
    server_ = std::make_unique<Server>(settings, std::move(sources));
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(
        listen_fault(error.code().value(), "admin", settings.address, settings.port));
  }
}

AdminServer::~AdminServer() = default;

std::uint16_t AdminServer::port() const noexcept { return server_->port(); }

}  // namespace penstock::gateway
