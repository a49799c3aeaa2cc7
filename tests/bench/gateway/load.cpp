#include "bench/gateway/load.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>
#include <stdexcept>
#include <vector>

#include "bench/gateway/typical_events.hpp"

namespace penstock::bench {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kPreparedRequests = 64;  // a connection sends them in turn

std::string make_request(const Load& load, std::uint64_t first_number) {
  const std::string body = typical_batch(first_number, load.events_per_request);
  return "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + load.write_key +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

using Clock = std::chrono::steady_clock;
using Stream = net::ssl::stream<net::ip::tcp::socket>;

// What the connections share. One thread.
struct Shared {
  const Load& load;
  net::ssl::context& tls;
  std::size_t left;
  std::vector<std::chrono::nanoseconds> times;
};

net::awaitable<void> exchange(Stream& stream, boost::beast::flat_buffer& buffer,
                              const std::string& request) {
  co_await net::async_write(stream, net::buffer(request), net::use_awaitable);
  http::response<http::string_body> answer;
  co_await http::async_read(stream, buffer, answer, net::use_awaitable);
  if (answer.result_int() != 200) {
    throw std::runtime_error("the server answered " + std::to_string(answer.result_int()) + ": " +
                             answer.body());
  }
}

net::awaitable<void> run_connection(Shared& shared, std::size_t number) {
  const Load& load = shared.load;
  Stream stream(co_await net::this_coro::executor, shared.tls);
  co_await stream.lowest_layer().async_connect({net::ip::make_address("127.0.0.1"), load.port},
                                               net::use_awaitable);
  stream.lowest_layer().set_option(net::ip::tcp::no_delay(true));
  co_await stream.async_handshake(net::ssl::stream_base::client, net::use_awaitable);

  std::vector<std::string> requests;
  requests.reserve(kPreparedRequests);
  for (std::size_t i = 0; i < kPreparedRequests; ++i) {
    requests.push_back(
        make_request(load, (number * kPreparedRequests + i) * load.events_per_request));
  }
  boost::beast::flat_buffer buffer;
  net::steady_timer next(co_await net::this_coro::executor, Clock::now());
  for (std::size_t i = 0; shared.left > 0; ++i) {
    --shared.left;
    if (load.interval.count() > 0) {
      co_await next.async_wait(net::use_awaitable);
      next.expires_at(next.expiry() + load.interval);
    }
    const auto begin = Clock::now();
    co_await exchange(stream, buffer, requests[i % requests.size()]);
    shared.times.push_back(Clock::now() - begin);
  }
}

}  // namespace

// One thread: one for each connection would make the server pay for waking them all up.
std::vector<std::chrono::nanoseconds> run_load(const Load& load) {
  net::io_context context(1);
  net::ssl::context tls(net::ssl::context::tls_client);
  tls.load_verify_file(load.ca_file.string());
  tls.set_verify_mode(net::ssl::verify_peer);
  Shared shared{load, tls, load.requests, {}};
  shared.times.reserve(load.requests);
  std::exception_ptr failure;
  for (std::size_t i = 0; i < load.connections; ++i) {
    net::co_spawn(context, run_connection(shared, i), [&](const std::exception_ptr& error) {
      if (!error) return;
      failure = error;
      context.stop();
    });
  }
  context.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(shared.times);
}

}  // namespace penstock::bench
